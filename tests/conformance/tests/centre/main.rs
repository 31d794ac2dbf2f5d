//! The suite against the real centre, and against one made wrong on purpose: a suite that cannot fail proves nothing.

mod wrong;

use std::process::{Command, Output};

use hocvu_tests::centre::HAMLET;
use hocvu_tests::{Centre, Folder, binary};
use wrong::{Wrong, between};

/// A centre that is up, with one hamlet.
async fn centre(folder: &Folder) -> Centre {
    let mut centre = Centre::new(folder.inside("centre").expect("a folder")).expect("a port");
    centre.up().await.expect("it starts");
    centre.add_hamlet(HAMLET.0, HAMLET.1).expect("a hamlet");
    centre
}

/// Runs the suite for a device of the hamlet.
fn ask(centre: &Centre, base: &str) -> Output {
    let code = centre.enrol_code(HAMLET.0, "Lan").expect("a code");
    let program = binary("hocvu-central").expect("built");
    let admin = format!("env HOCVU_CENTRAL_DB={} {}", centre.file().display(), program.display());
    Command::new(env!("CARGO_BIN_EXE_hocvu-conformance"))
        .args(["--base", base, "--code", &code, "--admin-command", &admin])
        .output()
        .expect("it runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[tokio::test]
async fn the_centre_keeps_every_rule() {
    let folder = Folder::new().expect("a folder");
    let centre = centre(&folder).await;
    let output = ask(&centre, &centre.url());
    let said = said(&output);
    assert!(output.status.success(), "\n{said}");
    assert!(!said.contains("skipped §"), "nothing is left out:\n{said}");
    let kept = said.lines().filter(|line| line.starts_with("kept")).count();
    assert!(kept >= 50, "{kept} rules:\n{said}");
}

/// Each fault breaks the rules that speak of it, by name.
#[tokio::test]
async fn a_centre_that_is_wrong_in_one_thing_does_not_pass() {
    let folder = Folder::new().expect("a folder");
    let centre = centre(&folder).await;
    for (fault, rule) in [
        (Wrong::MendsDigests, "a missing or wrong digest is noticed"),
        (Wrong::AnswersEarly, "what has a receipt is there for the next question"),
        (
            Wrong::CallsMergedAccepted,
            "concurrent changes of other groups are merged",
        ),
        (
            Wrong::TellsProblemsAsPages,
            "what is not there is a problem with a code",
        ),
        (Wrong::LosesAPage, "pages of every size tell the same"),
    ] {
        let base = between(&centre.url(), fault);
        let output = ask(&centre, &base);
        let said = said(&output);
        assert!(!output.status.success(), "{fault:?} passes:\n{said}");
        let noticed = said
            .lines()
            .any(|line| line.starts_with("BROKEN") && line.contains(rule));
        assert!(noticed, "{fault:?} must break “{rule}”:\n{said}");
    }
}
