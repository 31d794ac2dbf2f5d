use std::collections::HashMap;

use hocvu_model::operation::{Kind, Operation};
use hocvu_model::{OperationId, RecordId, UnitUid};
use rusqlite::Row;
use serde_json::{Map, Value};

use crate::cases::KnownCase;
use crate::fold::Step;
use crate::{Case, Read, RecordView, Result, State, columns};

/// One state of a record that somebody made.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// The operation that made it.
    pub op: OperationId,
    /// What that did, where this device knows.
    pub kind: Option<Kind>,
    /// What its author saw, where this device knows.
    pub base: Option<OperationId>,
    /// The unit of the record.
    pub unit: UnitUid,
    /// Its fields, all of them.
    pub body: Map<String, Value>,
    /// Whether it is void.
    pub void: bool,
    /// Author's clock, seconds since 1970.
    pub at: i64,
    /// Author, as the centre names them.
    pub by: String,
    /// The author's device, where this one knows.
    pub device: Option<String>,
    /// Why, as the author wrote, where this device knows.
    pub reason: Option<String>,
    /// Whether this device wrote it.
    pub own: bool,
    /// Feed number; `None` while the centre has not taken it.
    pub fseq: Option<u64>,
    /// Where the operation stands; `None` of what the centre simply showed.
    pub state: Option<State>,
    /// Whether the record is so at the centre now.
    pub is_head: bool,
    /// Whether it stands beside the head and waits for a person.
    pub open: bool,
    /// The operation that settled it, where this device can tell.
    pub closed_by: Option<OperationId>,
}

/// A record of which several versions stand side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// What a resolve builds on: the centre's state with own operations laid over it that are not judged yet. `None`
    /// where the centre has no such record.
    pub head: Option<Version>,
    /// What they last had in common, where this device knows.
    pub base: Option<Version>,
    /// The ends of the open branches: what a resolve names as superseded.
    pub branches: Vec<Version>,
}

