//! One connection over the line: segment by segment, each with its fate.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::{Counts, Shared, State, dice, line};

/// Payload of a full TCP segment over Ethernet.
const SEGMENT: usize = 1_460;
/// Segments on their way at once, at most.
const IN_FLIGHT: usize = 256;
/// First retransmission time of a connection nobody has measured yet (RFC 6298).
const FIRST_RETRANSMISSION: Duration = Duration::from_secs(1);

/// The connection broke.
#[derive(Debug)]
pub(super) struct Broken;

impl From<std::io::Error> for Broken {
    fn from(_: std::io::Error) -> Self {
        Self
    }
}

/// One connection: both its lanes know whose turn it is.
#[derive(Debug)]
pub(super) struct Road {
    shared: Arc<Shared>,
    connection: u64,
    /// When it is open: nothing leaves before.
    open_at: Instant,
    turn: Mutex<Turn>,
    bytes: AtomicU64,
}

/// A request or an answer.
#[derive(Debug, Default)]
struct Turn {
    number: u64,
    way: Option<usize>,
    bytes: usize,
}

/// What happens to a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Pass,
    Lose,
    Cut,
    Truncate,
    Flip,
    Stall,
}

impl Road {
    pub(super) fn open(shared: &Arc<Shared>, connection: u64) -> Arc<Self> {
        let line = shared.state().line;
        // The first packet each way may be lost as any other.
        let lost = [(line::UP, line.up.loss), (line::DOWN, line.down.loss)]
            .into_iter()
            .filter(|(way, loss)| dice::at([line.seed, connection, *way as u64, 0, 0, 0]) < *loss)
            .count();
        let open_at = Instant::now() + line.round_trip + FIRST_RETRANSMISSION * lost as u32;
        shared.state().counts.lost += lost as u64;
        Arc::new(Self {
            shared: Arc::clone(shared),
            connection,
            open_at,
            turn: Mutex::default(),
            bytes: AtomicU64::new(0),
        })
    }
}

/// One way of a connection.
pub(super) struct Lane {
    road: Arc<Road>,
    way: usize,
}

impl Lane {
    pub(super) fn new(road: &Arc<Road>, way: usize) -> Self {
        Self {
            road: Arc::clone(road),
            way,
        }
    }

    /// Carries until the sender ends, which the receiver then sees, or the connection breaks.
    pub(super) async fn carry(self, from: &mut ReadHalf<'_>, to: &mut WriteHalf<'_>) -> Result<(), Broken> {
        let (send, mut flying) = mpsc::channel::<(Instant, Vec<u8>)>(IN_FLIGHT);
        let deliver = async {
            while let Some((arrival, bytes)) = flying.recv().await {
                sleep_until(arrival).await;
                to.write_all(&bytes).await?;
            }
            to.shutdown().await?;
            Ok::<(), Broken>(())
        };
        // A break on one side ends the other at once: what is on its way is lost.
        tokio::try_join!(self.read(from, send), deliver).map(|_| ())
    }

    async fn read(&self, from: &mut ReadHalf<'_>, send: mpsc::Sender<(Instant, Vec<u8>)>) -> Result<(), Broken> {
        let mut buffer = vec![0; SEGMENT];
        let mut last = self.road.open_at;
        loop {
            let room = SEGMENT - self.inside_segment();
            let read = from.read(&mut buffer[..room]).await?;
            if read == 0 {
                return Ok(());
            }
            let mut bytes = buffer[..read].to_vec();
            let fate = self.fate(read);
            let mut wait = Duration::ZERO;
            match fate {
                Fate::Cut => return Err(Broken),
                Fate::Flip => bytes[read / 2] ^= 1 << (read % 8),
                Fate::Truncate => bytes.truncate(read / 2),
                Fate::Stall => wait = self.road.shared.state().line.way(self.way).stall_for,
                Fate::Pass | Fate::Lose => {}
            }
            let (left, arrival) = self.transmit(bytes.len(), fate == Fate::Lose, wait);
            last = last.max(arrival); // TCP delivers in order.
            if send.send((last, bytes)).await.is_err() {
                return Err(Broken);
            }
            if fate == Fate::Truncate {
                return Ok(()); // What was carried still arrives, and then the end.
            }
            sleep_until(left).await; // One segment at a time: the next waits at its sender.
        }
    }

    /// Bytes already carried of the segment that is being filled.
    fn inside_segment(&self) -> usize {
        let turn = self.road.turn.lock().unwrap_or_else(PoisonError::into_inner);
        if turn.way == Some(self.way) {
            turn.bytes % SEGMENT
        } else {
            0
        }
    }

    /// Counts what was read and throws the dice for its segment, once.
    fn fate(&self, read: usize) -> Fate {
        let Road {
            shared,
            connection,
            turn,
            bytes,
            ..
        } = &*self.road;
        let mut turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = shared.state();
        if turn.way != Some(self.way) {
            *turn = Turn {
                number: turn.number + 1,
                way: Some(self.way),
                bytes: 0,
            };
            count(&mut state, *connection, |counts| {
                counts.turns += u64::from(self.way == line::UP)
            });
        }
        let (index, begins) = (turn.bytes / SEGMENT, turn.bytes % SEGMENT == 0);
        turn.bytes += read;
        let total = bytes.fetch_add(read as u64, Ordering::Relaxed) + read as u64;
        count(&mut state, *connection, |counts| match self.way {
            line::UP => counts.up += read as u64,
            _ => counts.down += read as u64,
        });
        let line = state.line;
        if line.cut_after.is_some_and(|most| total > most) {
            state.counts.cuts += 1;
            return Fate::Cut;
        }
        if !begins {
            return Fate::Pass;
        }
        count(&mut state, *connection, |counts| counts.segments += 1);
        let way = line.way(self.way);
        let place = |kind| [line.seed, *connection, self.way as u64, turn.number, index as u64, kind];
        let counts = &mut state.counts;
        for (kind, chance, count, fate) in [
            (1, way.cut, &mut counts.cuts, Fate::Cut),
            (2, way.truncate, &mut counts.truncated, Fate::Truncate),
            (3, way.flip, &mut counts.flipped, Fate::Flip),
            (4, way.stall, &mut counts.stalled, Fate::Stall),
            (5, way.loss, &mut counts.lost, Fate::Lose),
        ] {
            if dice::at(place(kind)) < chance {
                *count += 1;
                return fate;
            }
        }
        Fate::Pass
    }

    /// When the bytes have left their sender, and when they arrive.
    fn transmit(&self, bytes: usize, lost: bool, wait: Duration) -> (Instant, Instant) {
        let mut state = self.road.shared.state();
        let line = state.line;
        let air = line.way(self.way).air(bytes as u64);
        let free = &mut state.free[self.way];
        let start = Instant::now()
            .max(self.road.open_at)
            .max(free.unwrap_or(self.road.open_at));
        let left = start + wait + air;
        let half = line.round_trip / 2;
        if lost {
            *free = Some(left + air); // It takes the line a second time.
            return (left, left + half + line.retransmission());
        }
        *free = Some(left);
        (left, left + half)
    }
}

/// Counts something for the line and for its connection.
fn count(state: &mut State, connection: u64, mut what: impl FnMut(&mut Counts)) {
    what(&mut state.counts);
    what(state.by_connection.entry(connection).or_default());
}
