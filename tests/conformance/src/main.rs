//! `hocvu-conformance --base URL --code CODE`: asks a centre over real HTTP whether it keeps `docs/PROTOCOL.md`.
//!
//! One line per rule with its section; the exit code is 0 when every rule that could be asked is kept. It enrols as a device
//! and writes into the centre: point it at one made for this. With `--admin-command` it also acts as an administrator,
//! for the rules that need a second unit, an officer or a revocation.
#![expect(clippy::print_stdout, reason = "this program talks to a person at a terminal")]

mod ask;
mod device;
mod outcome;
mod rules;
mod stage;

use std::process::ExitCode;

use clap::Parser;

use outcome::Outcome;
use stage::Stage;

/// Whether a centre keeps docs/PROTOCOL.md.
#[derive(Parser)]
#[command(name = "hocvu-conformance")]
struct Arguments {
    /// Address of the centre, e.g. `http://127.0.0.1:8740`.
    #[arg(long)]
    base: String,
    /// A fresh enrolment code for a unit that takes sessions, role team.
    #[arg(long)]
    code: String,
    /// How its administrator's commands are run, without a shell: `env HOCVU_CENTRAL_DB=/x.db hocvu-central`.
    #[arg(long)]
    admin_command: Option<String>,
    /// Only rules whose section or name has this in it.
    #[arg(long)]
    only: Option<String>,
}

fn main() -> ExitCode {
    let Arguments {
        base,
        code,
        admin_command,
        only,
    } = Arguments::parse();
    let mut stage = match Stage::new(&base, &code, admin_command.as_deref()) {
        Ok(stage) => stage,
        Err(why) => {
            println!("cannot begin: {why}");
            return ExitCode::from(2);
        }
    };
    let (mut kept, mut broken, mut skipped) = (0, 0, 0);
    for rule in rules::all() {
        let wanted = only
            .as_ref()
            .is_none_or(|only| rule.section.contains(only) || rule.name.contains(only));
        if !wanted && !rule.first {
            continue;
        }
        let outcome = (rule.run)(&mut stage);
        let (word, why) = match &outcome {
            Ok(Outcome::Kept) => ("kept   ", ""),
            Ok(Outcome::Skipped(why)) => ("skipped", *why),
            Err(why) => ("BROKEN ", why.as_str()),
        };
        let dash = if why.is_empty() { "" } else { " — " };
        println!("{word} {:<4} {}{dash}{why}", rule.section, rule.name);
        let failed = outcome.is_err();
        match outcome {
            Ok(Outcome::Kept) => kept += 1,
            Ok(Outcome::Skipped(_)) => skipped += 1,
            Err(_) => broken += 1,
        }
        if rule.first && failed {
            println!("without a device nothing else can be asked");
            break;
        }
    }
    println!("{kept} kept, {broken} broken, {skipped} skipped");
    if broken == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
