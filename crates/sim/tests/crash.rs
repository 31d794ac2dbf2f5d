//! The device's disk fails at every single call of a fixed piece of work, in every way.

use hocvu_sim::script::{Played, play};
use hocvu_sim::vfs::{Call, Failure, Plan};

/// Plays the script once for every call that `wanted` names, or for one in `one_in` of them unless `HOCVU_SIM_THOROUGH` is
/// set: where a failure of a neighbour is another face of the same one.
fn at_every_call(
    what: &str,
    failure: Failure,
    wanted: impl Fn(Call) -> bool,
    one_in: usize,
    sync_lies: bool,
) -> Vec<(u64, Played)> {
    let one_in = if std::env::var_os("HOCVU_SIM_THOROUGH").is_some() {
        1
    } else {
        one_in
    };
    let whole = play(&format!("{what}-whole"), None, false);
    assert_eq!(whole.violation, None, "without a failure nothing goes wrong");
    assert!(whole.saved >= 7 && whole.calls.len() > 100, "the script does its work");
    let chosen = (1..).zip(&whole.calls).filter(|(_, call)| wanted(**call));
    chosen
        .step_by(one_in)
        .map(|(at, _)| {
            let plan = Plan { at, failure };
            (at, play(&format!("{what}-{at}"), Some(plan), sync_lies))
        })
        .collect()
}

fn nothing_goes_wrong(played: &[(u64, Played)]) {
    assert!(played.len() > 50, "only {} calls were tried", played.len());
    for (at, played) in played {
        assert_eq!(played.violation, None, "with a failure at call {at}");
        assert!(
            played.saved >= 7,
            "at call {at} only {} saves got through",
            played.saved
        );
    }
}

#[test]
fn i1_saved_is_durable_when_the_power_goes_at_any_call() {
    nothing_goes_wrong(&at_every_call("power", Failure::PowerCut, Call::changes, 1, false));
}

#[test]
fn i1_saved_is_durable_when_the_program_dies_at_any_call() {
    nothing_goes_wrong(&at_every_call("kill", Failure::Kill, Call::changes, 3, false));
}

#[test]
fn i1_saved_is_durable_when_any_one_write_or_sync_fails() {
    nothing_goes_wrong(&at_every_call("once", Failure::Once, Call::changes, 1, false));
}

#[test]
fn i1_saved_is_durable_when_any_one_read_fails() {
    nothing_goes_wrong(&at_every_call(
        "read",
        Failure::Once,
        |call| call == Call::Read,
        8,
        false,
    ));
}

#[test]
fn i1_saved_is_durable_when_the_disk_is_full_at_any_write() {
    nothing_goes_wrong(&at_every_call(
        "full",
        Failure::Full,
        |call| call == Call::Write,
        1,
        false,
    ));
}

/// The control: on a disk that only pretends to sync, this very harness must see loss, or it sees nothing.
#[test]
fn a_disk_that_lies_about_syncing_loses_what_was_saved() {
    let played = at_every_call("lies", Failure::PowerCut, Call::changes, 4, true);
    let lost = played.iter().filter(|(_, played)| played.violation.is_some()).count();
    assert!(
        lost * 4 > played.len(),
        "only {lost} of {} power cuts were noticed",
        played.len()
    );
}
