//! The one thread that writes. Requests queue and wait; it takes what is queued, commits once and answers all.
//!
//! **Invariant (I4):** an answer is sent after the commit that holds its work, or it is an error.

use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;

use hocvu_wire::problem::ProblemCode;
use tokio::sync::{mpsc, oneshot};

use crate::desk::{Core, Desk, Task};
use crate::directory::Directory;
use crate::error::{Error, Result};

/// Operations of one commit: with more, the first of them would wait for the last.
const GROUP_OPERATIONS_MAX: usize = 2_000;
/// Jobs of one commit.
const GROUP_JOBS_MAX: usize = 64;

/// A handle on the writer; clones speak to the same thread.
#[derive(Clone)]
pub struct Writer {
    queue: mpsc::Sender<Queued>,
    directory: Arc<RwLock<Arc<Directory>>>,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
}

enum Queued {
    Work(Box<dyn Task>),
    Stop,
}

/// Work, what came out of it, and who waits for that.
struct Job<W, R> {
    work: Option<W>,
    outcome: Option<Result<R>>,
    waiting: oneshot::Sender<Result<R>>,
    operations: usize,
}

impl Writer {
    /// Starts the thread. `queue` is how many jobs may wait before new ones are turned away.
    ///
    /// # Errors
    /// The machine refuses a thread.
    pub fn start(core: Core, queue: usize) -> Result<Self> {
        let (sender, receiver) = mpsc::channel(queue);
        let directory = Arc::new(RwLock::new(core.directory()));
        let published = Arc::clone(&directory);
        let thread = std::thread::Builder::new()
            .name("writer".into())
            .spawn(move || run(core, receiver, &published))?;
        Ok(Self {
            queue: sender,
            directory,
            thread: Arc::new(Mutex::new(Some(thread))),
        })
    }

    /// Who and where, as of the last commit.
    pub fn directory(&self) -> Arc<Directory> {
        Arc::clone(&self.directory.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Has `work` done at the desk and waits until it is on the disk. `operations` says how much work it is.
    ///
    /// # Errors
    /// [`Error::Busy`] when the queue is full, [`Error::Stopped`] after [`Writer::stop`], those of `work`, and those of the
    /// commit. On any error nothing was stored.
    pub async fn run<R, W>(&self, operations: usize, work: W) -> Result<R>
    where
        R: Send + 'static,
        W: FnOnce(&mut Desk<'_>) -> Result<R> + Send + 'static,
    {
        let (waiting, answer) = oneshot::channel();
        let job = Job {
            work: Some(work),
            outcome: None,
            waiting,
            operations,
        };
        self.queue
            .try_send(Queued::Work(Box::new(job)))
            .map_err(|refused| match refused {
                mpsc::error::TrySendError::Full(_) => Error::Busy,
                mpsc::error::TrySendError::Closed(_) => Error::Stopped,
            })?;
        answer.await.map_err(|_| Error::Stopped)?
    }

    /// Lets the thread finish what is queued, move the log into the database and end.
    pub async fn stop(&self) {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(thread) = thread else { return };
        if self.queue.send(Queued::Stop).await.is_ok() {
            let joined = tokio::task::spawn_blocking(|| thread.join()).await;
            if !matches!(joined, Ok(Ok(()))) {
                tracing::error!("the writer ended badly");
            }
        }
    }
}

impl<R, W> Task for Job<W, R>
where
    R: Send,
    W: FnOnce(&mut Desk<'_>) -> Result<R> + Send,
{
    fn run(&mut self, desk: &mut Desk<'_>) -> Result<()> {
        if let Some(work) = self.work.take() {
            self.outcome = Some(Ok(work(desk)?));
        }
        Ok(())
    }

    fn fail(&mut self, error: Error) {
        self.outcome = Some(Err(error));
    }

    fn answer(self: Box<Self>, committed: &Result<()>) {
        let outcome = match (committed, self.outcome) {
            (Ok(()), Some(outcome)) => outcome,
            (Ok(()), None) => Err(Error::Stopped),
            (Err(_), Some(Err(own))) => Err(own),
            (Err(Error::Refused(why)), _) => Err(Error::Refused(why.clone())),
            (Err(error), _) if error.code() == ProblemCode::StorageFull => Err(Error::Full),
            (Err(_), _) => Err(Error::NotCommitted),
        };
        // Whoever asked may have hung up: the work stands, and asking again gives the same answer (I3).
        drop(self.waiting.send(outcome));
    }

    fn operations(&self) -> usize {
        self.operations
    }
}

fn run(mut core: Core, mut queue: mpsc::Receiver<Queued>, published: &RwLock<Arc<Directory>>) {
    let mut open = true;
    while open {
        let Some(Queued::Work(first)) = queue.blocking_recv() else {
            break;
        };
        let mut operations = first.operations();
        let mut group = vec![first];
        while operations < GROUP_OPERATIONS_MAX && group.len() < GROUP_JOBS_MAX {
            match queue.try_recv() {
                Ok(Queued::Work(next)) => {
                    operations += next.operations();
                    group.push(next);
                }
                Ok(Queued::Stop) => {
                    open = false;
                    break;
                }
                Err(_) => break,
            }
        }
        let committed = core.group(&mut group);
        match &committed {
            Ok(()) => *published.write().unwrap_or_else(PoisonError::into_inner) = core.directory(),
            Err(Error::Refused(_)) => {}
            Err(error) => tracing::error!(%error, jobs = group.len(), operations, "a group was not stored"),
        }
        group.into_iter().for_each(|task| task.answer(&committed));
    }
    if let Err(error) = core.checkpoint() {
        tracing::warn!(%error, "the write-ahead log stays for the next start");
    }
}
