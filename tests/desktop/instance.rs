use std::io::{BufRead, BufReader};

use hocvu_tests::{Desktop, Outcome, Running, binary, bound, screen::PATIENCE, until};

use crate::pc::NOWHERE;

/// Two windows on one ledger would only confuse: whoever starts it again sees the window that is open.
#[tokio::test]
async fn a_second_start_shows_the_first_window_and_ends() -> Outcome {
    let pc = Desktop::new(NOWHERE)?;
    let mut command = bound("dbus-daemon");
    command.args(["--session", "--nofork", "--print-address"]);
    let mut bus = Running::start_read("bus", &mut command, pc.home())?;
    let mut address = String::new();
    BufReader::new(bus.output().ok_or("the bus says nothing")?).read_line(&mut address)?;

    let start = |name: &str| {
        let mut command = bound(binary("hocvu")?);
        command
            .env("DISPLAY", pc.display())
            .env("HOME", pc.home())
            .env("HOCVU_DATA", pc.data())
            .env("DBUS_SESSION_BUS_ADDRESS", address.trim());
        Running::start(name, &mut command, pc.home())
    };
    let mut first = start("first")?;
    until("the first one has opened its file", PATIENCE, async || {
        first.must_run()?;
        Ok(pc.data().join("so.db").exists().then_some(()))
    })
    .await?;
    let mut second = start("second")?;
    until("the second one ends", PATIENCE, async || {
        Ok(second.must_run().is_err().then_some(()))
    })
    .await?;
    first.must_run()
}
