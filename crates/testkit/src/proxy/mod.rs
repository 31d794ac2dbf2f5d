//! A poor line in user space: a TCP proxy between a real device and a real centre that is slow, far, lossy, and breaks.
//!
//! **Model.** A line has two ways, each shared by all connections. A way carries one segment of at most 1,460 bytes at a
//! time, at its rate; a segment arrives half a round trip after its last bit left. A lost segment is sent again and arrives
//! one retransmission time later (two round trips, at least 200 ms: the probe of RFC 8985); what follows it waits, as TCP
//! delivers in order, while the line goes on carrying, as TCP with selective acknowledgements lets it: 600 ms at 64 kbit/s
//! hold 4.8 KB, and a connection begins with a window of 14.6 KB. Opening a connection costs one round trip, and one second more
//! when its first packet is lost. Headers of TCP and IP (3 % of a full segment) and TLS are not counted.
//!
//! **Determinism.** What happens to a segment depends on the seed, the number of its connection, its way, and its place in
//! the request or the answer; never on how the system cuts what is read, nor on time. Cuts by the clock are the exception.

mod carry;
mod counts;
mod dice;
mod line;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use carry::{Lane, Road};
pub use counts::Counts;
pub use line::{Line, Way};

/// A proxy on a thread of its own; it ends with its handle.
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: Arc<Notify>,
    thread: Option<JoinHandle<()>>,
}

/// What all connections have in common.
#[derive(Debug)]
pub(crate) struct Shared {
    state: Mutex<State>,
    /// Cuts every connection that is open.
    scissors: Notify,
    /// The line was changed.
    changed: Notify,
}

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) target: SocketAddr,
    pub(crate) line: Line,
    pub(crate) counts: Counts,
    /// The same by connection, from the first one after the counting began.
    pub(crate) by_connection: BTreeMap<u64, Counts>,
    /// When each way has carried what it was given.
    pub(crate) free: [Option<tokio::time::Instant>; 2],
}

impl Shared {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Proxy {
    /// Puts a line before `target`, at a free port.
    ///
    /// # Errors
    /// No port is free, or the system refuses a thread.
    pub fn before(target: SocketAddr, line: Line) -> std::io::Result<Self> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                target,
                line,
                counts: Counts::default(),
                by_connection: BTreeMap::new(),
                free: [None; 2],
            }),
            scissors: Notify::new(),
            changed: Notify::new(),
        });
        let stop = Arc::new(Notify::new());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (inside, stopped) = (Arc::clone(&shared), Arc::clone(&stop));
        let thread = std::thread::Builder::new().name("proxy".into()).spawn(move || {
            runtime.block_on(async move {
                tokio::select! {
                    () = serve(listener, Arc::clone(&inside)) => {}
                    () = cut_by_the_clock(&inside) => {}
                    () = stopped.notified() => {}
                }
            });
        })?;
        Ok(Self {
            address,
            shared,
            stop,
            thread: Some(thread),
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it listens, for a device.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it has carried and done so far.
    pub fn counts(&self) -> Counts {
        self.shared.state().counts
    }

    /// What each connection has carried so far, in the order they were opened.
    pub fn connections(&self) -> Vec<Counts> {
        self.shared.state().by_connection.values().copied().collect()
    }

    /// Counts from nothing again.
    pub fn reset(&self) {
        let mut state = self.shared.state();
        state.counts = Counts::default();
        state.by_connection.clear();
    }

    /// Changes the line for whatever is carried from now on.
    pub fn set(&self, line: Line) {
        self.shared.state().line = line;
        self.shared.changed.notify_one();
    }

    /// Sends connections opened from now on elsewhere.
    pub fn retarget(&self, target: SocketAddr) {
        self.shared.state().target = target;
    }

    /// Cuts every open connection; what was on its way is lost.
    pub fn cut(&self) {
        self.shared.scissors.notify_waiters();
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.stop.notify_one();
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

async fn serve(listener: std::net::TcpListener, shared: Arc<Shared>) {
    let Ok(listener) = TcpListener::from_std(listener) else {
        return;
    };
    let mut opened = 0;
    while let Ok((device, _)) = listener.accept().await {
        let connection = {
            let mut state = shared.state();
            opened += 1;
            state.counts.connections += 1;
            let own = state.by_connection.entry(opened).or_default();
            own.connections = 1;
            opened
        };
        tokio::spawn(connect(device, Arc::clone(&shared), connection));
    }
}

async fn connect(mut device: TcpStream, shared: Arc<Shared>, connection: u64) {
    // Listening before the first byte passes: a cut must not slip between.
    let cut = shared.scissors.notified();
    let target = shared.state().target;
    let Ok(mut centre) = TcpStream::connect(target).await else {
        return; // The device sees a connection that breaks, as behind any gateway.
    };
    drop(device.set_nodelay(true));
    drop(centre.set_nodelay(true));
    let road = Road::open(&shared, connection);
    let (mut from_device, mut to_device) = device.split();
    let (mut from_centre, mut to_centre) = centre.split();
    let up = Lane::new(&road, line::UP).carry(&mut from_device, &mut to_centre);
    let down = Lane::new(&road, line::DOWN).carry(&mut from_centre, &mut to_device);
    tokio::select! {
        // Either both ways have ended in peace, or one of them broke: then both sockets go.
        ended = async { tokio::try_join!(up, down) } => drop(ended),
        () = cut => shared.state().counts.cuts += 1,
    }
}

async fn cut_by_the_clock(shared: &Shared) {
    loop {
        let every = shared.state().line.cut_every;
        let wait = async {
            match every {
                Some(every) => tokio::time::sleep(every).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = wait => shared.scissors.notify_waiters(),
            () = shared.changed.notified() => {}
        }
    }
}
