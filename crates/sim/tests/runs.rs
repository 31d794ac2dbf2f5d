//! One seed is one run.

use hocvu_sim::run::{Plan, play};

#[test]
fn one_seed_is_one_run() {
    for seed in [3, 24, 40] {
        let (one, again) = (play(Plan::of(seed)), play(Plan::of(seed)));
        assert_eq!(one.violation, None, "seed {seed}");
        assert!(one.trace.lines().len() > 40, "something happened");
        assert_eq!(one.trace.lines(), again.trace.lines(), "seed {seed}");
        assert_eq!(one.trace.hash(), again.trace.hash());
        assert_eq!(one.picture, again.picture);
    }
    assert_ne!(play(Plan::of(3)).trace.hash(), play(Plan::of(4)).trace.hash());
}
