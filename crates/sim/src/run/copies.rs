//! Disks of devices that are copied, put back, and put into other machines (I12).

use super::Run;
use crate::Checked;
use crate::device::Device;

/// Machines of one run: a clone of a clone shows nothing new.
pub(super) const MACHINES_MAX: usize = 8;

impl Run {
    pub(super) fn a_machine_is_copied_or_put_back(&mut self) -> Checked {
        let at = self.dice.below(self.devices.len() as u64) as usize;
        let device = &self.devices[at];
        let usable = device.is_on() && device.id.is_some() && !device.disk_failed();
        if device.copies.is_empty() {
            if usable {
                let copy = device.disk.copy();
                self.devices[at].copies.push(copy);
                self.count("device: disk copied");
            }
            return Ok(());
        }
        let copy = self.dice.pick(&self.devices[at].copies).clone();
        if self.devices.len() < MACHINES_MAX && self.dice.one_in(3) {
            return self.clone_machine(at, &copy);
        }
        let whole = self.dice.one_in(2);
        let name = self.devices[at].name.clone();
        self.count(if whole {
            "device: put back, witness and all"
        } else {
            "device: data file put back"
        });
        self.trace
            .line(format!("{name} is put back to a copy of its disk (whole: {whole})"));
        self.devices[at].put_back(&copy, whole, &mut self.dice)
    }

    /// Another machine starts from a copy of this one's disk.
    fn clone_machine(&mut self, at: usize, copy: &crate::centre::Copy) -> Checked {
        let (unit, role) = (self.devices[at].unit.clone(), self.devices[at].role.clone());
        let original = self.devices[at].name.clone();
        let name = format!("{original}+{}", self.devices.len());
        let disk = format!("{}+{}", self.devices[at].machine, self.devices.len());
        self.count("device: cloned");
        self.trace.line(format!("{name} is a clone of {original}"));
        let link = self.network.link(&name);
        let mut clone = Device::new(
            &name,
            &disk,
            &unit,
            &role,
            link,
            &self.dice.fork(200 + self.devices.len() as u64),
        );
        clone.put_back(copy, true, &mut self.dice)?;
        clone.witness.clear();
        clone.sealed = self.devices[at].sealed;
        self.devices[at].forked = true;
        let grants = self.grants.get(&original).cloned().unwrap_or_default();
        self.grants.insert(name.clone(), grants);
        if let Some(last) = self.revoked.get(&original).copied() {
            self.network.observer.set_revoked(&name, true);
            self.revoked.insert(name, last);
        }
        self.devices.push(clone);
        self.tell_scopes();
        Ok(())
    }

    /// Every machine that goes by the name the one at `at` has at the centre.
    pub(super) fn alike(&self, at: usize) -> Vec<String> {
        let id = &self.devices[at].id;
        let alike = self.devices.iter().filter(|device| device.id == *id);
        alike.map(|device| device.name.clone()).collect()
    }
}
