//! The link between devices and the centre: everything that can happen to a request or an answer happens.
//!
//! One exchange is one step of a run: the future a device awaits gives way once, so that other devices may act in between,
//! and then carries its request whole.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use hocvu_central::Answer;
use hocvu_sync::{BlobRequest, BlobResponse, BlobStep, LinkError, Request, Response, Transport};
use hocvu_wire::{PACKED, packing};

use crate::centre::Centre;
use crate::observer::{Exchange, Observer};
use crate::{Dice, lane};

/// What may happen to one exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The centre never sees it.
    LoseRequest,
    /// The centre acts, the device never hears.
    LoseAnswer,
    /// It arrives twice.
    Duplicate,
    /// It arrives long after, when nobody waits for the answer.
    Delay,
    /// The request is cut in the middle.
    CutRequest,
    /// The answer is cut in the middle.
    CutAnswer,
    /// A bit of the request is flipped.
    FlipRequest,
    /// A bit of the answer is flipped.
    FlipAnswer,
    /// Something that is not the centre answers 200, as hotspots do.
    Portal,
    /// A proxy on the way answers what it kept from the last time.
    Stale,
}

const FAULTS: [Fault; 10] = [
    Fault::LoseRequest,
    Fault::LoseAnswer,
    Fault::Duplicate,
    Fault::Delay,
    Fault::CutRequest,
    Fault::CutAnswer,
    Fault::FlipRequest,
    Fault::FlipAnswer,
    Fault::Portal,
    Fault::Stale,
];
/// Delayed requests kept; later ones replace the oldest.
const DELAYED_MAX: usize = 12;

/// The network all links of a run share.
pub struct Network {
    centre: Arc<Centre>,
    state: Mutex<State>,
    /// Hears of every exchange.
    pub observer: Observer,
}

struct State {
    dice: Dice,
    /// One exchange in so many goes wrong; 0 is a good link.
    faults_one_in: u64,
    delayed: Vec<(String, Request)>,
    counts: BTreeMap<Fault, u64>,
    /// The last answer to each question that was no upload, by device and path.
    kept: BTreeMap<(String, String), Response>,
}

/// One device's link.
pub struct SimLink {
    network: Arc<Network>,
    device: String,
}

impl Network {
    /// A good network before `centre`.
    pub fn new(centre: Arc<Centre>, dice: Dice) -> Self {
        Self {
            centre,
            state: Mutex::new(State {
                dice,
                faults_one_in: 0,
                delayed: Vec::new(),
                counts: BTreeMap::new(),
                kept: BTreeMap::new(),
            }),
            observer: Observer::default(),
        }
    }

    /// A device's link; `device` is its name in a trace.
    pub fn link(self: &Arc<Self>, device: &str) -> Arc<dyn Transport> {
        Arc::new(SimLink {
            network: Arc::clone(self),
            device: device.to_owned(),
        })
    }

    /// Lets one exchange in so many go wrong; 0 is a good link.
    pub fn set_faults(&self, one_in: u64) {
        self.state().faults_one_in = one_in;
    }

