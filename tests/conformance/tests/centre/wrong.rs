//! A proxy that makes a good centre wrong in one thing. It lives as long as the test's process.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};

use hocvu_model::ids::LogId;
use hocvu_wire::batch::{OpsReply, OpsRequest, Outcome, Ruling, Verdict};
use hocvu_wire::changes::ChangesReply;
use hocvu_wire::{PACKED, packing};

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// A digest that does not fit is taken.
    MendsDigests,
    /// Receipts are given for what was never stored.
    AnswersEarly,
    /// One verdict is another.
    CallsMergedAccepted,
    /// Problems are pages for people.
    TellsProblemsAsPages,
    /// Every fifth page of the feed loses its changes.
    LosesAPage,
}

/// A message as it travels: first line, headers in lower case, body.
struct Message {
    first: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// Listens on a free port before the centre at `base`; where.
pub fn between(base: &str, wrong: Wrong) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    let centre = base.trim_start_matches("http://").to_owned();
    std::thread::spawn(move || {
        let pages = AtomicU32::new(0);
        for stream in listener.incoming().flatten() {
            // One exchange per connection, one after the other: the suite asks so, too.
            if let Some(request) = Message::read(&stream)
                && let Some(answer) = exchange(&centre, request, wrong, &pages)
            {
                answer.write(&stream);
            }
        }
    });
    format!("http://{address}")
}

fn exchange(centre: &str, mut request: Message, wrong: Wrong, pages: &AtomicU32) -> Option<Message> {
    let ops = request.first.starts_with("POST /v1/ops");
    if ops && wrong == Wrong::MendsDigests {
        request.set("content-digest", &packing::content_digest(&request.body));
    }
    let early = (ops && wrong == Wrong::AnswersEarly).then(|| request.early()).flatten();
    let changes = request.first.starts_with("GET /v1/changes");
    let stream = TcpStream::connect(centre).ok()?;
    request.set("connection", "close");
    request.write(&stream);
    let mut answer = Message::read(&stream)?;
    match wrong {
        Wrong::AnswersEarly => {
            if let Some(mut reply) = answer.json::<OpsReply>().filter(|_| early.is_some()) {
                reply.r = early.unwrap_or_default();
                answer.say(&reply);
            }
        }
        Wrong::CallsMergedAccepted if ops => {
            if let Some(mut reply) = answer.json::<OpsReply>() {
                for outcome in &mut reply.r {
                    if let Outcome::Stored { ruling, .. } = outcome
                        && ruling.v == Verdict::Merged
                    {
                        ruling.v = Verdict::Accepted;
                    }
                }
                answer.say(&reply);
            }
        }
        Wrong::TellsProblemsAsPages if !answer.first.contains(" 200 ") => {
            answer.set("content-type", "text/html");
        }
        Wrong::LosesAPage if changes => {
            if let Some(mut page) = answer.json::<ChangesReply>()
                && pages.fetch_add(1, Ordering::Relaxed) % 5 == 4
            {
                page.changes.clear();
                answer.say(&page);
            }
        }
        _ => {}
    }
    answer.set("connection", "close");
    Some(answer)
}

impl Message {
    fn read(mut stream: &TcpStream) -> Option<Self> {
        let mut bytes = Vec::new();
        let mut piece = [0; 16 * 1024];
        let end = loop {
            if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                break end;
            }
            match stream.read(&mut piece).ok()? {
                0 => return None,
                read => bytes.extend_from_slice(&piece[..read]),
            }
        };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut lines = head.lines();
        let first = lines.next()?.to_owned();
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
            .collect();
        let length = headers.iter().find(|(name, _)| name == "content-length");
        let length: usize = length.and_then(|(_, length)| length.parse().ok()).unwrap_or(0);
        let mut body = bytes.split_off(end + 4);
        while body.len() < length {
            match stream.read(&mut piece).ok()? {
                0 => return None,
                read => body.extend_from_slice(&piece[..read]),
            }
        }
        Some(Self { first, headers, body })
    }

    fn write(&self, mut stream: &TcpStream) {
        let mut head = format!("{}\r\n", self.first);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        // Whoever went away needs no answer.
        let _ = stream.write_all(&[head.as_bytes(), &self.body].concat());
    }

    fn set(&mut self, name: &str, value: &str) {
        self.headers.retain(|(other, _)| other != name);
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    fn is_packed(&self) -> bool {
        self.headers
            .iter()
            .any(|(name, value)| name == "content-type" && value == PACKED)
    }

    fn json<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        let json = if self.is_packed() {
            packing::unpack(&self.body).ok()?
        } else {
            self.body.clone()
        };
        serde_json::from_slice(&json).ok()
    }

    fn say(&mut self, value: &impl serde::Serialize) {
        let json = serde_json::to_vec(value).expect("plain data");
        self.body = if self.is_packed() { packing::pack(&json) } else { json };
        let (length, digest) = (self.body.len().to_string(), packing::content_digest(&self.body));
        self.set("content-length", &length);
        self.set("content-digest", &digest);
    }

    /// Receipts for all operations of the request, which becomes an empty one.
    fn early(&mut self) -> Option<Vec<Outcome>> {
        let request: OpsRequest = self.json()?;
        let mut told = Vec::new();
        let mut first: Option<LogId> = None;
        for (at, frame) in request.frames.iter().enumerate() {
            let text: serde_json::Value = serde_json::from_str(&frame.p).ok()?;
            let log: LogId = text["log"].as_str()?.parse().ok()?;
            let (from, count) = (text["from"].as_u64()?, text["ops"].as_array()?.len() as u64);
            told.push(Outcome::Stored {
                log: (*first.get_or_insert(log) != log).then_some(log),
                from,
                to: (count > 1).then_some(from + count - 1),
                fseq: 1_000_000 + 100 * at as u64,
                ruling: Ruling {
                    v: Verdict::Accepted,
                    c: None,
                    f: Vec::new(),
                    m: None,
                },
            });
        }
        self.say(&OpsRequest::default());
        Some(told)
    }
}
