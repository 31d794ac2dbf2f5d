//! Prints the contract between screens and use cases; `cargo xtask codegen` keeps it in `ui/src/lib/generated`.
#![expect(clippy::print_stdout, reason = "printing is all it does")]

fn main() {
    print!("{}", hocvu_app::command::contract());
}