    /// Asks as somebody who is no device. Nothing goes wrong on the way.
    pub fn ask_raw(&self, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Option<Answer> {
        let answer = self.centre.ask("POST", path, headers, body.clone())?;
        self.observer.see(&Exchange {
            device: "stranger",
            path,
            sent: Some(&body),
            answer: &answer,
            calls: 0,
        });
        Some(answer)
    }

    /// What happened how often.
    pub fn counts(&self) -> BTreeMap<Fault, u64> {
        self.state().counts.clone()
    }

    /// Delivers up to `count` requests that were on their way for long.
    pub fn deliver_delayed(&self, count: u64) {
        for _ in 0..count {
            let late = {
                let mut state = self.state();
                let kept = state.delayed.len() as u64;
                if kept == 0 {
                    return;
                }
                let which = state.dice.below(kept) as usize;
                state.delayed.swap_remove(which)
            };
            drop(self.deliver(&late.0, &late.1, late.1.body.clone()));
        }
    }

    /// Now and then, one of them.
    fn deliver_some_delayed(&self) {
        let now = self.state().dice.one_in(6);
        if now {
            self.deliver_delayed(1);
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn carry(&self, device: &str, request: &Request) -> Result<Response, LinkError> {
        let (fault, mut dice) = {
            let mut state = self.state();
            let one_in = state.faults_one_in;
            let fault = (one_in > 0 && state.dice.one_in(one_in)).then(|| *state.dice.pick(&FAULTS));
            let fault = fault.map(|fault| lane::of_path(fault, &request.path));
            if let Some(fault) = fault {
                *state.counts.entry(fault).or_default() += 1;
            }
            let purpose = state.dice.throw();
            (fault, state.dice.fork(purpose))
        };
        let lost = |what: &str| Err(LinkError(what.to_owned()));
        match fault {
            None => self.deliver(device, request, request.body.clone()),
            Some(Fault::LoseRequest) => lost("the request was lost"),
            Some(Fault::LoseAnswer) => {
                self.deliver(device, request, request.body.clone())?;
                lost("the answer was lost")
            }
            Some(Fault::Duplicate) => {
                self.deliver(device, request, request.body.clone())?;
                self.deliver(device, request, request.body.clone())
            }
            Some(Fault::Delay) => {
                let mut state = self.state();
                if state.delayed.len() >= DELAYED_MAX {
                    state.delayed.remove(0);
                }
                state.delayed.push((device.to_owned(), request.clone()));
                lost("the request is late")
            }
            Some(Fault::CutRequest) => {
                self.deliver(device, request, damaged(request, |body| cut(body, &mut dice)))?;
                lost("the link broke while sending")
            }
            Some(Fault::FlipRequest) => self.deliver(device, request, damaged(request, |body| flip(body, &mut dice))),
            Some(Fault::CutAnswer) => {
                let mut answer = self.deliver(device, request, request.body.clone())?;
                cut(&mut answer.body, &mut dice);
                Ok(answer)
            }
            Some(Fault::FlipAnswer) => {
                let mut answer = self.deliver(device, request, request.body.clone())?;
                flip(&mut answer.body, &mut dice);
                Ok(answer)
            }
            Some(Fault::Stale) => match self.state().kept.get(&(device.to_owned(), request.path.clone())) {
                Some(kept) if request.body.is_none() => Ok(kept.clone()),
                _ => lost("the proxy is lost"),
            },
            Some(Fault::Portal) => Ok(Response {
                status: 200,
                media_type: "text/html".into(),
                retry_after: None,
                digest: None,
                body: b"<html>Please log in</html>".to_vec(),
            }),
        }
    }

    /// One step of a bundle's way by chunks.
    fn carry_part(&self, request: &BlobRequest) -> Result<BlobResponse, LinkError> {
        let fault = {
            let mut state = self.state();
            let one_in = state.faults_one_in;
            let fault = (one_in > 0 && state.dice.one_in(one_in)).then(|| *state.dice.pick(&FAULTS));
            // Chunks are few: on any link some come twice, or this would hardly be seen.
            let again = matches!(request.step, BlobStep::Add { .. }) && state.dice.one_in(6);
            let fault = fault.or(again.then_some(Fault::Duplicate));
            if let Some(fault) = fault {
                *state.counts.entry(fault).or_default() += 1;
            }
            fault
        };
        lane::carry((&self.centre, &self.observer), request, fault)
    }

    /// Brings a request to the centre, as the real transport would, and its answer back. `arriving` is the body as it
    /// arrives; the digest is of the body as it was sent.
    fn deliver(&self, device: &str, request: &Request, arriving: Option<Vec<u8>>) -> Result<Response, LinkError> {
        let bearer = request.token.as_ref().map(|token| format!("Bearer {token}"));
        let sent = request.body.as_ref().filter(|_| request.digest);
        let digest = sent.map(|body| packing::content_digest(body));
        let mut headers = vec![match request.body {
            Some(_) => ("content-type", PACKED),
            None => ("accept", PACKED),
        }];
        headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
        headers.extend(digest.as_deref().map(|digest| ("content-digest", digest)));
        let method = if request.body.is_some() { "POST" } else { "GET" };
        let before = self.centre.disk.stats().calls;
        let body = arriving.clone().unwrap_or_default();
        let answer = self
            .centre
            .ask(method, &request.path, &headers, body)
            .ok_or_else(|| LinkError("nobody answers".into()))?;
        self.observer.see(&Exchange {
            device,
            path: &request.path,
            sent: arriving.as_deref(),
            answer: &answer,
            calls: self.centre.disk.stats().calls - before,
        });
        let answer = response(answer);
        if request.body.is_none() {
            let question = (device.to_owned(), request.path.clone());
            self.state().kept.insert(question, answer.clone());
        }
        Ok(answer)
    }
}

impl Transport for SimLink {
    fn send(&self, request: Request) -> Pin<Box<dyn Future<Output = Result<Response, LinkError>> + Send + '_>> {
        Box::pin(async move {
            GiveWay(false).await;
            self.network.deliver_some_delayed();
            self.network.carry(&self.device, &request)
        })
    }

    fn carry(
        &self,
        request: BlobRequest,
    ) -> Pin<Box<dyn Future<Output = Result<BlobResponse, LinkError>> + Send + '_>> {
        Box::pin(async move {
            GiveWay(false).await;
            self.network.carry_part(&request)
        })
    }

    fn probe(&self) -> Pin<Box<dyn Future<Output = bool> + Send + '_>> {
        Box::pin(std::future::ready(self.network.centre.is_up()))
    }
}

/// Ready at the second look.
struct GiveWay(bool);

impl Future for GiveWay {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

fn damaged(request: &Request, damage: impl FnOnce(&mut Vec<u8>)) -> Option<Vec<u8>> {
    let mut body = request.body.clone();
    if let Some(body) = &mut body {
        damage(body);
    }
    body
}

fn cut(body: &mut Vec<u8>, dice: &mut Dice) {
    body.truncate(dice.below(body.len() as u64) as usize);
}

fn flip(body: &mut [u8], dice: &mut Dice) {
    if !body.is_empty() {
        let at = dice.below(body.len() as u64) as usize;
        body[at] ^= 1 << dice.below(8);
    }
}

pub(crate) fn response(answer: Answer) -> Response {
    let header = |name: &str| {
        let found = answer.headers.iter().find(|(header, _)| header == name);
        found.map(|(_, value)| value.clone())
    };
    Response {
        status: answer.status,
        media_type: header("content-type").unwrap_or_default(),
        retry_after: header("retry-after").and_then(|seconds| seconds.parse().ok()),
        digest: header("content-digest"),
        body: answer.body,
    }
}
