//! Who decided a round: the verifier whose vote mattered most, and what else the same votes would have chosen.
//!
//! A vote matters as much as the lead shrinks without it (leave one out). Nothing here decides a round, and the votes may still
//! be incomplete: then it says who is ahead, and why. How it is put into words is left to the screens.

use super::MemberIndex;
use super::agreement::agreement;
use super::candidate::Candidate;
use super::score::Ranking;

/// The votes of a round, as they were counted.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy)]
pub struct Votes<'a> {
    /// The rows of the ranking's scores.
    pub verifiers: &'a [MemberIndex],
    /// The columns.
    pub candidates: &'a [Candidate],
    pub ranking: &'a Ranking,
    /// One per verifier.
    pub weights: &'a [f64],
}

/// The candidate that is ahead, by its place among the candidates, and by how much.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ahead {
    /// Its place.
    pub candidate: usize,
    /// Its score less that of the next; `None` if there is no next, or the next is behind for another reason than its score.
    pub margin: Option<f64>,
}

/// One verifier's vote, as far as it bears on the two best candidates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Vote {
    /// Who.
    pub verifier: MemberIndex,
    /// Whether it drafted the winner.
    pub own: bool,
    /// Its score of the winner.
    pub winner: Option<f64>,
    /// Its score of the runner-up.
    pub second: Option<f64>,
    /// The best score it gives to any candidate other than the winner.
    pub rest: Option<f64>,
    /// The candidate that it scores highest; `None` if it scored none, or all equally.
    pub prefers: Option<usize>,
    /// What would be ahead without it.
    pub without: Option<Ahead>,
}

/// The candidate that most verifiers prefer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Majority {
    /// Its place; if several are preferred equally often, the one that ranks best.
    pub candidate: usize,
    /// The verifiers that prefer it.
    pub votes: usize,
    /// The verifiers that prefer any.
    pub of: usize,
}

/// How a round of at least two scored candidates was decided. Candidates are places among those of the round.
#[derive(Debug, Clone, PartialEq)]
pub struct Deciding {
    /// What is ahead.
    pub winner: usize,
    /// The next.
    pub second: usize,
    /// By how much; `None` if the second is behind for another reason than its score.
    pub margin: Option<f64>,
    /// Every vote, in the order of the verifiers.
    pub votes: Vec<Vote>,
    /// The place among the votes of the one that mattered most; `None` if the winner would be no less ahead without any of them.
    pub deciding: Option<usize>,
    /// What most verifiers prefer; `None` if no verifier prefers any.
    pub majority: Option<Majority>,
    /// What would be ahead without authors' scores of their own drafts.
    pub without_own: Option<Ahead>,
}

/// A lead smaller than this is rounding: sums of the same scores in another order.
const ROUNDING: f64 = 1e-12;

impl Vote {
    /// How much more it gives the winner than the runner-up; `None` if it did not score both.
    #[must_use]
    pub fn difference(&self) -> Option<f64> {
        Some(self.winner? - self.second?)
    }
}

impl Deciding {
    /// How the votes decide; `None` with fewer than two scored candidates. `counts` says by its place which verifier counts: of an
    /// open round those that have scored every candidate, since means over different verifiers cannot be compared.
    #[must_use]
    pub fn of(votes: Votes<'_>, counts: impl Fn(usize) -> bool) -> Option<Self> {
        let mut ranking = votes.ranking.clone();
        for row in (0..votes.verifiers.len()).filter(|row| !counts(*row)) {
            ranking.verifier_scores[row].fill(None);
        }
        ranking.weigh(votes.weights);
        let (winner, second) = match ranking.order.as_slice() {
            [winner, second, ..] if ranking.scores[*winner].and(ranking.scores[*second]).is_some() => (*winner, *second),
            _ => return None,
        };
        let rows: Vec<Vec<Option<f64>>> = ranking.verifier_scores.rows().map(<[_]>::to_vec).collect();
        let firsts = agreement(&rows).firsts;
        let (mut cast, mut leads) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
        for (place, (verifier, row)) in votes.verifiers.iter().zip(&rows).enumerate() {
            let without = without(&ranking, votes.weights, place);
            let rest = row.iter().enumerate().filter(|(column, _)| *column != winner);
            leads.push(lead(&without, winner));
            cast.push(Vote {
                verifier: *verifier,
                own: votes.candidates[winner].authors.contains(verifier),
                winner: row[winner],
                second: row[second],
                rest: rest.filter_map(|(_, score)| *score).reduce(f64::max),
                prefers: firsts[place],
                without: Ahead::of(&without),
            });
        }
        Some(Self {
            winner,
            second,
            margin: ranking.margin,
            deciding: deciding(&leads, lead(&ranking, winner)),
            votes: cast,
            majority: majority(&firsts, &ranking.order),
            without_own: Ahead::of(&without_own(&ranking, votes)),
        })
    }

