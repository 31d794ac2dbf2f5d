//! What a device learns about its link, and how much it therefore sends at once.
//!
//! A batch begins at 8 KiB as it travels, doubles to 64 KiB while batches arrive and halves when one does not, down to one
//! frame. Frames are whole and not packed yet when they are chosen, so their packed size is foretold from what the batches
//! before packed to.

use hocvu_store::Frame;
use hocvu_wire::limits;

/// Packed bytes of the first batch: one second at 64 kbit/s, four at 16.
const FIRST: usize = 8 * 1024;
/// Packed bytes of the largest batch: more gains nothing, for a round trip is a small part of it by then.
const MOST: usize = 64 * 1024;
/// Below this every batch is one frame, whatever its size.
const LEAST: usize = 2 * 1024;
/// Packed bytes of 1,000 bytes of frames, until a batch was packed: what realistic sessions come to.
const PACKED_OF_1000: usize = 85;
/// Operations of one batch: whole full frames within the limit.
const OPS_MOST: u64 = (limits::BATCH_OPS_MAX - limits::BATCH_OPS_MAX % limits::FRAME_OPS_MAX) as u64;
/// A batch of fewer packed bytes, so of one frame, is sent again without asking what became of it: asking costs a round trip,
/// about as much on a link of this kind, and sending also helps when the batch never arrived.
const WORTH_ASKING: usize = 6 * 1024;
/// The same in operations the centre says it has: then asking helps for sure.
const WORTH_ASKING_OPS: u64 = 16;
/// Changes in a page while the link is not steady: 4 KB, half a second at 64 kbit/s.
const PAGE_SMALL: usize = 60;

/// What a device keeps between rounds.
#[derive(Debug)]
pub(crate) struct Link {
    /// The session's token, until it runs out.
    pub token: Option<String>,
    /// The incarnation of the centre that opened the session.
    epoch: String,
    /// Another incarnation was heard of since.
    outdated: bool,
    /// The centre may have operations whose receipts never arrived: ask before sending them again.
    pub in_doubt: bool,
    /// Compare the replica with the centre at the end of the next round.
    pub compare: bool,
    /// Bytes of the next chunk of a photo.
    pub chunk: u32,
    /// Packed bytes a batch may have.
    target: usize,
    /// Packed bytes of 1,000 bytes of frames, as last seen.
    packed_of_1000: usize,
}

impl Default for Link {
    fn default() -> Self {
        Self {
            token: None,
            epoch: String::new(),
            outdated: false,
            in_doubt: false,
            compare: false,
            chunk: crate::blobs::CHUNK_FIRST,
            target: FIRST,
            packed_of_1000: PACKED_OF_1000,
        }
    }
}

impl Link {
    /// What a program just started knows: nothing, not even whether its replica is still right.
    pub fn at_start() -> Self {
        Self {
            compare: true,
            ..Self::default()
        }
    }

    /// A session was opened.
    pub fn opened(&mut self, token: String, epoch: String) {
        (self.token, self.epoch, self.outdated) = (Some(token), epoch, false);
    }

    /// An answer came from the centre of `epoch`. A token outlives a centre's restoration from a copy; what the session said
    /// the centre has does not.
    pub fn hears_of(&mut self, epoch: &str) {
        self.outdated |= self.epoch != epoch;
    }

    /// Whether the session is of a centre that is no more.
    pub fn is_outdated(&self) -> bool {
        self.outdated
    }

    /// The most operations to ask the store for.
    pub fn operations(&self) -> u64 {
        OPS_MOST
    }

    /// Keeps of the frames, oldest first, what makes one batch: at least one frame.
    pub fn choose(&self, mut frames: Vec<Frame>) -> Vec<Frame> {
        let (mut operations, mut packed) = (0, 0);
        let fitting = frames
            .iter()
            .take_while(|frame| {
                operations += frame.to - frame.from + 1;
                packed += frame.text.len() * self.packed_of_1000 / 1_000;
                operations <= OPS_MOST && packed <= self.target
            })
            .count();
        frames.truncate(fitting.max(1));
        frames
    }

