use std::collections::BTreeMap;

use hocvu_model::operation::{Kind, OfficeDraft, Operation};
use hocvu_model::{FindingCode, Role, UnitUid};
use hocvu_store::{OfficeDevice, StoredOperation, Verdict};

use super::scope::{self, Scope};
use super::{ACTS_MAX, append, required};
use crate::App;
use crate::command::Command;
use crate::contract::{
    DeviceRow, DevicesView, Done, InviteInput, InviteRow, InviteView, NoInput, ReplaceInput, RevokeInput,
};
use crate::error::{Error, Result};
use crate::system;

/// `device.list`
pub struct ListDevices;

/// `device.revoke`
pub struct Revoke;

/// `device.replace`
pub struct Replace;

/// `device.invite`
pub struct Invite;

impl Command for ListDevices {
    const NAME: &'static str = "device.list";
    type Input = NoInput;
    type Output = DevicesView;

    fn run(app: &App, _: NoInput) -> Result<DevicesView> {
        let scope = Scope::of(app)?;
        let (devices, acts, own, news) = app.store().read(|read| {
            let own = read.identity()?.map(|own| own.device);
            Ok((
                read.devices()?,
                read.office_acts(0, ACTS_MAX)?.0,
                own,
                read.last_news()?,
            ))
        })?;
        let revoking = acts_of(&acts, Kind::Revoke).filter_map(|(act, revoke)| {
            let waiting = act.state.verdict().is_none();
            revoke.device.filter(|_| waiting)
        });
        let revoking: Vec<String> = revoking.collect();
        let mut rows: Vec<DeviceRow> = devices
            .into_iter()
            .map(|device| device_row(app, device, own.as_deref(), &revoking, &news))
            .collect();
        rows.sort_by(|a, b| {
            let (a, b) = ((a.revoked, &a.unit_name, &a.user), (b.revoked, &b.unit_name, &b.user));
            a.0.cmp(&b.0)
                .then_with(|| hocvu_model::text::compare(a.1, b.1))
                .then_with(|| hocvu_model::text::compare(a.2, b.2))
        });
        let invites = acts_of(&acts, Kind::Invite).map(|(act, invite)| InviteRow {
            operation: act.id.to_string(),
            name: invite.name.unwrap_or_default(),
            role: invite.role.unwrap_or_default(),
            unit_name: scope::name(app, invite.unit.as_ref().map_or("", UnitUid::as_str)),
            at: system::from_unix(act.at),
            sent: act.receipt.is_some(),
        });
        Ok(DevicesView {
            devices: rows,
            invites: invites.collect(),
            units: scope.options(app),
            roles: scope.roles(),
        })
    }
}

impl Command for Revoke {
    const NAME: &'static str = "device.revoke";
    type Input = RevokeInput;
    type Output = Done;

    fn run(app: &App, input: RevokeInput) -> Result<Done> {
        Scope::of(app)?;
        let device = revocable(app, &input.device)?;
        let reason = required("reason", FindingCode::ReasonMissing, &input.reason)?;
        append(app, &[revoke(app, &device.device, &reason)])?;
        Ok(Done {})
    }
}

impl Command for Replace {
    const NAME: &'static str = "device.replace";
    type Input = ReplaceInput;
    type Output = InviteView;

    fn run(app: &App, input: ReplaceInput) -> Result<InviteView> {
        Scope::of(app)?;
        let device = revocable(app, &input.device)?;
        let reason = required("reason", FindingCode::ReasonMissing, &input.reason)?;
        let (code, hash) = hocvu_sync::invite_code(app.environment());
        let invite = OfficeDraft {
            unit: Some(&device.unit),
            role: Some(&device.role),
            name: Some(&device.user),
            code: Some(&hash),
            ..OfficeDraft::new(Kind::Invite, app.environment().unix())
        };
        append(app, &[revoke(app, &device.device, &reason), invite])?;
        Ok(InviteView {
            code,
            unit_name: scope::name(app, device.unit.as_str()),
            name: device.user,
        })
    }
}

impl Command for Invite {
    const NAME: &'static str = "device.invite";
    type Input = InviteInput;
    type Output = InviteView;

    fn run(app: &App, input: InviteInput) -> Result<InviteView> {
        let scope = Scope::of(app)?;
        let name = required("name", FindingCode::NameMissing, &input.name)?;
        let unit = UnitUid(required("unit", FindingCode::UnitMissing, &input.unit)?);
        let role = Role::parse(&input.role).ok_or_else(|| Error::BadCall(format!("no role {}", input.role)))?;
        if !scope.covers(app, unit.as_str()) || role.rank() > scope.role.rank() {
            return Err(Error::NotAllowed);
        }
        let (code, hash) = hocvu_sync::invite_code(app.environment());
        let invite = OfficeDraft {
            unit: Some(&unit),
            role: Some(role.as_str()),
            name: Some(&name),
            code: Some(&hash),
            ..OfficeDraft::new(Kind::Invite, app.environment().unix())
        };
        append(app, &[invite])?;
        Ok(InviteView {
            code,
            unit_name: scope::name(app, unit.as_str()),
            name,
        })
    }
}

fn revoke<'a>(app: &App, device: &'a str, reason: &'a str) -> OfficeDraft<'a> {
    OfficeDraft {
        device: Some(device),
        reason: Some(reason),
        ..OfficeDraft::new(Kind::Revoke, app.environment().unix())
    }
}

/// A machine of this office that still has its rights, and is not this one.
fn revocable(app: &App, device: &str) -> Result<OfficeDevice> {
    let (devices, own) = app.store().read(|read| Ok((read.devices()?, read.identity()?)))?;
    if own.is_some_and(|own| own.device == device) {
        return Err(Error::BadCall("a machine cannot take its own rights".into()));
    }
    let found = devices.into_iter().find(|one| one.device == device && !one.revoked);
    found.ok_or(Error::NotFound)
}

/// Own acts of a kind that the centre did not refuse, newest first.
fn acts_of(acts: &[StoredOperation], kind: Kind) -> impl Iterator<Item = (&StoredOperation, Operation<'_>)> {
    acts.iter()
        .filter(move |act| act.kind == kind && act.state.verdict() != Some(Verdict::Rejected))
        .filter_map(|act| Operation::parse(&act.text).ok().map(|operation| (act, operation)))
}

fn device_row(
    app: &App,
    device: OfficeDevice,
    own: Option<&str>,
    revoking: &[String],
    news: &BTreeMap<String, i64>,
) -> DeviceRow {
    let OfficeDevice {
        device,
        user,
        role,
        unit,
        revoked,
        enrolled_at,
        fseq: _,
    } = device;
    DeviceRow {
        unit_name: scope::name(app, unit.as_str()),
        unit: unit.0,
        role,
        revoked,
        enrolled_at: system::from_unix(enrolled_at),
        last_news: news.get(&user).map(|at| system::from_unix(*at)),
        own: own == Some(&device),
        revoking: revoking.contains(&device),
        user,
        device,
    }
}
