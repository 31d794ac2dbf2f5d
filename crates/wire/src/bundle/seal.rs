//! age around zstd, within limits: the one place that seals and opens.

use std::io::{self, Read, Write};

use age::x25519::{Identity, Recipient};

use super::BadBundle;
use crate::keys::{PublicKey, age_public, age_secret};

/// Text shrinks nearly as well as at the highest level, and photos, which do not shrink, cost little.
const LEVEL: i32 = 12;
/// Both sides keep at most 2^20 bytes of window.
const WINDOW_LOG: u32 = 20;
/// The age header of a file of ours: two recipients and one line of grease have under 1 KiB.
const AGE_HEADER_MAX: usize = 4 * 1024;

/// Seals what is written into it.
pub(super) struct Sealing<W: Write>(zstd::stream::Encoder<'static, age::stream::StreamWriter<W>>);

impl<W: Write> Sealing<W> {
    pub(super) fn new(out: W, recipients: &[&PublicKey]) -> io::Result<Self> {
        let recipients: Vec<Recipient> = recipients
            .iter()
            .map(|key| age_public(key).parse().map_err(io::Error::other))
            .collect::<io::Result<_>>()?;
        let sealed =
            age::Encryptor::with_recipients(recipients.iter().map(|recipient| recipient as &dyn age::Recipient))
                .map_err(io::Error::other)?
                .wrap_output(out)?;
        let mut packed = zstd::stream::Encoder::new(sealed, LEVEL)?;
        packed.window_log(WINDOW_LOG)?;
        Ok(Self(packed))
    }

    pub(super) fn finish(self) -> io::Result<W> {
        self.0.finish()?.finish()
    }
}

impl<W: Write> Write for Sealing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Opens a sealed part; what comes out ends with an error past `max` bytes.
///
/// # Errors
/// [`BadBundle::OtherPlace`] when none of the secrets opens it, else [`BadBundle::Damaged`].
pub(super) fn opening<R: Read>(
    mut sealed: R,
    secrets: &[&[u8; 32]],
    max: u64,
) -> Result<impl Read + use<R>, BadBundle> {
    let identities: Vec<Identity> = secrets
        .iter()
        .filter_map(|secret| age_secret(secret).parse().ok())
        .collect();
    // age reads its header to the end, however long: a file of ours ends it soon.
    let mut beginning = Vec::with_capacity(AGE_HEADER_MAX);
    (&mut sealed)
        .take(AGE_HEADER_MAX as u64)
        .read_to_end(&mut beginning)
        .map_err(|_| BadBundle::Unreadable)?;
    if !beginning.windows(5).any(|window| window == b"\n--- ") {
        return Err(BadBundle::Damaged);
    }
    let whole = io::BufReader::new(io::Cursor::new(beginning).chain(sealed));
    let decryptor = age::Decryptor::new_buffered(whole).map_err(|_| BadBundle::Damaged)?;
    let plain = decryptor
        .decrypt(identities.iter().map(|identity| identity as &dyn age::Identity))
        .map_err(|error| match error {
            age::DecryptError::NoMatchingKeys => BadBundle::OtherPlace,
            _ => BadBundle::Damaged,
        })?;
    let mut unpacked = zstd::stream::Decoder::new(plain).map_err(|_| BadBundle::Damaged)?;
    unpacked.window_log_max(WINDOW_LOG).map_err(|_| BadBundle::Damaged)?;
    Ok(Capped {
        inner: unpacked, // To the end of the file, so that age has checked its last byte too.
        left: max,
    })
}

/// Refuses to give more than so many bytes.
struct Capped<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(out)?;
        self.left = self
            .left
            .checked_sub(read as u64)
            .ok_or_else(|| io::Error::from(io::ErrorKind::FileTooLarge))?;
        Ok(read)
    }
}