    /// Whether nothing broke lately.
    pub fn is_steady(&self) -> bool {
        self.target >= FIRST
    }

    /// How many changes to ask for at once; the centre's own limit without a number.
    pub fn page(&self) -> Option<usize> {
        (!self.is_steady()).then_some(PAGE_SMALL)
    }

    /// A batch of so many bytes of frames was packed.
    pub fn packed(&mut self, text: usize, packed: usize) {
        // One short frame is mostly envelope and says nothing about a hundred.
        if packed >= LEAST {
            self.packed_of_1000 = (packed * 1_000 / text.max(1)).clamp(10, 1_000);
        }
    }

    /// A batch leaves: until its answer is here, nobody knows what became of it.
    pub fn leaves(&mut self, packed: usize) {
        self.in_doubt |= packed >= WORTH_ASKING;
    }

    /// A batch arrived and was answered.
    pub fn carried(&mut self) {
        self.in_doubt = false;
        self.target = (self.target * 2).min(MOST);
    }

    /// A batch, or anything else, did not get through.
    pub fn broke(&mut self) {
        self.target = (self.target / 2).max(LEAST);
    }

    /// The centre refused a batch for its size. Returns whether a smaller one can be made.
    pub fn too_large(&mut self, frames: usize) -> bool {
        self.in_doubt = false;
        self.broke();
        frames > 1
    }

    /// The centre says that it has so many operations without a receipt here.
    pub fn heard_of(&mut self, operations: u64) {
        self.in_doubt |= operations >= WORTH_ASKING_OPS;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Full frames: 64 operations, 60 KiB of text.
    fn frames(count: u64) -> Vec<Frame> {
        (0..count)
            .map(|at| Frame {
                log: hocvu_model::LogId([1; 16]),
                from: at * 64 + 1,
                to: at * 64 + 64,
                text: "x".repeat(60 * 1024),
                signature: String::new(),
            })
            .collect()
    }

    #[test]
    fn a_batch_doubles_while_it_arrives_and_halves_down_to_one_frame() {
        let mut link = Link::default();
        let mut sizes = Vec::new();
        for _ in 0..5 {
            sizes.push(link.choose(frames(20)).len());
            link.carried();
        }
        assert_eq!(
            sizes,
            [1, 3, 6, 7, 7],
            "8, 16, 32, 64 KiB, then as many operations as a request may hold"
        );
        for _ in 0..20 {
            link.broke();
        }
        assert_eq!(
            link.choose(frames(20)).len(),
            1,
            "never less than a frame, which is never cut"
        );
        link.carried();
        link.carried();
        assert_eq!(link.choose(frames(20)).len(), 1, "8 KiB again");
    }

    #[test]
    fn the_size_of_a_batch_follows_what_batches_pack_to() {
        let mut link = Link::default();
        link.packed(60 * 1024, 3 * 1024);
        assert_eq!(
            link.choose(frames(20)).len(),
            2,
            "text that packs well travels in larger batches"
        );
        link.packed(60 * 1024, 30 * 1024);
        assert_eq!(link.choose(frames(20)).len(), 1);
        link.packed(300, 290);
        assert_eq!(link.packed_of_1000, 500, "a lone operation teaches nothing");
    }

    #[test]
    fn only_a_batch_dearer_than_a_question_is_asked_about() {
        let mut link = Link::default();
        link.leaves(5_000);
        assert!(!link.in_doubt, "a lone frame is sent again at once");
        link.leaves(9_000);
        assert!(link.in_doubt);
        link.carried();
        assert!(!link.in_doubt);
        link.heard_of(3);
        assert!(!link.in_doubt);
        link.heard_of(64);
        assert!(link.in_doubt);
    }
}
