//! `hocvu-central`: the binary. Only this file hands the real machine to the library.

use std::process::ExitCode;
use std::sync::Arc;

use hocvu_central::cli;
use hocvu_central::world::System;

fn main() -> ExitCode {
    cli::run(std::env::args_os(), Arc::new(System))
}
