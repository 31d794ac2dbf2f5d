//! Bundles on their way in lie in a file beside the database until they are taken: no request holds one in memory.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use hocvu_wire::bundle::{self, BadBundle, Header, Kind};
use hocvu_wire::problem::{Problem, ProblemCode};
use http_body_util::BodyExt;
use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;

use super::body::Refusal;
use super::{Shared, blocking};
use crate::blobs::Blobs;
use crate::bundles::{self, Desks, Took};
use crate::desk::Desk;
use crate::directory::Directory;
use crate::error::{Error, Result};

/// Bytes gathered before they are written.
const CHUNK_BYTES: usize = 256 * 1024;
const SUFFIX: &str = ".spool";

/// A file being received; gone when dropped.
pub(super) struct Spool {
    path: PathBuf,
    file: Option<File>,
    chunk: Vec<u8>,
    size: u64,
    header: std::result::Result<Header, BadBundle>,
    _permit: OwnedSemaphorePermit,
}

/// Removes what a crash left behind.
pub(super) fn sweep(shared: &Shared) {
    for entry in fs::read_dir(folder(shared)).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().ends_with(SUFFIX) {
            drop(fs::remove_file(entry.path()));
        }
    }
}

pub(super) fn folder(shared: &Shared) -> PathBuf {
    shared.beside.with_file_name("spool")
}

impl Spool {
    /// An empty file, once one of the places is free.
    pub(super) async fn new(shared: &Arc<Shared>) -> Result<Self> {
        let permit = Arc::clone(&shared.spools).acquire_owned().await;
        let permit = permit.map_err(|_| Error::Stopped)?;
        let folder = folder(shared);
        let mut name = [0; 16];
        shared.world.fill(&mut name);
        let path = folder.join(format!("{}{SUFFIX}", bundle::BundleId(name)));
        let made = path.clone();
        let file = blocking(move || {
            fs::create_dir_all(folder)?;
            Ok(File::options().read(true).write(true).create_new(true).open(made)?)
        })
        .await?;
        Ok(Self {
            path,
            file: Some(file),
            chunk: Vec::new(),
            size: 0,
            header: Err(BadBundle::NotABundle),
            _permit: permit,
        })
    }

    /// The header, as far as it was received.
    pub(super) fn header(&self) -> std::result::Result<Header, BadBundle> {
        self.header
    }

    /// Adds bytes. As soon as the header is here it must be that of a bundle, and nothing may follow its end.
    pub(super) async fn push(&mut self, bytes: &Bytes) -> Result<std::result::Result<(), BadBundle>> {
        self.size += bytes.len() as u64;
        self.chunk.extend_from_slice(bytes);
        if self.size == self.chunk.len() as u64 {
            self.header = bundle::inspect(self.chunk.as_slice());
            match self.header {
                Ok(header) if header.kind == Kind::Bundle && self.size <= header.file_size() => {}
                Ok(header) if header.kind == Kind::Bundle => return Ok(Err(BadBundle::Damaged)),
                Ok(_) => return Ok(Err(BadBundle::NotABundle)),
                Err(_) if self.size < 1024 => {} // Not all of the header yet; the end tells.
                Err(bad) => return Ok(Err(bad)),
            }
        } else if self.size > bundle::SEALED_BYTES_MAX + 1024 {
            return Ok(Err(BadBundle::TooLarge));
        }
        if self.chunk.len() >= CHUNK_BYTES {
            self.write().await?;
        }
        Ok(Ok(()))
    }

    /// Takes what was received.
    pub(super) async fn take(mut self, shared: &Arc<Shared>) -> Result<std::result::Result<Took, BadBundle>> {
        self.write().await?;
        let Some(mut file) = self.file.take() else {
            return Err(Error::Stopped);
        };
        let mut desks = Behind::new(Arc::clone(shared));
        blocking(move || bundles::take(&mut file, &mut desks)).await
    }

    async fn write(&mut self) -> Result<()> {
        let (Some(mut file), chunk) = (self.file.take(), std::mem::take(&mut self.chunk)) else {
            return Err(Error::Stopped);
        };
        let written = blocking(move || {
            file.write_all(&chunk).map_err(full)?;
            Ok(file)
        });
        self.file = Some(written.await?);
        Ok(())
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        self.file = None;
        drop(fs::remove_file(&self.path));
    }
}

/// Receives the body of a request within its times.
pub(super) async fn receive(shared: &Arc<Shared>, mut body: Body) -> Result<std::result::Result<Spool, Refusal>> {
    let mut spool = Spool::new(shared).await?;
    let broken = |what: &str| Ok(Err(Box::new(Problem::new(ProblemCode::Malformed).detail(what))));
    loop {
        match tokio::time::timeout(shared.limits.body_stall, body.frame()).await {
            Err(_) => return broken("the body stalled"),
            Ok(None) => return Ok(Ok(spool)),
            Ok(Some(Err(_))) => return broken("the body broke off"),
            Ok(Some(Ok(frame))) => {
                let Some(data) = frame.data_ref() else { continue };
                if let Err(bad) = spool.push(data).await? {
                    super::body::discard(shared, body).await;
                    return Ok(Err(Box::new(problem(bad))));
                }
            }
        }
    }
}

/// A file whose very header is refused, as a problem of the request.
fn problem(bad: BadBundle) -> Problem {
    let code = if bad == BadBundle::TooLarge {
        ProblemCode::TooLarge
    } else {
        ProblemCode::Malformed
    };
    Problem::new(code).detail(bad.code())
}

pub(super) fn full(error: std::io::Error) -> Error {
    if error.kind() == std::io::ErrorKind::StorageFull {
        Error::Full
    } else {
        Error::Io(error)
    }
}

/// The server's writer and readers, asked from a thread that may block.
pub(super) struct Behind {
    shared: Arc<Shared>,
    runtime: Handle,
}

impl Behind {
    /// Must be made on a thread of the runtime.
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            runtime: Handle::current(),
        }
    }
}

impl Desks for Behind {
    fn directory(&self) -> Arc<Directory> {
        self.shared.writer.directory()
    }

    fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.shared.world.now()
    }

    fn ask<R: Send + 'static>(
        &mut self,
        ask: impl FnOnce(&rusqlite::Connection) -> Result<R> + Send + 'static,
    ) -> Result<R> {
        self.runtime.block_on(self.shared.read(|reader| ask(reader.db())))
    }

    fn work<R: Send + 'static>(
        &mut self,
        operations: usize,
        work: impl FnOnce(&mut Desk<'_>) -> Result<R> + Send + 'static,
    ) -> Result<R> {
        self.runtime.block_on(self.shared.writer.run(operations, work))
    }

    fn photos<R>(&self, act: impl FnOnce(&Blobs) -> R) -> R {
        act(&self.shared.blobs)
    }
}
