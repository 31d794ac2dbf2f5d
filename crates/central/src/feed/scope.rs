//! What a device may see, and its name: a cursor of another scope is gone.

use std::sync::Arc;

use hocvu_model::unit::Succession;
use hocvu_wire::b64;
use sha2::{Digest, Sha256};

use super::Reader;
use crate::directory::{self, Granted};
use crate::error::Result;

/// Scopes whose units are remembered.
const SCOPES_MAX: usize = 256;

/// What a device may see.
pub(super) struct Scope {
    pub(super) device: i64,
    grants: Vec<Granted>,
    pub(super) tag: String,
}

/// Small numbers of the units in a scope that have records or matters.
#[derive(Default)]
pub(super) struct Places {
    pub(super) all: Vec<i64>,
    /// Those over which the device is an officer's.
    pub(super) officers: Vec<i64>,
}

impl Scope {
    /// Whether the device is an officer's anywhere.
    pub(super) fn is_officer(&self) -> bool {
        self.grants.iter().any(|grant| grant.role.is_officer())
    }
}

impl Reader {
    pub(super) fn scope(&self, device: i64) -> Result<Scope> {
        let grants: Vec<Granted> = self
            .db
            .prepare_cached("SELECT unit, role FROM device_grant WHERE device = ?1 ORDER BY unit")?
            .query_map([device], |row| {
                let role: String = row.get(1)?;
                Ok(Granted::from_row(row.get(0)?, &role))
            })?
            .collect::<rusqlite::Result<_>>()?;
        let mut scope = Scope {
            device,
            grants,
            tag: String::new(),
        };
        scope.tag = self.tag(&scope)?;
        Ok(scope)
    }

    /// Names what the scope covers: its grants, where it commands, and successions, moves and members by which its units
    /// changed. For a team
    /// whose units nobody merged it is what it was before there were officers, so that its cursor lives on.
    fn tag(&self, scope: &Scope) -> Result<String> {
        let units: Vec<&str> = scope.grants.iter().map(|grant| grant.unit.as_str()).collect();
        let mut named = format!("0\0{}", units.join("\0"));
        for grant in scope.grants.iter().filter(|grant| grant.role.is_officer()) {
            named.push_str(&format!("\u{1}{}", grant.unit));
        }
        for Succession { old, new, .. } in directory::successions(&self.db)? {
            if self.covers(scope, old.as_str()) || self.covers(scope, new.as_str()) {
                named.push_str(&format!("\u{2}{old}>{new}"));
            }
        }
        for (unit, was_in) in directory::moved(&self.db)? {
            if self.covers(scope, &unit) || was_in.iter().any(|parent| self.covers(scope, parent)) {
                named.push_str(&format!("\u{3}{unit}:{}", was_in.len()));
            }
        }
        let granted = scope.grants.iter().filter_map(|grant| self.units.get(&grant.unit));
        for member in granted.flat_map(|area| &area.members) {
            let last = member.to.map(|day| day.to_string()).unwrap_or_default();
            named.push_str(&format!("\u{4}{}:{last}", member.unit));
        }
        Ok(b64::encode(&Sha256::digest(named)[..6]))
    }

    pub(super) fn covers(&self, scope: &Scope, unit: &str) -> bool {
        #[cfg(feature = "planted")]
        if hocvu_model::planted::is(hocvu_model::planted::Bug::FeedLeaks) {
            return true;
        }
        scope.grants.iter().any(|grant| grant.covers(&self.units, unit))
    }

    /// Whether the device is an officer's over the unit.
    pub(super) fn commands(&self, scope: &Scope, unit: &str) -> bool {
        let mut officers = scope.grants.iter().filter(|grant| grant.role.is_officer());
        officers.any(|grant| grant.covers(&self.units, unit))
    }

    /// Small numbers of the units in scope.
    pub(super) fn places(&mut self, scope: &Scope) -> Result<Arc<Places>> {
        let count: i64 = self
            .db
            .prepare_cached("SELECT coalesce(max(no), 0) FROM place")?
            .query_row([], |row| row.get(0))?;
        if let Some((known, places)) = self.scopes.get(&scope.tag)
            && *known == count
        {
            return Ok(Arc::clone(places));
        }
        let mut read = self.db.prepare_cached("SELECT no, uid FROM place")?;
        let mut rows = read.query([])?;
        let mut places = Places::default();
        while let Some(row) = rows.next()? {
            let uid = row.get_ref(1)?.as_str().unwrap_or_default();
            if self.covers(scope, uid) {
                places.all.push(row.get(0)?);
            }
            if self.commands(scope, uid) {
                places.officers.push(row.get(0)?);
            }
        }
        drop(rows);
        drop(read);
        if self.scopes.len() >= SCOPES_MAX {
            self.scopes.clear();
        }
        let places = Arc::new(places);
        self.scopes.insert(scope.tag.clone(), (count, Arc::clone(&places)));
        Ok(places)
    }
}
