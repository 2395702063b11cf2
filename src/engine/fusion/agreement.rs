//! How far the verifiers of a round agree: what each would have chosen alone, and how similar their orders are.

/// Two verifiers, and how many pairs of candidates they put in the same order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PairAgreement {
    /// Their positions among the verifiers, the lower first.
    pub verifiers: (usize, usize),
    /// Pairs of candidates in the same order.
    pub alike: usize,
    /// Pairs of candidates that both verifiers order.
    pub of: usize,
}

/// The agreement of a round's verifiers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Agreement {
    /// For each verifier, the candidate it scored highest; the first if several tie. `None` if it scored none, or scored all
    /// equally.
    pub firsts: Vec<Option<usize>>,
    /// Every pair of verifiers that both order at least one pair of candidates.
    pub pairs: Vec<PairAgreement>,
}

impl Agreement {
    /// Over all pairs of verifiers: pairs of candidates in the same order, and pairs compared. Half the difference between the
    /// shares in the same and in the opposite order is Kendall's τ.
    #[must_use]
    pub fn total(&self) -> (usize, usize) {
        self.pairs.iter().fold((0, 0), |(alike, of), pair| (alike + pair.alike, of + pair.of))
    }

    /// The pair of verifiers whose orders differ most, if any differ.
    #[must_use]
    pub fn furthest_apart(&self) -> Option<PairAgreement> {
        let share = |pair: &PairAgreement| pair.alike as f64 / pair.of as f64;
        let furthest = self.pairs.iter().copied().min_by(|one, other| share(one).total_cmp(&share(other)));
        furthest.filter(|pair| pair.alike < pair.of)
    }
}

/// The agreement of verifiers whose scores are `scores[verifier][candidate]`. Two candidates that a verifier scored equally, or
/// did not both score, have no order.
#[must_use]
pub fn agreement(scores: &[Vec<Option<f64>>]) -> Agreement {
    let firsts = scores.iter().map(|row| first(row)).collect();
    let mut pairs = Vec::new();
    for (place, one) in scores.iter().enumerate() {
        for (after, other) in scores.iter().enumerate().skip(place + 1) {
            let (alike, of) = orders(one, other);
            if of > 0 {
                pairs.push(PairAgreement { verifiers: (place, after), alike, of });
            }
        }
    }
    Agreement { firsts, pairs }
}

fn first(row: &[Option<f64>]) -> Option<usize> {
    let scored = row.iter().enumerate().filter_map(|(place, score)| Some((place, (*score)?)));
    let alike = row.iter().flatten().count() > 1 && row.iter().flatten().min_by(|a, b| a.total_cmp(b)) == highest(row);
    scored.reduce(|best, next| if next.1 > best.1 { next } else { best }).map(|(place, _)| place).filter(|_| !alike)
}

fn highest(row: &[Option<f64>]) -> Option<&f64> {
    row.iter().flatten().max_by(|one, other| one.total_cmp(other))
}

/// Pairs of candidates in the same order, and pairs that both verifiers order.
fn orders(one: &[Option<f64>], other: &[Option<f64>]) -> (usize, usize) {
    let both: Vec<(f64, f64)> = one.iter().zip(other).filter_map(|(one, other)| (*one).zip(*other)).collect();
    let (mut alike, mut of) = (0, 0);
    for (place, a) in both.iter().enumerate() {
        for b in both.iter().skip(place + 1) {
            if let (Some(first), Some(second)) = (a.0.partial_cmp(&b.0), a.1.partial_cmp(&b.1))
                && first.is_ne()
                && second.is_ne()
            {
                of += 1;
                alike += usize::from(first == second);
            }
        }
    }
    (alike, of)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn firsts_and_orders_by_hand() {
        let scores = [
            vec![Some(0.9), Some(0.5), Some(0.1)],
            vec![Some(0.8), Some(0.6), Some(0.7)],
            vec![None, Some(0.2), Some(0.2)],
            vec![None, Some(0.2), None],
            vec![None, None, None],
        ];
        let agreement = agreement(&scores);
        assert_eq!(agreement.firsts, [Some(0), Some(0), None, Some(1), None]);
        // The third verifier has no preference, so it shares no ordered pair with anyone.
        assert_eq!(agreement.pairs, [PairAgreement { verifiers: (0, 1), alike: 2, of: 3 }]);
        assert_eq!(agreement.total(), (2, 3));
        assert_eq!(agreement.furthest_apart(), Some(agreement.pairs[0]));
    }

    proptest! {
        #[test]
        fn one_agrees_with_itself_and_never_with_its_opposite(row in prop::collection::vec(prop::option::of(0.0_f64..1.0), 0..7)) {
            let opposite: Vec<Option<f64>> = row.iter().map(|score| score.map(|score| -score)).collect();
            let (alike, of) = agreement(&[row.clone(), row.clone()]).total();
            prop_assert_eq!(alike, of);
            prop_assert_eq!(agreement(&[row.clone(), opposite]).total(), (0, of));
            prop_assert_eq!(agreement(&[row.clone(), row]).furthest_apart(), None);
        }

        #[test]
        fn no_pair_agrees_more_often_than_it_can(
            scores in prop::collection::vec(prop::collection::vec(prop::option::of(0.0_f64..1.0), 4), 0..6),
        ) {
            let agreement = agreement(&scores);
            prop_assert!(agreement.pairs.iter().all(|pair| pair.alike <= pair.of && pair.of <= 6));
            prop_assert!(agreement.pairs.len() <= scores.len() * scores.len().saturating_sub(1) / 2);
            for (row, first) in scores.iter().zip(&agreement.firsts) {
                let best = row.iter().flatten().copied().reduce(f64::max);
                let alike = row.iter().flatten().count() > 1 && row.iter().flatten().all(|score| Some(*score) == best);
                prop_assert_eq!(first.and_then(|first| row[first]), best.filter(|_| !alike));
            }
        }
    }
}
