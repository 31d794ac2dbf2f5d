use std::time::Duration;

/// Devices to centre.
pub(super) const UP: usize = 0;
/// Centre to devices.
pub(super) const DOWN: usize = 1;

/// A retransmission is never quicker than this, as in Linux.
const RETRANSMISSION_MIN: Duration = Duration::from_millis(200);

/// What a line is like. The default is a perfect one.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Line {
    /// From devices to the centre.
    pub up: Way,
    /// From the centre to devices.
    pub down: Way,
    /// There and back, of the smallest message.
    pub round_trip: Duration,
    /// Cuts every open connection again and again, by the clock.
    pub cut_every: Option<Duration>,
    /// Cuts each connection after so many bytes, both ways together.
    pub cut_after: Option<u64>,
    /// Where the dice begin.
    pub seed: u64,
}

/// One way of a line. Chances are per segment, 0…1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Way {
    /// Rate; nothing is as fast as the machine.
    pub bits_per_second: Option<u32>,
    /// Segments to be sent again.
    pub loss: f64,
    /// Connections that break: the segment and all that is on its way are lost.
    pub cut: f64,
    /// Connections that end in the middle of the segment, as if the sender had finished.
    pub truncate: f64,
    /// Segments with one bit turned.
    pub flip: f64,
    /// Segments before which this way of the connection pauses.
    pub stall: f64,
    /// How long it pauses.
    pub stall_for: Duration,
}

impl Line {
    /// The line of a hamlet: so many kbit/s up, twice as many down, 600 ms there and back, 2 % loss.
    pub fn hamlet(kbits_up: u32, seed: u64) -> Self {
        let way = |kbits: u32| Way {
            bits_per_second: Some(kbits * 1_000),
            loss: 0.02,
            ..Way::default()
        };
        Self {
            up: way(kbits_up),
            down: way(kbits_up * 2),
            round_trip: Duration::from_millis(600),
            seed,
            ..Self::default()
        }
    }

    /// A line with every fault, quick enough to meet many of them: about one request in three does not end well.
    pub fn chaos(seed: u64) -> Self {
        let way = Way {
            bits_per_second: Some(2_000_000),
            loss: 0.05,
            cut: 0.03,
            truncate: 0.015,
            flip: 0.02,
            stall: 0.03,
            stall_for: Duration::from_millis(100),
        };
        Self {
            up: way,
            down: way,
            round_trip: Duration::from_millis(10),
            cut_every: Some(Duration::from_millis(1_500)),
            cut_after: Some(512 * 1024),
            seed,
        }
    }

    /// How much later a lost segment arrives.
    pub fn retransmission(&self) -> Duration {
        (self.round_trip * 2).max(RETRANSMISSION_MIN)
    }

    pub(super) fn way(&self, way: usize) -> &Way {
        if way == UP { &self.up } else { &self.down }
    }
}

impl Way {
    /// How long so many bytes are on the air.
    pub fn air(&self, bytes: u64) -> Duration {
        self.bits_per_second.map_or(Duration::ZERO, |rate| {
            Duration::from_secs_f64(bytes as f64 * 8.0 / f64::from(rate))
        })
    }
}
