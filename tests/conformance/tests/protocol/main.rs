//! `docs/PROTOCOL.md` against the code: every name it must have, every number, every test vector.

mod names;
mod vectors;

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The document.
fn document() -> String {
    std::fs::read_to_string(root().join("docs/PROTOCOL.md")).expect("docs/PROTOCOL.md")
}
