use std::time::Duration;

use super::Line;

/// What a line has carried, and what it did to it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Bytes from devices to the centre.
    pub up: u64,
    /// Bytes from the centre to devices.
    pub down: u64,
    /// Connections opened.
    pub connections: u64,
    /// Requests: how often a device spoke first or after the centre had spoken.
    pub turns: u64,
    /// Segments both ways.
    pub segments: u64,
    /// Segments that had to be sent again.
    pub lost: u64,
    /// Connections cut.
    pub cuts: u64,
    /// Connections that ended in the middle of a segment, as if the sender had finished.
    pub truncated: u64,
    /// Bits turned.
    pub flipped: u64,
    /// Pauses.
    pub stalled: u64,
}

impl Counts {
    /// Faults of every kind, for the eye.
    pub fn faults(&self) -> u64 {
        self.lost + self.cuts + self.truncated + self.flipped + self.stalled
    }

    /// How long the line needs for the bytes alone: those up at its rate, then those down at its rate.
    pub fn ideal(&self, line: &Line) -> Duration {
        line.up.air(self.up) + line.down.air(self.down)
    }

    /// How long a device that does one thing after the other needs by the model of the line: the bytes, a round trip for every
    /// connection and every request, and a retransmission time for every segment expected to be lost.
    pub fn modelled(&self, line: &Line) -> Duration {
        let waits = u32::try_from(self.connections + self.turns).unwrap_or(u32::MAX);
        let lost = self.segments as f64 * (line.up.loss + line.down.loss) / 2.0;
        self.ideal(line) + line.round_trip * waits + line.retransmission().mul_f64(lost)
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            up,
            down,
            connections,
            turns,
            segments,
            lost,
            cuts,
            truncated,
            flipped,
            stalled,
        } = self;
        write!(
            f,
            "{up} B up, {down} B down, {connections} connections, {turns} requests, {segments} segments; \
             faults: {lost} lost, {cuts} cut, {truncated} truncated, {flipped} flipped, {stalled} stalled"
        )
    }
}
