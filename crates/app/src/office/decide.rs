use std::collections::BTreeMap;

use hocvu_model::operation::{Kind, OfficeDraft, Operation};
use hocvu_model::{FindingCode, OperationId, UnitUid};
use hocvu_store::{Case, CaseFilter, StoredOperation, Verdict};

use super::scope::{self, Scope};
use super::{ACTS_MAX, append, required};
use crate::App;
use crate::command::Command;
use crate::contract::{AdoptInput, CaseRow, Done, NoInput, OfficeView, ReleaseInput, ReturnInput};
use crate::error::{Error, Result};
use crate::{form, sessions, system};

/// Rows of one page: more than an officer goes through at one sitting.
const CASES_MAX: u32 = 200;

/// `office.read`
pub struct ReadOffice;

/// `office.adopt`
pub struct Adopt;

/// `office.return`
pub struct Return;

/// `office.release`
pub struct Release;

impl Command for ReadOffice {
    const NAME: &'static str = "office.read";
    type Input = NoInput;
    type Output = OfficeView;

    fn run(app: &App, _: NoInput) -> Result<OfficeView> {
        let scope = Scope::of(app)?;
        let filter = CaseFilter {
            own: Some(false),
            limit: CASES_MAX,
            ..CaseFilter::default()
        };
        let ((cases, total), (acts, _)) = app
            .store()
            .read(|read| Ok((read.cases(&filter)?, read.office_acts(0, ACTS_MAX)?)))?;
        let decided = decided(&acts);
        let waiting = acts.iter().filter(|act| act.receipt.is_none()).count();
        Ok(OfficeView {
            role: scope.role.as_str().to_owned(),
            units: scope.options(app),
            cases: cases.iter().map(|case| row(app, case, &decided)).collect(),
            total,
            waiting: u32::try_from(waiting).unwrap_or(u32::MAX),
        })
    }
}

impl Command for Adopt {
    const NAME: &'static str = "office.adopt";
    type Input = AdoptInput;
    type Output = Done;

    fn run(app: &App, input: AdoptInput) -> Result<Done> {
        let scope = Scope::of(app)?;
        let cites = cited(app, &input.operations)?;
        let unit = (!input.unit.is_empty()).then_some(UnitUid(input.unit));
        if unit.as_ref().is_some_and(|unit| !scope.covers(app, unit.as_str())) {
            return Err(Error::NotAllowed);
        }
        let act = OfficeDraft {
            cites: &cites,
            unit: unit.as_ref(),
            ..OfficeDraft::new(Kind::Adopt, app.environment().unix())
        };
        append(app, &[act])?;
        Ok(Done {})
    }
}

impl Command for Return {
    const NAME: &'static str = "office.return";
    type Input = ReturnInput;
    type Output = Done;

    fn run(app: &App, input: ReturnInput) -> Result<Done> {
        Scope::of(app)?;
        let reason = required("reason", FindingCode::ReasonMissing, &input.reason)?;
        let cites = cited(app, &input.operations)?;
        let act = OfficeDraft {
            cites: &cites,
            reason: Some(&reason),
            ..OfficeDraft::new(Kind::Return, app.environment().unix())
        };
        append(app, &[act])?;
        Ok(Done {})
    }
}

impl Command for Release {
    const NAME: &'static str = "office.release";
    type Input = ReleaseInput;
    type Output = Done;

    fn run(app: &App, input: ReleaseInput) -> Result<Done> {
        Scope::of(app)?;
        let cites = cited(app, &input.operations)?;
        let act = OfficeDraft {
            cites: &cites,
            ..OfficeDraft::new(Kind::Release, app.environment().unix())
        };
        append(app, &[act])?;
        Ok(Done {})
    }
}

/// The operations an act is about: those known here as waiting.
fn cited(app: &App, operations: &[String]) -> Result<Vec<OperationId>> {
    if operations.is_empty() {
        return Err(Error::BadCall("no operation".into()));
    }
    let ids = operations
        .iter()
        .map(|id| id.parse().map_err(|_| Error::BadCall(format!("{id} is no operation"))))
        .collect::<Result<Vec<OperationId>>>()?;
    app.store().read(|read| {
        for id in &ids {
            read.case(*id)?.ok_or(hocvu_store::Error::NotFound("case"))?;
        }
        Ok(())
    })?;
    Ok(ids)
}

/// What own acts say of which operation. The newest word counts; a refused act says nothing.
fn decided(acts: &[StoredOperation]) -> BTreeMap<OperationId, Kind> {
    let mut decided = BTreeMap::new();
    for act in acts.iter().rev() {
        let refused = act.state.verdict() == Some(Verdict::Rejected);
        let Ok(operation) = Operation::parse(&act.text) else {
            continue;
        };
        if !refused && matches!(operation.k, Kind::Adopt | Kind::Return | Kind::Release) {
            decided.extend(operation.cites.iter().map(|cited| (*cited, operation.k)));
        }
    }
    decided
}

fn row(app: &App, case: &Case, decided: &BTreeMap<OperationId, Kind>) -> CaseRow {
    let unit = case.unit.clone().unwrap_or_else(|| UnitUid(String::new()));
    let session = sessions::from_body(app, &case.body, &unit);
    CaseRow {
        operation: case.op.to_string(),
        kind: match (case.kind.as_str(), case.base) {
            ("put", None) => "create",
            ("put", Some(_)) => "edit",
            (other, _) => other,
        }
        .to_owned(),
        quarantined: case.verdict == Verdict::Quarantined,
        code: case.code.as_deref().unwrap_or_default().to_lowercase(),
        by: case.by.clone(),
        at: system::from_unix(case.at),
        unit_name: scope::name(app, unit.as_str()),
        unit_known: app.units().get(unit.as_str()).is_some(),
        date: session.as_ref().map(|session| form::date_view(session.date)),
        topics: session
            .as_ref()
            .map(|session| session.topics.iter().map(ToString::to_string).collect())
            .unwrap_or_default(),
        attended: session
            .as_ref()
            .map_or(0, hocvu_model::session::TrainingSession::attended),
        decided: decided.get(&case.op).map(|kind| kind.as_str().to_owned()),
    }
}
