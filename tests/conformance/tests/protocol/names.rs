//! Nothing the protocol has may be missing from its document. Where a list exists in code it is asked; where it does not, the
//! source is searched.

use hocvu_model::Role;
use hocvu_model::operation::KINDS;
use hocvu_wire::batch::Verdict;
use hocvu_wire::problem::ProblemCode;
use hocvu_wire::{PACKED, blobs, bundle, limits, problem};

use super::{document, root};

/// Fails with every name that is not in the document as code.
fn all_named(what: &str, names: impl IntoIterator<Item = impl AsRef<str>>) {
    let document = document();
    let missing: Vec<String> = names
        .into_iter()
        .map(|name| name.as_ref().to_owned())
        .filter(|name| !document.contains(&format!("`{name}`")))
        .collect();
    assert!(missing.is_empty(), "docs/PROTOCOL.md does not name {what}: {missing:?}");
}

fn source(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every string literal that follows `start` in a source.
fn literals(text: &str, start: &str) -> Vec<String> {
    let found = text.split(start).skip(1);
    found
        .filter_map(|rest| rest.split('"').next().map(str::to_owned))
        .collect()
}

#[test]
fn every_problem_is_named_with_its_status() {
    let document = document();
    for code in ProblemCode::ALL {
        let row = format!("| `{}` | {} |", code.as_str(), code.status());
        assert!(document.contains(&row), "no row “{row}…”");
    }
}

#[test]
fn every_kind_role_and_verdict_is_named() {
    all_named("these kinds", KINDS.map(|kind| kind.as_str()));
    all_named("these roles", Role::ALL.map(|role| role.as_str()));
    all_named(
        "the media types",
        [PACKED, problem::MEDIA_TYPE, bundle::MEDIA_TYPE, blobs::CHUNK],
    );
    let verdicts = ["accepted", "merged", "conflicted", "rejected", "held", "quarantined"];
    verdicts
        .iter()
        .for_each(|name| assert!(Verdict::parse(name).is_some(), "{name}"));
    all_named("these verdicts", verdicts);
}

#[test]
fn every_code_of_a_ruling_and_of_a_refused_frame_is_named() {
    let judge = source("crates/central/src/judge.rs");
    let module = judge
        .split("pub mod code {")
        .nth(1)
        .and_then(|rest| rest.split("\n}").next());
    let codes = literals(module.expect("the codes of the judge"), "&str = \"");
    assert!(codes.len() >= 12, "{codes:?}");
    all_named("these codes of rulings", codes);
    let frames = literals(&source("crates/wire/src/frame.rs"), "=> \"");
    assert_eq!(frames.len(), 4, "{frames:?}");
    all_named("these codes of frames", frames);
    let intake = literals(&source("crates/central/src/intake.rs"), "LOG_UNKNOWN: &str = \"");
    assert_eq!(intake.len(), 1);
    all_named("this code of a frame", intake);
}

#[test]
fn every_path_and_every_change_is_named() {
    let routes = literals(
        &source("crates/central/src/http/mod.rs").replace("\n            ", ""),
        ".route(\"",
    );
    assert!(routes.len() >= 6, "{routes:?}");
    let spoken = routes.iter().filter(|path| path.starts_with("/v1/"));
    let document = document();
    for path in spoken.map(|path| path.replace("{id}", "<id>").replace("{sha256}", "<sha256>")) {
        assert!(document.contains(&path), "docs/PROTOCOL.md does not name {path}");
    }
    all_named(
        "these changes",
        ["record", "verdict", "unit", "case", "device", "succession", "gone"],
    );
}

#[test]
fn every_reason_a_bundle_is_not_taken_is_named() {
    all_named("these", literals(&source("crates/wire/src/bundle/mod.rs"), "=> \""));
}

#[test]
fn every_limit_is_told_as_it_is() {
    let document = document();
    for (name, value) in [
        ("operations in a frame", limits::FRAME_OPS_MAX),
        ("bytes of a frame's text", limits::FRAME_BYTES_MAX),
        ("bytes of an operation's text", limits::OP_BYTES_MAX),
        ("bytes of one string in an operation", limits::STRING_BYTES_MAX),
        ("operations in a request", limits::BATCH_OPS_MAX),
        ("bytes of a packed body", limits::BODY_PACKED_MAX),
        ("bytes of an unpacked body", limits::BODY_UNPACKED_MAX),
        ("levels of JSON in a frame", limits::JSON_DEPTH_MAX),
        ("changes in a page", limits::PAGE_CHANGES_MAX),
        ("seconds a token lives", limits::TOKEN_SECONDS as usize),
        ("bytes of a chunk", blobs::CHUNK_BYTES_MAX),
        ("bytes of a bundle's sealed part", bundle::SEALED_BYTES_MAX as usize),
        ("bytes inside a bundle", bundle::INNER_BYTES_MAX as usize),
    ] {
        let row = format!("| {name} | {value} |");
        assert!(document.contains(&row), "no row “{row}”");
    }
}
