//! The line of a hamlet: what a round costs on it, in bytes, requests and the model's time; and lines that break.

use std::time::Duration;

use hocvu_testkit::proxy::{Counts, Line, Proxy};
use hocvu_testkit::{Device, Fault, TestCentral, Workload};

use crate::NOW;

/// Bytes of a packed frame of 64 sessions and more: a batch that large is asked about.
const MANY: u32 = 200;

async fn device_behind(proxy: &Proxy, centre: &TestCentral, sessions: u32) -> Device {
    let device = Device::new(NOW, sessions.into());
    device.enrol_at(centre, &centre.hamlet(), proxy.url()).await;
    save(&device, centre, sessions);
    proxy.reset();
    device
}

fn save(device: &Device, centre: &TestCentral, sessions: u32) {
    let mut workload = Workload::new(sessions.into(), &centre.hamlet(), "2025-01-05".parse().expect("a date"));
    for _ in 0..sessions {
        device.save(workload.form()).expect("a good session");
    }
}

/// What a first round with so many sessions makes a line carry. Counted on a perfect line: the bytes and the requests are the
/// same on any, and time is the model's, so that nothing depends on the machine.
async fn carried(sessions: u32) -> (Counts, Vec<Counts>) {
    let centre = TestCentral::start().await;
    let proxy = Proxy::before(centre.address(), Line::default()).expect("a port");
    let device = device_behind(&proxy, &centre, sessions).await;
    device.sync().await.expect("a good line");
    assert_eq!(device.status().waiting, 0);
    (proxy.counts(), proxy.connections())
}

/// The longest of the connections: batches go up on one while changes come down on another.
fn modelled(connections: &[Counts], line: &Line) -> Duration {
    connections
        .iter()
        .map(|counts| counts.modelled(line))
        .max()
        .unwrap_or_default()
}

#[tokio::test]
async fn a_thousand_sessions_cost_half_as_much_again_as_their_bytes() {
    let ((counts, connections), line) = (carried(1_000).await, Line::hamlet(64, 0));
    let (ideal, modelled) = (counts.ideal(&line), modelled(&connections, &line));
    assert!(
        modelled <= ideal.mul_f64(1.5),
        "{modelled:?} for {ideal:?}: {connections:?}"
    );
    assert!(connections.len() <= 2, "{connections:?}");
    assert!(counts.up <= 92_000, "{counts}");
}

#[tokio::test]
async fn thirty_sessions_take_seconds_on_the_worst_lines() {
    let (counts, connections) = carried(30).await;
    for (kbits, limit) in [(64, 5), (16, 15)] {
        let modelled = modelled(&connections, &Line::hamlet(kbits, 0));
        assert!(
            modelled <= Duration::from_secs(limit),
            "{modelled:?} at {kbits} kbit/s: {counts}"
        );
    }
    assert!(
        counts.turns <= 4,
        "nonce, session, batch with its page, comparison: {counts}"
    );
}

#[tokio::test]
async fn i3_a_lost_answer_is_asked_for_instead_of_sending_again() {
    let centre = TestCentral::start().await;
    let proxy = Proxy::before(centre.address(), Line::default()).expect("a port");
    let device = device_behind(&proxy, &centre, MANY).await;
    device.link.plan(Fault::LoseReply);
    device.sync().await.expect_err("a lost answer is no receipt");
    let stored: i64 = centre.ask("SELECT count(*) FROM operation WHERE seq > 1");
    assert!(
        (1..i64::from(MANY)).contains(&stored),
        "the first batch arrived: {stored}"
    );
    let first = proxy.counts().up;
    assert_eq!(device.status().waiting, MANY, "without receipts they wait");

    device.sync().await.expect("a good link");
    assert_eq!(device.status().waiting, 0);
    let again = proxy.counts().up - first;
    let whole = carried(MANY).await.0.up;
    assert!(
        first + again <= whole + 3_000,
        "nothing of the first batch goes up again: {first} and {again} bytes, {whole} without the fault"
    );
    assert_eq!(centre.ask::<i64>("SELECT count(*) FROM record"), i64::from(MANY));
    let receipt = device.receipt();
    assert_eq!(
        (receipt.operations, receipt.waiting),
        (MANY, 0),
        "each with its own receipt"
    );
}

#[tokio::test]
async fn i2_connections_that_last_a_batch_still_bring_everything() {
    let centre = TestCentral::start().await;
    let proxy = Proxy::before(centre.address(), Line::default()).expect("a port");
    let device = device_behind(&proxy, &centre, MANY).await;
    // Enough for a session and one frame with its answer, never for two frames.
    proxy.set(Line {
        cut_after: Some(9_000),
        ..Line::default()
    });
    let mut rounds = 0;
    while device.sync().await.is_err() || device.status().waiting > 0 {
        rounds += 1;
        assert!(
            rounds < 40,
            "every connection gets something through: {}",
            proxy.counts()
        );
    }
    assert!(proxy.counts().cuts > 2, "{}", proxy.counts());
    assert_eq!(centre.ask::<i64>("SELECT count(*) FROM record"), i64::from(MANY));
}

#[tokio::test]
async fn i2_i3_cut_truncated_and_turned_bits_lose_and_double_nothing() {
    for seed in 0..4 {
        let centre = TestCentral::start().await;
        let proxy = Proxy::before(centre.address(), Line::default()).expect("a port");
        let device = device_behind(&proxy, &centre, 60).await;
        proxy.set(Line {
            cut_every: None,
            ..Line::chaos(seed)
        });
        for _ in 0..12 {
            // A turned bit may announce more than comes; whoever waits for it is cut off, as by any other fault.
            drop(tokio::time::timeout(Duration::from_secs(2), device.sync()).await);
        }
        let counts = proxy.counts();
        proxy.set(Line::default());
        device.sync().await.expect("a healed line");
        assert!(counts.faults() > 0, "seed {seed}: {counts}");
        assert_eq!(device.status().waiting, 0, "seed {seed}");
        assert_eq!(
            centre.ask::<i64>("SELECT count(*) FROM record"),
            60,
            "seed {seed}: {counts}"
        );
        let receipt = device.receipt();
        let attended: i64 = centre.ask("SELECT sum(attended) FROM rollup WHERE target_group <> ''");
        assert_eq!(
            receipt.attended,
            attended.unsigned_abs(),
            "seed {seed}: both count the same"
        );
    }
}
