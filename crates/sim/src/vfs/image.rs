//! One file: what programs see, what a power cut leaves.

use crate::dice::Dice;

/// Bytes a disk writes as one, or tears.
const SECTOR: usize = 512;

/// A change that was written and not yet synced.
#[derive(Debug, Clone)]
enum Pending {
    Write(usize, Vec<u8>),
    Length(usize),
}

/// A file's content, twice.
#[derive(Debug, Clone, Default)]
pub(super) struct Image {
    now: Vec<u8>,
    /// Nothing: the file itself was never synced.
    synced: Option<Vec<u8>>,
    pending: Vec<Pending>,
}

impl Image {
    pub(super) fn len(&self) -> usize {
        self.now.len()
    }

    /// Fills `buffer` from `offset`; what is behind the end becomes zero. Says how many bytes there were.
    pub(super) fn read(&self, offset: usize, buffer: &mut [u8]) -> usize {
        let there = self.now.len().saturating_sub(offset).min(buffer.len());
        if there > 0 {
            buffer[..there].copy_from_slice(&self.now[offset..offset + there]);
        }
        buffer[there..].fill(0);
        there
    }

    pub(super) fn write(&mut self, offset: usize, bytes: &[u8]) {
        put(&mut self.now, offset, bytes);
        self.pending.push(Pending::Write(offset, bytes.to_vec()));
    }

    pub(super) fn truncate(&mut self, length: usize) {
        self.now.resize(length, 0);
        self.pending.push(Pending::Length(length));
    }

    pub(super) fn sync(&mut self) {
        let mut image = self.synced.take().unwrap_or_default();
        for change in self.pending.drain(..) {
            apply(&mut image, &change);
        }
        self.synced = Some(image);
    }

    /// What is there after the power came back: every unsynced sector is new, old or torn by itself. Nothing when the file
    /// never came to be.
    pub(super) fn after_power_cut(self, dice: &mut Dice) -> Option<Self> {
        let mut image = match self.synced {
            Some(image) => image,
            None if self.pending.is_empty() || dice.one_in(2) => return None,
            None => Vec::new(),
        };
        for change in self.pending {
            match change {
                Pending::Length(_) if dice.one_in(2) => {}
                Pending::Length(length) => image.resize(length, 0),
                Pending::Write(offset, bytes) => tear(&mut image, offset, &bytes, dice),
            }
        }
        Some(Self::settled(image))
    }

    /// What is there after only the program died: the system still writes everything.
    pub(super) fn after_kill(self) -> Self {
        Self::settled(self.now)
    }

    fn settled(image: Vec<u8>) -> Self {
        Self {
            now: image.clone(),
            synced: Some(image),
            pending: Vec::new(),
        }
    }
}

fn tear(image: &mut Vec<u8>, offset: usize, bytes: &[u8], dice: &mut Dice) {
    let mut at = 0;
    while at < bytes.len() {
        let sector_end = ((offset + at) / SECTOR + 1) * SECTOR - offset;
        let end = sector_end.min(bytes.len());
        match dice.below(4) {
            0 => {}
            1 => {
                let part = at + dice.below((end - at) as u64) as usize;
                put(image, offset + at, &bytes[at..part]);
            }
            _ => put(image, offset + at, &bytes[at..end]),
        }
        at = end;
    }
}

fn apply(image: &mut Vec<u8>, change: &Pending) {
    match change {
        Pending::Write(offset, bytes) => put(image, *offset, bytes),
        Pending::Length(length) => image.resize(*length, 0),
    }
}

fn put(image: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    let end = offset + bytes.len();
    if image.len() < end {
        image.resize(end, 0);
    }
    image[offset..end].copy_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_power_cut_keeps_what_was_synced_and_tears_only_what_was_not() {
        let mut image = Image::default();
        image.write(0, &[1; 2048]);
        image.sync();
        image.write(1024, &[2; 1024]);
        let mut outcomes = std::collections::BTreeSet::new();
        for seed in 0..50 {
            let after = image
                .clone()
                .after_power_cut(&mut Dice::new(seed))
                .expect("it was synced");
            let mut read = [0; 2048];
            assert_eq!(after.read(0, &mut read), 2048);
            assert!(read[..1024].iter().all(|byte| *byte == 1), "what was synced stands");
            outcomes.insert(read[1024..].to_vec());
        }
        assert!(outcomes.len() > 10, "sectors are lost, kept and torn");
    }

    #[test]
    fn a_kill_loses_nothing_that_was_written() {
        let mut image = Image::default();
        image.write(10, b"abc");
        let mut read = [9; 14];
        assert_eq!(image.after_kill().read(0, &mut read), 13);
        assert_eq!(&read[10..], b"abc\0");
    }
}
