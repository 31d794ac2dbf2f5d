//! I19 against clients that take their time on purpose: each is cut off by a limit, and none keeps others waiting.

mod common;

use std::sync::Arc;
use std::time::Duration;

use common::{DEPLOYMENT, TestWorld};
use hocvu_central::{Centre, Config};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Nothing here needs this long; a test that does is stuck.
const PATIENCE: Duration = Duration::from_secs(60);
const HEAD: &[u8] =
    b"POST /v1/session HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n";

async fn centre(folder: &tempfile::TempDir, change: impl FnOnce(&mut Config)) -> Centre {
    let world = Arc::new(TestWorld::default());
    let mut config = Config::new(folder.path().join("central.db"), DEPLOYMENT, world);
    change(&mut config);
    Centre::start(config).await.expect("it starts")
}

async fn connect(centre: &Centre) -> TcpStream {
    TcpStream::connect(centre.address()).await.expect("it listens")
}

/// Asks a question that costs nothing; the status.
async fn healthy(centre: &Centre) -> String {
    let mut stream = connect(centre).await;
    let question = b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    stream.write_all(question).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("answered");
    answer.lines().next().unwrap_or_default().to_owned()
}

/// Sends a byte whenever nothing was answered for a while; what was answered in the end.
async fn drip(mut stream: TcpStream, byte: &[u8]) -> String {
    let mut answer = [0; 1024];
    loop {
        let waiting = tokio::time::timeout(Duration::from_millis(40), stream.read(&mut answer));
        match waiting.await {
            Ok(read) => return String::from_utf8_lossy(&answer[..read.unwrap_or(0)]).into_owned(),
            Err(_) if stream.write_all(byte).await.is_err() => return String::new(),
            Err(_) => {}
        }
    }
}

#[tokio::test]
async fn i19_a_client_that_drips_is_cut_off_although_it_never_stalls() {
    let folder = tempfile::tempdir().expect("a folder");
    let centre = centre(&folder, |config| {
        config.limits.head_timeout = Duration::from_millis(400);
        config.limits.body_timeout = Duration::from_millis(400);
    })
    .await;
    let mut body = connect(&centre).await;
    body.write_all(HEAD).await.expect("sent");
    let answer = tokio::time::timeout(PATIENCE, drip(body, b" ")).await.expect("cut off");
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    let head = connect(&centre).await;
    let answer = tokio::time::timeout(PATIENCE, drip(head, b"x")).await.expect("cut off");
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    centre.shutdown().await;
}

#[tokio::test]
async fn i19_slow_clients_keep_nobody_waiting() {
    const SLOW: usize = 200;
    let folder = tempfile::tempdir().expect("a folder");
    let centre = centre(&folder, |_| ()).await;
    let mut slow = Vec::new();
    for _ in 0..SLOW {
        let mut stream = connect(&centre).await;
        stream.write_all(HEAD).await.expect("sent");
        stream.write_all(b"{").await.expect("sent");
        slow.push(stream);
    }
    let answer = tokio::time::timeout(PATIENCE, healthy(&centre))
        .await
        .expect("an answer");
    assert_eq!(answer, "HTTP/1.1 200 OK", "beside {SLOW} that send nothing more");
    drop(slow);
    centre.shutdown().await;
}

#[tokio::test]
async fn i19_when_all_places_are_taken_the_slow_lose_theirs() {
    let folder = tempfile::tempdir().expect("a folder");
    let centre = centre(&folder, |config| {
        config.limits.connections = 4;
        config.limits.head_timeout = Duration::from_millis(300);
    })
    .await;
    let mut slow = Vec::new();
    for _ in 0..8 {
        let mut stream = connect(&centre).await;
        stream.write_all(b"GET /hea").await.expect("sent");
        slow.push(stream);
    }
    let answer = tokio::time::timeout(PATIENCE, healthy(&centre))
        .await
        .expect("an answer");
    assert_eq!(answer, "HTTP/1.1 200 OK", "once their time is over");
    drop(slow);
    centre.shutdown().await;
}
