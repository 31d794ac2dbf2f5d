//! The centre on a socket, spoken to by hand.

use std::path::PathBuf;
use std::sync::Arc;

use ed25519_dalek::Signer;
use hocvu_central::{Centre, Config, NewCode};
use hocvu_wire::batch::OpsRequest;
use hocvu_wire::enrol::EnrolReply;
use hocvu_wire::problem::{Problem, ProblemCode};
use hocvu_wire::session::{SessionOpen, SessionReply, SessionRequest, challenge};
use hocvu_wire::{PACKED, b64, packing};
use serde::de::DeserializeOwned;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{DEPLOYMENT, Device, TestWorld};

/// An answer as it came.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json<T: DeserializeOwned>(&self) -> T {
        let unpacked;
        let json = if self.head.contains(PACKED) {
            unpacked = packing::unpack(&self.body).expect("packed");
            &unpacked
        } else {
            &self.body
        };
        serde_json::from_slice(json).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(json)))
    }

    pub fn code(&self) -> ProblemCode {
        self.json::<Problem>().code
    }
}

/// One connection, kept alive.
pub struct Client(pub TcpStream);

impl Client {
    pub async fn to(centre: &Centre) -> Self {
        Self(TcpStream::connect(centre.address()).await.expect("it listens"))
    }

    pub async fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n",
            body.len()
        );
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        self.0.write_all(head.as_bytes()).await.expect("sent");
        // A centre that refuses need not read to the end.
        drop(self.0.write_all(body).await);
        self.answered(method == "HEAD").await
    }

    pub async fn answer(&mut self) -> Answer {
        self.answered(false).await
    }

    async fn answered(&mut self, head_only: bool) -> Answer {
        let mut bytes = Vec::new();
        let end = loop {
            if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            let mut piece = [0; 4096];
            let read = self.0.read(&mut piece).await.expect("an answer");
            assert!(read > 0, "cut off: {}", String::from_utf8_lossy(&bytes));
            bytes.extend_from_slice(&piece[..read]);
        };
        let head = String::from_utf8(bytes[..end].to_vec()).expect("ascii").to_lowercase();
        let status = head[9..12].parse().expect("a status");
        let told = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length = match told {
            _ if head_only || status == 204 => 0,
            told => told.expect("a length").parse().expect("a number"),
        };
        let mut body = bytes[end..].to_vec();
        while body.len() < length {
            let mut piece = vec![0; length - body.len()];
            let read = self.0.read(&mut piece).await.expect("the body");
            assert!(read > 0, "the body is cut off");
            body.extend_from_slice(&piece[..read]);
        }
        Answer { status, head, body }
    }

    pub async fn json(&mut self, path: &str, body: &impl serde::Serialize) -> Answer {
        let body = serde_json::to_vec(body).expect("json");
        self.send("POST", path, &[("content-type", "application/json")], &body)
            .await
    }

    pub async fn open_session(&mut self, device: &Device) -> SessionOpen {
        let mut request = SessionRequest {
            device: device.id.clone(),
            ..SessionRequest::default()
        };
        let SessionReply::Nonce { nonce } = self.json("/v1/session", &request).await.json() else {
            panic!("a nonce first");
        };
        let signature = device.key.sign(&challenge(DEPLOYMENT, &device.id, &nonce));
        request.nonce = Some(nonce);
        request.sig = Some(b64::encode(signature.to_bytes()));
        request.log = Some(device.log.to_string());
        match self.json("/v1/session", &request).await.json() {
            SessionReply::Open(open) => open,
            SessionReply::Nonce { .. } => panic!("proven, so open"),
        }
    }

    pub async fn ops(&mut self, token: &str, request: &OpsRequest) -> Answer {
        let packed = packing::pack(&serde_json::to_vec(request).expect("json"));
        self.packed_ops(token, &packed, &packing::content_digest(&packed)).await
    }

    pub async fn packed_ops(&mut self, token: &str, packed: &[u8], digest: &str) -> Answer {
        let bearer = format!("Bearer {token}");
        let headers = [
            ("content-type", PACKED),
            ("authorization", &*bearer),
            ("content-digest", digest),
        ];
        self.send("POST", "/v1/ops", &headers, packed).await
    }

    pub async fn changes(&mut self, token: &str, query: &str) -> Answer {
        let bearer = format!("Bearer {token}");
        let headers = [("accept", PACKED), ("authorization", &*bearer)];
        self.send("GET", &format!("/v1/changes{query}"), &headers, b"").await
    }
}

/// A centre on a socket with the hamlet `u:1`.
pub struct Fixture {
    pub centre: Centre,
    pub world: Arc<TestWorld>,
    pub folder: tempfile::TempDir,
    config: Config,
}

impl Fixture {
    pub async fn start(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let world = Arc::new(TestWorld::default());
        let mut config = Config::new(folder.path().join("c.db"), DEPLOYMENT, world.clone());
        change(&mut config);
        let centre = Centre::start(config.clone()).await.expect("it starts");
        let unit = super::hamlet("u:1", "new:29242");
        centre
            .writer()
            .run(0, move |desk| desk.add_unit("test", unit))
            .await
            .expect("a unit");
        Self {
            centre,
            world,
            folder,
            config,
        }
    }

    /// Another run of the program on the same files.
    pub async fn restart(&mut self) {
        let next = Centre::start(self.config.clone()).await.expect("it starts again");
        std::mem::replace(&mut self.centre, next).shutdown().await;
    }

    pub fn database(&self) -> PathBuf {
        self.config.db.clone()
    }

    pub async fn code(&self) -> String {
        let new = NewCode {
            unit: "u:1".into(),
            role: None,
            user_name: Some("Lan".into()),
            days: 7,
        };
        self.centre
            .writer()
            .run(0, |desk| desk.make_code("test", new))
            .await
            .expect("a code")
    }

    pub async fn device(&self, n: u8) -> Device {
        self.enrol(n, &self.code().await).await
    }

    pub async fn enrol(&self, n: u8, code: &str) -> Device {
        let mut device = Device::blank(n);
        let request = device.enrolment(code);
        let reply: EnrolReply = Client::to(&self.centre).await.json("/v1/enrol", &request).await.json();
        device.id = reply.device.expect("a device");
        device
    }
}