    /// The vote that mattered most.
    #[must_use]
    pub fn deciding_vote(&self) -> Option<&Vote> {
        self.votes.get(self.deciding?)
    }

    /// Whether another candidate, or none, would be ahead without a vote.
    #[must_use]
    pub fn turns(&self, vote: &Vote) -> bool {
        vote.without.map(|ahead| ahead.candidate) != Some(self.winner)
    }

    /// The votes without any one of which another candidate would be ahead.
    pub fn turning(&self) -> impl Iterator<Item = &Vote> {
        self.votes.iter().filter(|vote| self.turns(vote))
    }

    /// How many of the other verifiers scored both the winner and the runner-up, and how far apart they put them at most.
    #[must_use]
    pub fn others(&self) -> Option<(usize, f64)> {
        let others = self.votes.iter().enumerate().filter(|(place, _)| Some(*place) != self.deciding);
        let apart: Vec<f64> = others.filter_map(|(_, vote)| vote.difference()).map(f64::abs).collect();
        apart.iter().copied().reduce(f64::max).map(|most| (apart.len(), most))
    }

    /// Whether every verifier that prefers a candidate prefers the winner, and at least two do.
    #[must_use]
    pub fn all_agree(&self) -> bool {
        self.majority
            .is_some_and(|majority| majority.candidate == self.winner && majority.votes == majority.of && majority.of > 1)
    }

    /// What most verifiers prefer, if that is not what is ahead.
    #[must_use]
    pub fn outvoted(&self) -> Option<Majority> {
        let ahead = self.votes.iter().filter(|vote| vote.prefers == Some(self.winner)).count();
        self.majority.filter(|majority| majority.candidate != self.winner && majority.votes > ahead)
    }
}

impl Ahead {
    fn of(ranking: &Ranking) -> Option<Self> {
        let candidate = *ranking.order.first()?;
        ranking.scores[candidate].map(|_| Self { candidate, margin: ranking.margin })
    }
}

/// The ranking without one verifier.
fn without(ranking: &Ranking, weights: &[f64], row: usize) -> Ranking {
    let mut without = ranking.clone();
    without.verifier_scores[row].fill(None);
    without.weigh(weights);
    without
}

/// The ranking without what authors say of their own drafts.
fn without_own(ranking: &Ranking, votes: Votes<'_>) -> Ranking {
    let mut without = ranking.clone();
    for (row, verifier) in votes.verifiers.iter().enumerate() {
        for (score, candidate) in without.verifier_scores[row].iter_mut().zip(votes.candidates) {
            if candidate.authors.contains(verifier) {
                *score = None;
            }
        }
    }
    without.weigh(votes.weights);
    without
}

/// How far a candidate is ahead of the best other one of its class; negative if it is behind, infinite if it has no rival.
fn lead(ranking: &Ranking, candidate: usize) -> f64 {
    let Some(own) = ranking.scores[candidate] else { return f64::NEG_INFINITY };
    let rivals = ranking.scores.iter().zip(&ranking.unconfirmed).enumerate();
    let rivals =
        rivals.filter(|(column, (_, unconfirmed))| *column != candidate && **unconfirmed == ranking.unconfirmed[candidate]);
    let best = rivals.filter_map(|(_, (score, _))| *score).reduce(f64::max);
    best.map_or(f64::INFINITY, |best| own - best)
}

/// The place of the smallest lead, if it is smaller than the lead of all votes.
fn deciding(leads: &[f64], lead: f64) -> Option<usize> {
    let least = leads.iter().enumerate().min_by(|(_, one), (_, other)| one.total_cmp(other));
    least.filter(|(_, least)| **least < lead - ROUNDING).map(|(place, _)| place)
}

fn majority(firsts: &[Option<usize>], order: &[usize]) -> Option<Majority> {
    let of = firsts.iter().flatten().count();
    let votes = |candidate: usize| firsts.iter().filter(|first| **first == Some(candidate)).count();
    let counted = order.iter().map(|candidate| Majority { candidate: *candidate, votes: votes(*candidate), of });
    counted.reduce(|best, next| if next.votes > best.votes { next } else { best }).filter(|majority| majority.votes > 0)
}

#[cfg(test)]
mod tests;
