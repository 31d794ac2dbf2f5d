//! A short run of `cargo xtask crash`: real programs, killed at random moments.

use hocvu_tests::Outcome;
use hocvu_tests::crash::{Options, run};

#[tokio::test]
async fn i1_i2_i3_i4_nothing_said_is_lost_or_doubled_by_ten_kills() -> Outcome {
    let options = Options {
        kills: 10,
        seed: 67,
        cli: None,
    };
    let report = run(&options, |_| {}).await?;
    assert!(report.wrong.is_empty(), "{:#?}", report.wrong);
    let (tried, said) = report.saves;
    assert!(said > 0 && tried >= said, "{said} of {tried} saves were said");
    Ok(())
}
