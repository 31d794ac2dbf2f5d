//! What must hold of any bytes that come from outside: one plain function per way in.
//!
//! Each function takes bytes and panics when a property breaks; that nothing panics by itself is only the least of them.
//! `cargo xtask fuzz` feeds the functions from libFuzzer; `tests/anything.rs` feeds them, in every ordinary test run, their
//! seeds, the inputs that once broke them, and some thousand mutations of both.
//!
//! **Invariant:** a run depends on its input alone. Whatever a target needs is made anew from the same seed.

mod batch;
mod bundle;
mod code;
mod cursor;
mod frame;
mod import;
pub mod mutate;
mod office;
mod packing;
mod sheets;

/// One way in.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name, also that of its libFuzzer program and of its folder of regressions.
    pub name: &'static str,
    /// Takes one input; panics when a property breaks.
    pub run: fn(&[u8]),
    /// Real inputs to begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// Every way in.
pub const TARGETS: &[Target] = &[
    Target {
        name: "packing",
        run: packing::run,
        seeds: packing::seeds,
    },
    Target {
        name: "frame",
        run: frame::run,
        seeds: frame::seeds,
    },
    Target {
        name: "batch",
        run: batch::run,
        seeds: batch::seeds,
    },
    Target {
        name: "bundle",
        run: bundle::run,
        seeds: bundle::seeds,
    },
    Target {
        name: "cursor",
        run: cursor::run,
        seeds: cursor::seeds,
    },
    Target {
        name: "code",
        run: code::run,
        seeds: code::seeds,
    },
    Target {
        name: "import",
        run: import::run,
        seeds: import::seeds,
    },
    Target {
        name: "sheets",
        run: sheets::run,
        seeds: sheets::seeds,
    },
];

/// The target of this name.
///
/// # Panics
/// There is none: a mistake of the caller.
pub fn target(name: &str) -> &'static Target {
    let found = TARGETS.iter().find(|target| target.name == name);
    found.unwrap_or_else(|| panic!("no target “{name}”"))
}

/// Splits the first byte off: how the rest is to be taken.
fn split(data: &[u8]) -> (u8, &[u8]) {
    data.split_first().map_or((0, &[]), |(first, rest)| (*first, rest))
}
