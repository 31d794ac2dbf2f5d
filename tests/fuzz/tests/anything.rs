//! Every way in, fed its seeds, what once broke it, and some thousand inputs that are nearly right. What libFuzzer does for
//! ten minutes with coverage to guide it (`cargo xtask fuzz`), this does for seconds with a fixed seed.

use std::path::Path;

use hocvu_fuzz::mutate::Dice;
use hocvu_fuzz::target;

/// Feeds one target. `mutations` is chosen so that each takes a few seconds without optimisation.
fn feed(name: &str, mutations: usize) {
    let target = target(name);
    let seeds = (target.seeds)();
    assert!(!seeds.is_empty(), "{name}: a target begins with real inputs");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("regressions").join(name);
    let broke = std::fs::read_dir(folder).into_iter().flatten();
    let broke = broke.map(|entry| std::fs::read(entry.expect("a file").path()).expect("readable"));
    let inputs: Vec<Vec<u8>> = seeds.into_iter().chain(broke).collect();
    (target.run)(&[]);
    inputs.iter().for_each(|input| (target.run)(input));
    let mut dice = Dice::new(name.bytes().map(u64::from).sum());
    for _ in 0..mutations {
        let (one, other) = (dice.below(inputs.len()), dice.below(inputs.len()));
        let input = dice.mutate(&inputs[one], &inputs[other]);
        if std::panic::catch_unwind(|| (target.run)(&input)).is_err() {
            let text = input.escape_ascii();
            panic!("{name} breaks on: {text}");
        }
    }
}

#[test]
fn i19_packed_bodies_keep_their_bounds_and_come_back() {
    feed("packing", 300);
}

#[test]
fn frames_come_back_to_the_letter_or_not_at_all() {
    feed("frame", 5_000);
}

#[test]
fn i3_any_batch_is_answered_in_full_and_counts_once() {
    feed("batch", 1_000);
}

#[test]
fn i17_only_what_a_device_signed_opens() {
    feed("bundle", 500);
}

#[test]
fn i10_any_cursor_is_a_page_or_gone() {
    feed("cursor", 2_000);
}

#[test]
fn no_request_but_the_right_one_makes_a_device() {
    feed("code", 600);
}

#[test]
fn any_file_is_an_import_or_a_sentence() {
    feed("import", 500);
}

#[test]
fn any_bytes_are_a_workbook_within_the_limits_or_an_error() {
    feed("sheets", 1_500);
}
