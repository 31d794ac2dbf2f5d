//! `hocvu-bench`: figures as ratios against raw SQLite doing the same rows in the same run, and bytes on the wire.
//!
//! Machines differ and share their disks; a ratio taken in one run says more than a time. Nothing here judges: the tests
//! hold what must hold.
#![expect(clippy::print_stdout, reason = "printing figures is all it does")]

mod centre;
mod device;
mod link;
mod progress;
mod raw;
mod wire;

use clap::Parser;
use serde::Serialize;

/// As in the programs people run.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures and prints a line per figure.
#[derive(Parser)]
struct Arguments {
    /// Only figures whose name begins so: save, search, progress, import, ingest, wire, link.
    #[arg(long, default_value = "")]
    only: String,
    /// One JSON object per line.
    #[arg(long)]
    json: bool,
}

/// One figure.
#[derive(Debug, Serialize)]
pub struct Figure {
    /// What was measured.
    pub name: String,
    /// How much.
    pub value: f64,
    /// Of what.
    pub unit: &'static str,
    /// The same by raw SQLite in this run; for bytes the limit of the protocol; on a line what its bytes need, or the limit.
    pub baseline: f64,
    /// `value / baseline`: for times and bytes less is better, for rates more is.
    pub ratio: f64,
}

impl Figure {
    fn new(name: impl Into<String>, value: f64, unit: &'static str, baseline: f64) -> Self {
        Self {
            name: name.into(),
            value,
            unit,
            baseline,
            ratio: value / baseline,
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Arguments { only, json } = Arguments::parse();
    if cfg!(debug_assertions) {
        eprint_debug();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let print = |figures: Vec<Figure>| figures.iter().for_each(|figure| show(figure, json));
    let wanted = |name: &str| name.starts_with(&only) || only.starts_with(name);
    if wanted("save") {
        print(device::save());
    }
    if wanted("search") {
        print(device::search());
    }
    if wanted("progress") {
        print(progress::province());
    }
    if wanted("outbox") {
        print(device::outbox());
    }
    if wanted("import") {
        print(device::import());
    }
    if wanted("ingest") {
        for devices in [1, 8] {
            print(vec![runtime.block_on(centre::ingest(devices))]);
        }
    }
    if wanted("wire") {
        print(runtime.block_on(wire::bytes()));
    }
    for measure in link::MEASURES.iter().filter(|measure| wanted(measure.name)) {
        print(vec![runtime.block_on(link::measure(measure))]);
    }
    Ok(())
}

fn show(figure: &Figure, json: bool) {
    if json {
        println!("{}", serde_json::to_string(figure).expect("plain data is always JSON"));
        return;
    }
    let Figure {
        name,
        value,
        unit,
        baseline,
        ratio,
    } = figure;
    println!("{name:<28} {value:>12.2} {unit:<16} baseline {baseline:>12.2}   ratio {ratio:>6.2}");
}

#[expect(clippy::print_stderr, reason = "a debug build would be quoted by mistake")]
fn eprint_debug() {
    eprintln!("note: this is a debug build; figures to be quoted come from `cargo xtask bench`");
}

/// The value at `part` (0…1) of sorted samples.
pub fn quantile(samples: &mut [f64], part: f64) -> f64 {
    samples.sort_by(f64::total_cmp);
    let at = (samples.len() as f64 * part) as usize;
    samples[at.min(samples.len() - 1)]
}
