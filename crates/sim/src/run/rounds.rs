//! Devices talk to the centre, alone or at the same time.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use hocvu_sync::{RoundReport, SyncError};

use super::Run;
use crate::device::Device;
use crate::vfs::Failure;
use crate::{Checked, Dice, Violation};

/// Looks at a future that never comes to an end.
const LOOKS_MAX: u32 = 100_000;

/// What a device did with its turn.
#[derive(Debug)]
enum Done {
    Enrolled(Result<String, SyncError>),
    Round(Result<RoundReport, SyncError>),
    /// Its program was killed on the way.
    Killed,
}

type Turn<'a> = Pin<Box<dyn Future<Output = Done> + 'a>>;

impl Run {
    /// One device has a round, or several at once.
    pub(super) fn rounds(&mut self) -> Checked {
        let mut chosen: Vec<usize> = (0..self.devices.len()).filter(|at| self.devices[*at].is_on()).collect();
        let several = if self.dice.one_in(3) && !self.plan.compared {
            3
        } else {
            1
        };
        while chosen.len() > several {
            let which = self.dice.below(chosen.len() as u64) as usize;
            chosen.swap_remove(which);
        }
        let kill_one_in = if self.plan.disks_fail { 20 } else { 0 };
        self.turns(&chosen, kill_one_in).map(drop)
    }

    /// Gives these devices a turn at once. Says how many operations and changes moved.
    pub(super) fn turns(&mut self, chosen: &[usize], kill_one_in: u64) -> Checked<u32> {
        let mut dice = self.dice.fork(77);
        self.dice.throw();
        let done = interleave(&self.devices, chosen, &mut dice, kill_one_in);
        let mut moved = 0;
        for (at, done) in done {
            let name = self.devices[at].name.clone();
            let failed = match done {
                Done::Killed => {
                    self.trace.line(format!("{name} was killed while talking"));
                    self.count("device: killed while talking");
                    let power = self.dice.one_in(2) && !self.devices[at].sealed;
                    let failure = if power { Failure::PowerCut } else { Failure::Kill };
                    self.devices[at].switch_off(failure, &mut self.dice);
                    None
                }
                Done::Enrolled(Ok(id)) => {
                    self.trace.line(format!("{name} enrolled"));
                    self.devices[at].id = Some(id);
                    moved += 1;
                    None
                }
                Done::Round(Ok(report)) => {
                    self.trace.line(format!(
                        "{name} confirmed {} pulled {} carried {}",
                        report.confirmed, report.pulled, report.carried
                    ));
                    moved += report.confirmed + report.pulled + report.carried;
                    None
                }
                Done::Enrolled(Err(error)) | Done::Round(Err(error)) => Some(error),
            };
            if let Some(error) = failed {
                self.trace.line(format!("{name}: {error}"));
                self.talk_failed(at, &error)?;
            }
        }
        Ok(moved)
    }

    /// Machines that became devices since the last look, and what they may see.
    pub(super) fn note_enrolled(&mut self) {
        for at in 0..self.devices.len() {
            let device = &self.devices[at];
            if device.id.is_some() && !self.grants.contains_key(&device.name) {
                let (name, unit) = (device.name.clone(), device.unit.clone());
                self.grants.insert(name, vec![unit]);
                self.copies.clear(); // A copy from before would not know the machine.
                self.tell_scopes();
            }
        }
    }

    fn talk_failed(&mut self, at: usize, error: &SyncError) -> Checked {
        let SyncError::Store(cause) = error else { return Ok(()) };
        if !self.devices[at].disk_failed() {
            let what = format!("{}: {cause}", self.devices[at].name);
            return Err(Violation::new("unexpected", what));
        }
        if self.devices[at].disk.is_down() || self.dice.one_in(2) {
            self.devices[at].switch_off(Failure::Kill, &mut self.dice);
        }
        Ok(())
    }
}

/// Lets the turns run into each other: between any two exchanges another device may have its own.
fn interleave(devices: &[Device], chosen: &[usize], dice: &mut Dice, kill_one_in: u64) -> Vec<(usize, Done)> {
    let mut turns: Vec<(usize, Turn<'_>)> = chosen.iter().map(|at| (*at, turn(&devices[*at]))).collect();
    let mut done = Vec::new();
    let mut context = Context::from_waker(Waker::noop());
    let mut looks = 0;
    while !turns.is_empty() {
        looks += 1;
        assert!(looks < LOOKS_MAX, "a round does not end");
        let which = dice.below(turns.len() as u64) as usize;
        if kill_one_in > 0 && dice.one_in(kill_one_in * 4) {
            let (at, killed) = turns.swap_remove(which);
            drop(killed);
            done.push((at, Done::Killed));
            continue;
        }
        if let Poll::Ready(ended) = turns[which].1.as_mut().poll(&mut context) {
            let at = turns.swap_remove(which).0;
            done.push((at, ended));
        }
    }
    done.sort_by_key(|(at, _)| *at);
    done
}

fn turn(device: &Device) -> Turn<'_> {
    if device.id.is_none() {
        Box::pin(async { Done::Enrolled(device.enrol().await) })
    } else {
        Box::pin(async { Done::Round(device.round().await) })
    }
}

/// Runs a future that nobody else needs to be interleaved with.
///
/// # Panics
/// It waits for something that never comes.
pub fn alone<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..LOOKS_MAX {
        if let Poll::Ready(ended) = future.as_mut().poll(&mut context) {
            return ended;
        }
    }
    unreachable!("a step does not end")
}
