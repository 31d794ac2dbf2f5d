//! The centre on a socket, spoken to by hand: what travels, what is refused, what a request may cost.

mod common;

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use common::socket::{Client, Fixture};
use common::{Device, session};
use hocvu_wire::batch::{OpsReply, OpsRequest};
use hocvu_wire::changes::ChangesReply;
use hocvu_wire::enrol::{EnrolReply, EnrolRequest};
use hocvu_wire::problem::ProblemCode;
use hocvu_wire::session::SessionRequest;
use hocvu_wire::{PACKED, limits, packing};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story from beginning to end")]
async fn a_device_enrols_opens_a_session_sends_and_sees() {
    let fixture = Fixture::start(|_| ()).await;
    let mut client = Client::to(&fixture.centre).await;
    let code = fixture.code().await;
    let preview = EnrolRequest {
        code: code.to_lowercase().replace('-', " "),
        keys: None,
    };
    let reply: EnrolReply = client.json("/v1/enrol", &preview).await.json();
    assert_eq!(
        (
            reply.unit_name.as_str(),
            reply.parent_name.as_deref(),
            reply.role.as_str(),
            reply.user_name.as_deref()
        ),
        ("Ấp u:1", Some("Phường Trà Vinh"), "team", Some("Lan"))
    );
    assert_eq!(reply.device, None, "looking makes nothing");
    let mut device = Device::blank(1);
    let request = device.enrolment(&code);
    let made: EnrolReply = client.json("/v1/enrol", &request).await.json();
    let again: EnrolReply = client.json("/v1/enrol", &request).await.json();
    assert_eq!(made, again, "a lost reply makes no second device");
    device.id = made.device.expect("a device");
    assert_eq!(
        client
            .json("/v1/enrol", &Device::blank(2).enrolment(&code))
            .await
            .code(),
        ProblemCode::CodeUsed
    );

    let open = client.open_session(&device).await;
    assert!(open.token.len() <= 60 && open.have.is_empty());
    device.open();
    for n in 0..120 {
        device.create(n, "u:1", session(10));
    }
    let request = OpsRequest {
        frames: device.frames(64),
    };
    let answer = client.ops(&open.token, &request).await;
    let reply: OpsReply = answer.json();
    assert_eq!(
        (reply.r.len(), reply.have.as_slice()),
        (1, [(1, 121)].as_slice()),
        "one range for equal verdicts"
    );
    assert!(
        answer.head.lines().count() <= 6,
        "every header costs time on a poor line: {}",
        answer.head
    );
    let page: ChangesReply = client.changes(&open.token, "").await.json();
    assert_eq!(
        (page.changes.len(), page.more),
        (121, false),
        "120 sessions and the unit"
    );
    let cursor = format!("?cursor={}", page.cursor);
    assert!(
        client
            .changes(&open.token, &cursor)
            .await
            .json::<ChangesReply>()
            .changes
            .is_empty()
    );
    assert_eq!(
        client.changes(&open.token, "?cursor=e.x.1").await.code(),
        ProblemCode::CursorGone
    );
    assert_eq!(client.open_session(&device).await.have, [(1, 121)]);
    fixture.centre.shutdown().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_request_has_a_code() {
    let fixture = Fixture::start(|_| ()).await;
    let device = fixture.device(1).await;
    let mut client = Client::to(&fixture.centre).await;
    let token = client.open_session(&device).await.token;
    let empty = packing::pack(br#"{"frames":[]}"#);
    let digest = packing::content_digest(&empty);
    assert_eq!(client.packed_ops(&token, &empty, &digest).await.status, 200);
    assert_eq!(
        client.packed_ops(&token, &empty, "sha-256=:x:").await.code(),
        ProblemCode::DigestMismatch
    );
    assert_eq!(
        client.packed_ops("x", &empty, &digest).await.code(),
        ProblemCode::SessionExpired
    );
    for (body, code) in [
        (&b"no zstd"[..], ProblemCode::Malformed),
        (&packing::pack(b"{"), ProblemCode::Malformed),
        (&packing::pack(br#"{"frames":[],"frames":[]}"#), ProblemCode::Malformed),
        (&packing::pack("[".repeat(100_000).as_bytes()), ProblemCode::Malformed),
    ] {
        assert_eq!(
            client
                .packed_ops(&token, body, &packing::content_digest(body))
                .await
                .code(),
            code
        );
    }
    let plain = client
        .send("POST", "/v1/ops", &[("content-type", "text/plain")], b"x")
        .await;
    assert_eq!(plain.code(), ProblemCode::SessionExpired);
    let bearer = format!("Bearer {token}");
    let plain = client
        .send(
            "POST",
            "/v1/ops",
            &[("content-type", "text/plain"), ("authorization", &bearer)],
            b"x",
        )
        .await;
    assert_eq!(plain.code(), ProblemCode::UnsupportedMedia);
    assert_eq!(
        client.send("GET", "/nowhere", &[], b"").await.code(),
        ProblemCode::NotFound
    );
    assert_eq!(
        client.changes(&token, "?limit=many").await.code(),
        ProblemCode::Malformed
    );
    fixture.world.now.fetch_add(3_601, Ordering::Relaxed);
    assert_eq!(
        client.changes(&token, "").await.code(),
        ProblemCode::SessionExpired,
        "an hour has passed"
    );
    let stranger = Device::blank(9);
    let request = SessionRequest {
        device: stranger.id,
        ..SessionRequest::default()
    };
    assert_eq!(
        client.json("/v1/session", &request).await.code(),
        ProblemCode::DeviceUnknown
    );
    fixture.centre.shutdown().await;
}

#[tokio::test]
async fn codes_cannot_be_guessed() {
    let fixture = Fixture::start(|_| ()).await;
    let code = fixture.code().await;
    let mut client = Client::to(&fixture.centre).await;
    let wrong = EnrolRequest {
        code: "00000-00000".into(),
        keys: None,
    };
    for _ in 0..5 {
        assert_eq!(client.json("/v1/enrol", &wrong).await.code(), ProblemCode::CodeUnknown);
    }
    let right = EnrolRequest { code, keys: None };
    let answer = client.json("/v1/enrol", &right).await;
    assert_eq!((answer.status, answer.code()), (429, ProblemCode::TooMany));
    assert!(answer.head.contains("retry-after: 900"), "{}", answer.head);
    fixture.world.now.fetch_add(900, Ordering::Relaxed);
    assert_eq!(client.json("/v1/enrol", &right).await.status, 200);
    fixture.world.now.fetch_add(8 * 86_400, Ordering::Relaxed);
    assert_eq!(client.json("/v1/enrol", &right).await.code(), ProblemCode::CodeExpired);
    let mut forged = Device::blank(1).enrolment(&fixture.code().await);
    forged.keys.as_mut().expect("keys").user = "Bảy".into();
    assert_eq!(client.json("/v1/enrol", &forged).await.code(), ProblemCode::BadProof);
    fixture.centre.shutdown().await;
}

#[tokio::test]
async fn i19_bounded_work() {
    let fixture = Fixture::start(|config| {
        config.limits.requests_per_minute = 5;
        config.limits.head_timeout = Duration::from_millis(200);
        config.limits.body_stall = Duration::from_millis(200);
    })
    .await;
    let mut device = fixture.device(1).await;
    let token = Client::to(&fixture.centre).await.open_session(&device).await.token;

    let started = Instant::now();
    let mut bomb = zstd::stream::Encoder::new(Vec::new(), 3).expect("an encoder");
    bomb.window_log(20).expect("a legal window");
    std::io::copy(&mut std::io::Read::take(std::io::repeat(b' '), 1 << 28), &mut bomb).expect("memory");
    let bomb = bomb.finish().expect("memory");
    assert!(bomb.len() < limits::BODY_PACKED_MAX);
    let sent = Instant::now();
    let answer = Client::to(&fixture.centre)
        .await
        .packed_ops(&token, &bomb, &packing::content_digest(&bomb))
        .await;
    assert_eq!(
        (answer.status, answer.code()),
        (413, ProblemCode::TooLarge),
        "256 MiB were never unpacked"
    );
    assert!(
        sent.elapsed() < Duration::from_secs(2),
        "{:?} of {:?}",
        sent.elapsed(),
        started.elapsed()
    );

    let large = vec![0; limits::BODY_PACKED_MAX + 1];
    let answer = Client::to(&fixture.centre)
        .await
        .packed_ops(&token, &large, &packing::content_digest(&large))
        .await;
    assert_eq!(answer.code(), ProblemCode::TooLarge);

    for n in 0..=limits::BATCH_OPS_MAX as u128 {
        device.create(n, "u:1", serde_json::json!({}));
    }
    let request = OpsRequest {
        frames: device.frames(64),
    };
    let answer = Client::to(&fixture.centre).await.ops(&token, &request).await;
    assert_eq!(answer.code(), ProblemCode::TooLarge, "one operation too many");

    let mut slow = Client::to(&fixture.centre).await;
    slow.0.write_all(b"POST /v1/session HT").await.expect("sent");
    let mut rest = Vec::new();
    slow.0.read_to_end(&mut rest).await.expect("closed by the centre");
    let mut slow = Client::to(&fixture.centre).await;
    slow.0
        .write_all(
            b"POST /v1/session HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{",
        )
        .await
        .expect("sent");
    assert_eq!(slow.answer().await.status, 400, "a body that stalls is given up");

    let mut client = Client::to(&fixture.centre).await;
    for _ in 0..2 {
        client.changes(&token, "").await;
    }
    let answer = client.changes(&token, "").await;
    assert_eq!((answer.status, answer.code()), (429, ProblemCode::TooMany));
    assert!(answer.head.contains("retry-after: 60"), "{}", answer.head);
    fixture.centre.shutdown().await;
}

#[tokio::test]
async fn a_disk_that_fails_is_no_acknowledgement() {
    let fixture = Fixture::start(|_| ()).await;
    let mut device = fixture.device(1).await;
    device.create(1, "u:1", session(3));
    let mut client = Client::to(&fixture.centre).await;
    let token = client.open_session(&device).await.token;
    let request = OpsRequest {
        frames: device.frames(64),
    };
    fixture.world.disk_fails.store(true, Ordering::Relaxed);
    let answer = client.ops(&token, &request).await;
    assert_eq!((answer.status, answer.code()), (503, ProblemCode::Unavailable));
    assert!(answer.head.contains("retry-after"));
    fixture.world.disk_fails.store(false, Ordering::Relaxed);
    assert_eq!(client.ops(&token, &request).await.json::<OpsReply>().have, [(1, 1)]);
    fixture.centre.shutdown().await;
}

#[tokio::test]
async fn stopping_cuts_nobody_off() {
    let fixture = Fixture::start(|_| ()).await;
    let mut device = fixture.device(1).await;
    device.create(1, "u:1", session(3));
    let mut client = Client::to(&fixture.centre).await;
    let token = client.open_session(&device).await.token;
    let mut half = Client::to(&fixture.centre).await;
    let body = packing::pack(
        &serde_json::to_vec(&OpsRequest {
            frames: device.frames(64),
        })
        .expect("json"),
    );
    let head = format!(
        "POST /v1/ops HTTP/1.1\r\nhost: x\r\ncontent-type: {PACKED}\r\nauthorization: Bearer {token}\r\ncontent-digest: {}\r\ncontent-length: {}\r\n\r\n",
        packing::content_digest(&body),
        body.len()
    );
    half.0.write_all(head.as_bytes()).await.expect("sent");
    half.0.write_all(&body[..10]).await.expect("sent");
    client.changes(&token, "").await; // By now the other request is under way.
    let stopping = tokio::spawn(fixture.centre.shutdown());
    half.0.write_all(&body[10..]).await.expect("sent");
    let answer = half.answer().await;
    assert_eq!(
        answer.json::<OpsReply>().have,
        [(1, 1)],
        "what was under way is stored and answered"
    );
    stopping.await.expect("stopped");
}