impl Read<'_> {
    /// Records with an open branch, anybody's, and how many there are in all.
    ///
    /// # Errors
    /// Reading failed.
    pub fn conflicts(&self, offset: u32, limit: u32) -> Result<(Vec<RecordId>, u32)> {
        let total = self
            .connection
            .prepare_cached("SELECT count(*) FROM record WHERE state = 5")?
            .query_row([], |row| row.get(0))?;
        let mut statement = self
            .connection
            .prepare_cached("SELECT id FROM record WHERE state = 5 ORDER BY number LIMIT ?1 OFFSET ?2")?;
        let ids = statement
            .query_map([limit, offset], |row| row.get(0))?
            .map(|id| id.map(|id| RecordId(uuid::Uuid::from_bytes(id))))
            .collect::<rusqlite::Result<_>>()?;
        Ok((ids, total))
    }

    /// The versions of a record that stand side by side; `None` when none does.
    ///
    /// # Errors
    /// Reading failed.
    pub fn conflict(&self, id: RecordId) -> Result<Option<Conflict>> {
        let folded = self.folded(id)?;
        let heads = folded.branches.heads();
        let Some(first) = heads.first() else { return Ok(None) };
        let versions = self.versions(id)?;
        let find = |op: OperationId| versions.iter().find(|version| version.op == op).cloned();
        let root = folded.branches.root(*first);
        let head = self.shadow(id)?.and(folded.line).and_then(|line| {
            let RecordView {
                unit, body, void, head, ..
            } = line;
            find(head).map(|version| Version {
                unit,
                body,
                void,
                ..version
            })
        });
        Ok(Some(Conflict {
            head,
            base: root.and_then(find),
            branches: heads.into_iter().filter_map(find).collect(),
        }))
    }

    /// Every version of a record this device was shown or wrote, oldest first; what is not at the centre yet comes last.
    ///
    /// # Errors
    /// Reading failed.
    pub fn versions(&self, id: RecordId) -> Result<Vec<Version>> {
        let mut versions = self.versions_shown(id)?;
        let open = self.folded(id)?.branches;
        for KnownCase { case, opened } in self.known_cases(id)? {
            let verdict = State::Stored(case.verdict);
            // What the record became while the branch was settled, in one transaction of the centre.
            let settling = |shown: &&Version| {
                shown
                    .fseq
                    .is_some_and(|fseq| !case.open && (opened..=case.fseq).contains(&fseq))
            };
            let closed_by = versions.iter().filter(|version| version.kind == Some(Kind::Resolve));
            let closed_by = closed_by
                .filter(settling)
                .max_by_key(|shown| shown.fseq)
                .map(|shown| shown.op);
            match versions.iter_mut().find(|version| version.op == case.op) {
                Some(shown) => shown.device = Some(case.device),
                None if case.body.is_empty() => {} // Settled before this device was shown it.
                None => versions.push(of_case(case, verdict, closed_by)),
            }
        }
        self.add_own(id, &mut versions)?;
        let heads = open.heads();
        for version in &mut versions {
            version.open = heads.contains(&version.op) || (open.has(version.op) && !open.is_closed(version.op));
        }
        versions.sort_by_key(|version| version.fseq.unwrap_or(u64::MAX));
        Ok(versions)
    }

    /// What the centre showed of a record, the present state last.
    fn versions_shown(&self, id: RecordId) -> Result<Vec<Version>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT op, fseq, at, by, unit, void, body, 0, act, why FROM version WHERE record = ?1
             UNION ALL SELECT head, fseq, at, by, unit, void, body, 1, act, why FROM shadow WHERE id = ?1 ORDER BY 8, 2",
        )?;
        let mut rows = statement.query([id.0.as_bytes()])?;
        let mut versions = Vec::new();
        while let Some(row) = rows.next()? {
            versions.push(shown(row)?);
        }
        Ok(versions)
    }

    /// Adds this device's operations, and what they say of themselves where they are among the versions already.
    fn add_own(&self, id: RecordId, versions: &mut Vec<Version>) -> Result<()> {
        let Some(identity) = self.identity()? else {
            return Ok(());
        };
        let mut history = self.history(id)?;
        history.reverse();
        let mut states: HashMap<OperationId, RecordView> =
            versions.iter().map(|version| (version.op, view(id, version))).collect();
        let mut last = None;
        for own in history {
            let operation = Operation::parse(&own.text)?;
            let before = operation.base.and_then(|base| states.get(&base).cloned()).or(last);
            let after = Step::read(own.id, &own.text)?.apply(before);
            let closes = (operation.k == Kind::Resolve).then_some(&operation.supersedes);
            for version in versions
                .iter_mut()
                .filter(|v| closes.is_some_and(|ops| ops.contains(&v.op)))
            {
                version.closed_by = Some(own.id);
            }
            let told = versions.iter_mut().find(|version| version.op == own.id);
            let own_fields = |version: Version| Version {
                kind: Some(own.kind),
                base: operation.base,
                reason: own.reason.clone(),
                own: true,
                state: Some(own.state),
                device: Some(identity.device.clone()),
                ..version
            };
            if let Some(told) = told {
                *told = own_fields(told.clone());
            } else {
                versions.push(own_fields(Version {
                    op: own.id,
                    unit: after.unit.clone(),
                    body: after.body.clone(),
                    void: after.void,
                    at: own.at,
                    by: identity.user_id.clone(),
                    fseq: own.fseq,
                    ..Version::nothing(own.id)
                }));
            }
            states.entry(own.id).or_insert_with(|| after.clone());
            last = Some(after);
        }
        Ok(())
    }
}

impl Version {
    fn nothing(op: OperationId) -> Self {
        Self {
            op,
            kind: None,
            base: None,
            unit: UnitUid(String::new()),
            body: Map::new(),
            void: false,
            at: 0,
            by: String::new(),
            device: None,
            reason: None,
            own: false,
            fseq: None,
            state: None,
            is_head: false,
            open: false,
            closed_by: None,
        }
    }
}

fn view(id: RecordId, version: &Version) -> RecordView {
    RecordView {
        id,
        record_type: String::new(),
        unit: version.unit.clone(),
        body: version.body.clone(),
        void: version.void,
        head: version.op,
    }
}

fn of_case(case: Case, verdict: State, closed_by: Option<OperationId>) -> Version {
    Version {
        kind: Kind::parse(&case.kind),
        base: case.base,
        unit: case.unit.unwrap_or_else(|| UnitUid(String::new())),
        body: case.body,
        void: case.void,
        at: case.at,
        by: case.by,
        device: Some(case.device),
        fseq: Some(case.fseq),
        state: Some(verdict),
        closed_by,
        ..Version::nothing(case.op)
    }
}

fn shown(row: &Row<'_>) -> Result<Version> {
    let op = columns::text(row, 0)?.parse()?;
    Ok(Version {
        fseq: Some(row.get(1)?),
        at: row.get(2)?,
        by: row.get(3)?,
        unit: UnitUid(row.get(4)?),
        void: row.get(5)?,
        body: serde_json::from_str(columns::text(row, 6)?)?,
        is_head: row.get(7)?,
        kind: columns::kind(row, 8)?,
        reason: row.get(9)?,
        ..Version::nothing(op)
    })
}
