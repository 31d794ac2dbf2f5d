use std::collections::{BTreeMap, HashMap, HashSet};

use hocvu_model::operation::Operation;
use hocvu_model::unit::{Level, Succession, Unit, UnitBook};
use hocvu_model::{UnitUid, text};

use crate::App;
use crate::command::Command;
use crate::contract::{NoInput, ParentOption, SuccessionRow, UnitRow, UnitTreeInput, UnitTreeView, UnitsView};
use crate::error::Result;
use crate::form::date_view;
use crate::office::{Scope, name, option};

/// `unit.list`
pub struct List;

/// `unit.tree`
pub struct ReadTree;

impl Command for List {
    const NAME: &'static str = "unit.list";
    type Input = NoInput;
    type Output = UnitsView;

    fn run(app: &App, _: NoInput) -> Result<UnitsView> {
        let scope = Scope::of(app)?;
        let (known, acts) = app
            .store()
            .read(|read| Ok((read.successions()?, read.unit_acts_waiting()?)))?;
        let waiting: Vec<Succession> = acts
            .iter()
            .rev()
            .filter_map(|act| Operation::parse(&act.text).ok())
            .flat_map(|act| act.successions)
            .collect();
        let row = |succession: &Succession, sent: bool| SuccessionRow {
            kind: succession.kind.as_str().to_owned(),
            old_name: name(app, succession.old.as_str()),
            new_name: name(app, succession.new.as_str()),
            effective: date_view(succession.effective),
            legal_basis: succession.legal_basis.clone(),
            sent,
        };
        let mut successions: Vec<SuccessionRow> = waiting.iter().map(|one| row(one, false)).collect();
        let sent = known.iter().rev().filter(|one| !waiting.contains(one));
        successions.extend(sent.map(|one| row(one, true)));
        Ok(UnitsView {
            units: scope.options(app),
            successions,
        })
    }
}

impl Command for ReadTree {
    const NAME: &'static str = "unit.tree";
    type Input = UnitTreeInput;
    type Output = UnitTreeView;

    fn run(app: &App, input: UnitTreeInput) -> Result<UnitTreeView> {
        let scope = Scope::of(app)?;
        let (years, acts) = app
            .store()
            .read(|read| Ok((read.unit_years()?, read.unit_acts_waiting()?)))?;
        let mut sessions: HashMap<UnitUid, u64> = HashMap::new();
        for year in years {
            *sessions.entry(year.unit).or_default() += year.sessions;
        }
        let acts = acts.iter().filter_map(|act| Operation::parse(&act.text).ok());
        let waiting: HashSet<UnitUid> = acts.flat_map(|act| act.units).map(|unit| unit.uid).collect();
        let book = app.units();
        let tree = Tree {
            app,
            scope: &scope,
            book: &book,
            sessions,
            waiting,
        };
        let levels = Level::ALL.into_iter().filter(|level| level.is_made_by(scope.role));
        let in_scope = scope.units(app);
        let parents = in_scope.iter().filter_map(|unit| {
            let may = Level::ALL
                .into_iter()
                .filter(|level| level.parents().contains(&unit.level));
            let levels: Vec<String> = may
                .filter(|level| level.is_made_by(scope.role))
                .map(|level| level.as_str().to_owned())
                .collect();
            (!levels.is_empty()).then(|| ParentOption {
                uid: unit.uid.to_string(),
                name: unit.name.clone(),
                levels,
            })
        });
        let communes = in_scope.iter().filter(|unit| unit.level == Level::Commune);
        Ok(UnitTreeView {
            rows: tree.rows(&input),
            levels: levels.map(|level| level.as_str().to_owned()).collect(),
            parents: parents.collect(),
            communes: communes.map(|unit| option(app, unit)).collect(),
        })
    }
}

struct Tree<'a> {
    app: &'a App,
    scope: &'a Scope,
    book: &'a UnitBook,
    sessions: HashMap<UnitUid, u64>,
    waiting: HashSet<UnitUid>,
}

