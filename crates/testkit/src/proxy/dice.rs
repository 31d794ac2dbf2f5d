//! Numbers that depend on a place, not on an order: the same segment meets the same fate in every run.

/// A random number in 0…1 for a place.
pub(super) fn at(place: [u64; 6]) -> f64 {
    let mixed = place
        .into_iter()
        .fold(0x9e37_79b9_7f4a_7c15, |mixed, part| mix(mixed ^ part));
    (mixed >> 11) as f64 / (1_u64 << 53) as f64
}

/// The finaliser of SplitMix64.
fn mix(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    #[test]
    fn places_are_spread_evenly() {
        let low = (0..10_000)
            .filter(|index| super::at([7, 1, 0, 3, *index, 2]) < 0.02)
            .count();
        assert!((150..250).contains(&low), "{low} of 10,000 below 2 %");
    }
}
