//! The seed of one draft: a function of the run's seed, the member's name and how many rounds have started.
//!
//! By name, not by position: a member draws the same whether or not others take part.

/// Mixes the three into one seed. The mixing steps are the finaliser of `SplitMix64` (Steele, Lea and Flood, 2014); names
/// enter by FNV-1a.
pub(super) fn draft_seed(run_seed: u64, member: &str, begun: u64) -> u64 {
    let name =
        member.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    mix(mix(run_seed ^ name).wrapping_add(begun.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
}

fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}
