//! What the rules are asked with: a client, a device, and an administrator if there is one.

use std::process::Command;

use hocvu_wire::enrol::EnrolRequest;
use serde_json::Value;

use crate::ask::Asker;
use crate::device::Device;
use crate::outcome::Result;

/// Carried from rule to rule.
pub struct Stage {
    pub asker: Asker,
    /// The code given, not used yet.
    pub code: String,
    /// Enrolled by the first rules.
    pub device: Device,
    admin: Option<Vec<String>>,
    officer: Option<Device>,
}

impl Stage {
    pub fn new(base: &str, code: &str, admin: Option<&str>) -> Result<Self> {
        Ok(Self {
            asker: Asker::new(base)?,
            code: code.to_owned(),
            device: Device::blank(),
            admin: admin.map(|words| words.split_whitespace().map(str::to_owned).collect()),
            officer: None,
        })
    }

    /// Whether there is an administrator.
    pub fn has_admin(&self) -> bool {
        self.admin.is_some()
    }

    /// Runs a command of the administrator; what it prints.
    pub fn admin(&self, words: &[&str]) -> Result<String> {
        let admin = self.admin.as_ref().ok_or("no administrator")?;
        let (program, first) = admin.split_first().ok_or("an empty --admin-command")?;
        let output = Command::new(program).args(first).args(words).output();
        let output = output.map_err(|error| format!("{program}: {error}"))?;
        if !output.status.success() {
            return Err(format!("{words:?}: {}", String::from_utf8_lossy(&output.stderr)));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// A new device of `unit` with a session.
    pub fn enrol(&self, unit: &str, role: &str) -> Result<Device> {
        let made = self.admin(&["enrol-code", "--json", "--unit", unit, "--role", role])?;
        let made: Value = serde_json::from_str(&made).map_err(|error| error.to_string())?;
        let code = made["code"].as_str().ok_or("no code")?;
        let mut device = Device::blank();
        let request: EnrolRequest = device.enrolment(code);
        let reply = self.asker.post("/v1/enrol", &request, None)?.read()?;
        device.enrolled(&reply)?;
        let log = device.log;
        device.open_session(&self.asker, log)?;
        device.write(crate::rules::open(&device.id));
        device.deliver_last(&self.asker)?;
        Ok(device)
    }

    /// Uid of the unit above the device's.
    pub fn commune(&self) -> Result<String> {
        let units = self.admin(&["unit", "list", "--json"])?;
        let units: Vec<Value> = serde_json::from_str(&units).map_err(|error| error.to_string())?;
        let own = units.iter().find(|unit| unit["uid"] == self.device.unit.as_str());
        let parent = own.and_then(|unit| unit["parent"].as_str());
        parent
            .map(str::to_owned)
            .ok_or("the device's unit has nothing above it".into())
    }

    /// An officer of the commune above the device; the same each time.
    pub fn officer(&mut self) -> Result<Device> {
        if self.officer.is_none() {
            let commune = self.commune()?;
            self.officer = Some(self.enrol(&commune, "commune")?);
        }
        self.officer.clone().ok_or("an officer".into())
    }

    /// Keeps what the officer wrote.
    pub fn keep_officer(&mut self, officer: Device) {
        self.officer = Some(officer);
    }

    /// A unit of another commune, made for this.
    pub fn elsewhere(&self) -> Result<String> {
        let units = self.admin(&["unit", "list", "--json"])?;
        let units: Vec<Value> = serde_json::from_str(&units).map_err(|error| error.to_string())?;
        let mine = self.commune()?;
        let other = units
            .iter()
            .find(|unit| unit["level"] == "commune" && unit["uid"] != mine.as_str());
        let other = other.and_then(|unit| unit["uid"].as_str()).ok_or("no other commune")?;
        let made = self.admin(&[
            "unit",
            "add",
            "--json",
            "--parent",
            other,
            "--level",
            "hamlet",
            "--name",
            "Ấp Kiểm Tra",
        ])?;
        let made: Value = serde_json::from_str(&made).map_err(|error| error.to_string())?;
        made["uid"].as_str().map(str::to_owned).ok_or("no uid".into())
    }
}