impl<'a> Tree<'a> {
    fn rows(&self, input: &UnitTreeInput) -> Vec<UnitRow> {
        let key = text::fold(&input.text);
        let level = Level::parse(&input.level);
        let shown: HashMap<&UnitUid, &Unit> = self
            .book
            .iter()
            .filter(|unit| input.ended || self.is_shown(unit))
            .filter(|unit| self.scope.covers(self.app, unit.uid.as_str()))
            .map(|unit| (&unit.uid, unit))
            .collect();
        let hit = |unit: &Unit| {
            level.is_none_or(|level| unit.level == level)
                && key.split(' ').all(|word| text::fold(&unit.name).contains(word))
        };
        let mut kept: HashSet<&UnitUid> = HashSet::new();
        for unit in shown.values().filter(|unit| hit(unit)) {
            let mut next = Some(*unit);
            while let Some(unit) = next.filter(|unit| kept.insert(&unit.uid)) {
                next = unit.parent.as_ref().and_then(|parent| shown.get(parent)).copied();
            }
        }
        let mut below: BTreeMap<Option<&UnitUid>, Vec<&Unit>> = BTreeMap::new();
        for unit in shown.values().filter(|unit| kept.contains(&unit.uid)) {
            let parent = unit.parent.as_ref().filter(|parent| shown.contains_key(parent));
            below.entry(parent).or_default().push(unit);
        }
        for units in below.values_mut() {
            let key = |a: &&Unit, b: &&Unit| (a.level.cmp(&b.level)).then_with(|| text::compare(&a.name, &b.name));
            units.sort_by(|a, b| key(a, b).then_with(|| a.uid.cmp(&b.uid)));
        }
        let mut rows = Vec::with_capacity(kept.len());
        let mut stack: Vec<(&Unit, u32)> = Vec::new();
        let push = |of: Option<&UnitUid>,
                    depth: u32,
                    stack: &mut Vec<(&'a Unit, u32)>,
                    below: &BTreeMap<Option<&UnitUid>, Vec<&'a Unit>>| {
            stack.extend(below.get(&of).into_iter().flatten().rev().map(|unit| (*unit, depth)));
        };
        push(None, 0, &mut stack, &below);
        while let Some((unit, depth)) = stack.pop() {
            rows.push(self.row(unit, depth));
            push(Some(&unit.uid), depth + 1, &mut stack, &below);
        }
        rows
    }

    /// What exists today, and what was split but still has sessions nobody placed.
    fn is_shown(&self, unit: &Unit) -> bool {
        let unplaced = self.book.is_split(&unit.uid) && self.sessions.contains_key(&unit.uid);
        unplaced || self.book.is_living(unit, self.app.today())
    }

    fn row(&self, unit: &Unit, depth: u32) -> UnitRow {
        let Unit {
            uid,
            code,
            level,
            name,
            parent,
            valid_from,
            valid_to: _,
            sort,
            members: _,
            void: _,
        } = unit;
        let sessions = self.sessions.get(uid).copied().unwrap_or(0);
        UnitRow {
            level: level.as_str().to_owned(),
            name: name.clone(),
            sort: sort.clone().unwrap_or_default(),
            code: code.clone().unwrap_or_default(),
            parent: parent.as_ref().map(ToString::to_string).unwrap_or_default(),
            depth,
            valid_from: valid_from.map(date_view),
            last_day: self.book.last_day(uid).map(date_view),
            living: self.book.is_living(unit, self.app.today()),
            split: self.book.is_split(uid),
            editable: unit.is_made() && level.is_made_by(self.scope.role),
            waiting: self.waiting.contains(uid),
            sessions: u32::try_from(sessions).unwrap_or(u32::MAX),
            members: self
                .book
                .members_now(unit)
                .into_iter()
                .map(ToString::to_string)
                .collect(),
            uid: uid.to_string(),
        }
    }
}
