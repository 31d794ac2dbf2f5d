use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{DateView, SessionForm, UnitOption};

/// What waits for an officer; topic `office`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OfficeView {
    /// `commune`, `area`, `province`.
    pub role: String,
    /// Units work can be placed in: those granted and everything below.
    pub units: Vec<UnitOption>,
    /// Operations the centre keeps until somebody decides, newest first.
    pub cases: Vec<CaseRow>,
    /// Of all, also those beyond this page.
    pub total: u32,
    /// Acts of this office that the centre has not received yet.
    pub waiting: u32,
}

/// One operation that waits for an officer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CaseRow {
    /// `log:seq`.
    pub operation: String,
    /// `create`, `edit`, `void`…
    pub kind: String,
    /// Whether it is kept apart, e.g. from a revoked machine: it can be let in. Otherwise it can be adopted.
    pub quarantined: bool,
    /// Why: a key `verdict_<code>` of the catalogue, lower case.
    pub code: String,
    /// Who wrote it.
    pub by: String,
    /// When by the author's clock, RFC 3339.
    pub at: String,
    /// The unit it names, as far as this machine knows its name.
    pub unit_name: String,
    /// Whether this machine knows that unit.
    pub unit_known: bool,
    /// Date of the session, if it can be read.
    pub date: Option<DateView>,
    /// Topics of the session.
    pub topics: Vec<String>,
    /// Lượt.
    pub attended: u32,
    /// What this office has decided, not received by the centre yet: `adopt`, `return`, `release`.
    pub decided: Option<String>,
}

/// Input of `office.adopt`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AdoptInput {
    /// The operations.
    pub operations: Vec<String>,
    /// Uid of the unit they are placed in; empty leaves each where it says.
    pub unit: String,
}

/// Input of `office.return`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReturnInput {
    /// The operations.
    pub operations: Vec<String>,
    /// Why; the author reads it.
    pub reason: String,
}

/// Input of `office.release`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReleaseInput {
    /// The operations.
    pub operations: Vec<String>,
}

/// The machines of an office; topic `office`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DevicesView {
    /// By unit and user; those without rights last.
    pub devices: Vec<DeviceRow>,
    /// Invitations made on this machine, newest first.
    pub invites: Vec<InviteRow>,
    /// Units a machine may be invited for.
    pub units: Vec<UnitOption>,
    /// Roles a machine may be given here.
    pub roles: Vec<String>,
}

/// One machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DeviceRow {
    /// As the centre names it.
    pub device: String,
    /// Who holds it.
    pub user: String,
    /// Its role.
    pub role: String,
    /// Uid of its unit.
    pub unit: String,
    /// Name of its unit.
    pub unit_name: String,
    /// Whether its rights were taken.
    pub revoked: bool,
    /// When it was enrolled, RFC 3339.
    pub enrolled_at: String,
    /// When its user last wrote something this machine has seen, RFC 3339.
    pub last_news: Option<String>,
    /// Whether it is this machine: it cannot revoke itself.
    pub own: bool,
    /// Whether its rights were taken here and the centre has not received that yet.
    pub revoking: bool,
}

/// An invitation made on this machine. Its code was shown once and is kept nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct InviteRow {
    /// `log:seq`.
    pub operation: String,
    /// Who is invited.
    pub name: String,
    /// The role.
    pub role: String,
    /// Name of the unit.
    pub unit_name: String,
    /// When, RFC 3339.
    pub at: String,
    /// Whether the centre has it, so that the code can be used.
    pub sent: bool,
}

/// Input of `device.revoke`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RevokeInput {
    /// The machine.
    pub device: String,
    /// Why.
    pub reason: String,
}

/// Input of `device.replace`: takes the old machine's rights and invites a new one for the same person and unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReplaceInput {
    /// The old machine.
    pub device: String,
    /// Why.
    pub reason: String,
}

/// Input of `device.invite`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct InviteInput {
    /// Uid of the unit.
    pub unit: String,
    /// The role.
    pub role: String,
    /// The person's name.
    pub name: String,
}

/// A new enrolment code, shown once: the centre learns only its hash, and this machine forgets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct InviteView {
    /// `K7M2Q-9XD4T`.
    pub code: String,
    /// Who is invited.
    pub name: String,
    /// Name of the unit.
    pub unit_name: String,
}

/// Input of `session.correct`: an officer sets somebody else's figures right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CorrectInput {
    /// The draft the form was kept in; it goes away in the same transaction.
    pub draft_id: String,
    /// The record.
    pub id: String,
    /// The form.
    pub form: SessionForm,
    /// Why; the author reads it.
    pub reason: String,
}
