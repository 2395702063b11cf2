//! The orders in which the candidates are shown: seeded permutations, their reverse, their cyclic shifts.

use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::Rng;

/// Which candidate is at each position: a permutation.
pub(super) type Order = Vec<usize>;

/// What the numbers drawn from one seed are used for, so that they do not depend on each other.
#[derive(Debug, Clone, Copy)]
enum Purpose {
    First = 1,
    Third = 2,
    Key = 3,
}

/// A random order and its reverse: a judge that only goes by position favours opposite candidates in the two.
pub(super) fn opposite(candidates: usize, seed: u64) -> [Order; 2] {
    let first = shuffled(candidates, seed, Purpose::First);
    let reverse = first.iter().rev().copied().collect();
    [first, reverse]
}

/// A third order, different from the first two if there are more than two candidates.
pub(super) fn third(seed: u64, earlier: &[Order; 2]) -> Order {
    let mut order = shuffled(earlier[0].len(), seed, Purpose::Third);
    // No rotation of an order of three or more is its reverse.
    if earlier.contains(&order) && !order.is_empty() {
        order.rotate_left(1);
    }
    order
}

/// The other cyclic shifts of an order: together with it, every candidate is at every position once.
pub(super) fn other_shifts(order: &Order) -> Vec<Order> {
    let shift = |by: usize| {
        let mut shifted = order.clone();
        shifted.rotate_left(by);
        shifted
    };
    (1..order.len()).map(shift).collect()
}

/// Values by position, turned into values by candidate. Positions without a value leave 0.
pub(super) fn by_candidate(order: &[usize], by_place: &[f64]) -> Vec<f64> {
    let mut values = vec![0.0; order.len()];
    for (candidate, value) in order.iter().zip(by_place) {
        if let Some(place) = values.get_mut(*candidate) {
            *place = *value;
        }
    }
    values
}

/// The key of the markers around the candidates: 16 hexadecimal digits that the author of a candidate could not know.
pub(super) fn key(seed: u64) -> String {
    format!("{:016x}", numbers(seed, Purpose::Key).next_u64())
}

/// Fisher and Yates's shuffle.
fn shuffled(candidates: usize, seed: u64, purpose: Purpose) -> Order {
    let mut numbers = numbers(seed, purpose);
    let mut order: Order = (0..candidates).collect();
    for last in (1..candidates).rev() {
        // The high half of the product is uniform below the bound, except for a bias of one in 2^59.
        let drawn = (u128::from(numbers.next_u64()) * (last as u128 + 1)) >> 64;
        order.swap(last, drawn as usize);
    }
    order
}

fn numbers(seed: u64, purpose: Purpose) -> Pcg64Mcg {
    // The state of this generator must be odd; the product spreads small seeds over all bits.
    let mixed = (u128::from(seed) << 8 | purpose as u128).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
    Pcg64Mcg::new(mixed | 1)
}
