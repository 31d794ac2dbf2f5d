//! Writes the seeds of every target, and what once broke it, to `<folder>/<target>/`: `cargo xtask fuzz` begins with them.
#![expect(clippy::print_stdout, reason = "this program talks to a person at a terminal")]

use std::path::Path;

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "corpus".into());
    for target in hocvu_fuzz::TARGETS {
        let place = Path::new(&folder).join(target.name);
        std::fs::create_dir_all(&place)?;
        let seeds = (target.seeds)();
        for (n, seed) in seeds.iter().enumerate() {
            std::fs::write(place.join(format!("seed-{n}")), seed)?;
        }
        let broke = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("regressions")
            .join(target.name);
        for entry in std::fs::read_dir(broke).into_iter().flatten() {
            let entry = entry?;
            std::fs::copy(entry.path(), place.join(entry.file_name()))?;
        }
        println!("{}: {} seeds", target.name, seeds.len());
    }
    Ok(())
}
