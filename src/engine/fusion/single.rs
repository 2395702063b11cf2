//! Fused against single: would the best single member have been accepted all along?
//!
//! A recorded run has every candidate's score, so the member whose candidates scored highest can be followed from round to round.
//! What it would have written alone, after its own segments, is unknown: each of its candidates continues the fused text.

use std::collections::HashMap;

use super::MemberIndex;
use super::run::{Accepted, Round, Run};
use super::score::ScoringRule;

/// What happened to the strongest member's candidate in a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It was accepted, whether or not others drafted it too.
    Accepted,
    /// Another candidate was.
    PassedOver,
    /// There was none: the member was away, failed or was too late.
    Missing,
    /// The user wrote or edited the segment, so it is no member's candidate.
    ByHand,
}

/// A round of the comparison.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq)]
pub struct Against {
    pub number: usize,
    /// The author of the accepted segment; `None` if the user wrote it.
    pub author: Option<MemberIndex>,
    /// The fused score of the accepted segment.
    pub accepted: Option<f64>,
    /// The fused score of the strongest member's candidate.
    pub single: Option<f64>,
    /// What happened to that candidate.
    pub fate: Fate,
}

/// A run compared with its strongest member.
#[derive(Debug, Clone, PartialEq)]
pub struct Single {
    /// The member with the highest mean fused score over the rounds it drafted in.
    pub strongest: MemberIndex,
    /// That mean.
    pub strength: f64,
    /// Every accepted round in which something was written: one that only ends the answer chooses no segment.
    pub rounds: Vec<Against>,
    /// The rule that scored all these rounds; `None` if it changed.
    pub rule: Option<ScoringRule>,
    /// The mean fused scores of the accepted segments and of the strongest member's candidates, over the rounds in which both
    /// have one; `None` if there is no such round.
    pub means: Option<(f64, f64)>,
}

impl Single {
    /// Segments that are some member's candidate.
    #[must_use]
    pub fn segments(&self) -> usize {
        self.rounds.iter().filter(|round| round.fate != Fate::ByHand).count()
    }

    /// Segments that are another member's candidate, not the strongest member's.
    #[must_use]
    pub fn from_others(&self) -> usize {
        self.rounds.iter().filter(|round| matches!(round.fate, Fate::PassedOver | Fate::Missing)).count()
    }

    /// The comparison of one round.
    #[must_use]
    pub fn round(&self, number: usize) -> Option<&Against> {
        self.rounds.iter().find(|round| round.number == number)
    }
}

/// Compares a run with its strongest member; `None` before any candidate was scored, or if only one member ever drafted.
///
/// A mean of few rounds says little: members that drafted in fewer than half of the rounds are considered only if there are no
/// others. The earlier is the stronger on ties.
#[must_use]
pub fn single(run: &Run) -> Option<Single> {
    let written = run.rounds.iter().map(AsRef::as_ref).filter(|round| !round.only_ends());
    let places: HashMap<&str, usize> =
        (run.members.iter().enumerate().rev()).map(|(place, member)| (&*member.header.name, place)).collect();
    let rounds: Vec<(&Round, &Accepted, Vec<Option<f64>>)> =
        written.filter_map(|round| Some((round, round.accepted.as_ref()?, scores(run, &places, round)))).collect();
    let all: Vec<&[Option<f64>]> = rounds.iter().map(|(_, _, scores)| scores.as_slice()).collect();
    let strengths: Vec<Strength> = (0..run.members.len()).filter_map(|place| strength(MemberIndex(place), &all)).collect();
    if strengths.len() < 2 {
        return None;
    }
    let ranked = rounds.iter().filter(|(_, _, scores)| scores.iter().any(Option::is_some)).count();
    let often: Vec<Strength> = strengths.iter().copied().filter(|known| 2 * known.rounds >= ranked).collect();
    let asked = if often.is_empty() { strengths } else { often };
    let Strength { member: strongest, mean: strength, .. } =
        asked.into_iter().reduce(|best, next| if next.mean > best.mean { next } else { best })?;
    let rule = rounds.first().map(|(round, _, _)| round.params.scoring);
    let rule = rule.filter(|rule| rounds.iter().all(|(round, _, _)| round.params.scoring == *rule));
    let rounds: Vec<Against> =
        rounds.iter().map(|(round, accepted, scores)| against(round, accepted, scores, strongest)).collect();
    let means = means(&rounds);
    Some(Single { strongest, strength, rounds, rule, means })
}

/// The fused score of each member's candidate, by member. The names come with their places, because a long run looks up tens of
/// thousands of them.
fn scores(run: &Run, places: &HashMap<&str, usize>, round: &Round) -> Vec<Option<f64>> {
    let mut scores = vec![None; run.members.len()];
    for candidate in round.ranked.iter().flat_map(|ranked| &ranked.candidates) {
        for place in candidate.authors.iter().filter_map(|name| places.get(&**name)) {
            scores[*place] = candidate.score;
        }
    }
    scores
}

/// How well a member's candidates were scored.
#[derive(Clone, Copy)]
struct Strength {
    member: MemberIndex,
    /// Rounds in which it has a score.
    rounds: usize,
    mean: f64,
}

fn strength(member: MemberIndex, rounds: &[&[Option<f64>]]) -> Option<Strength> {
    let scores = rounds.iter().filter_map(|scores| scores.get(member.0).copied().flatten());
    let (rounds, sum) = scores.fold((0_usize, 0.0), |(count, sum), score| (count + 1, sum + score));
    (rounds > 0).then(|| Strength { member, rounds, mean: sum / rounds as f64 })
}

fn against(round: &Round, accepted: &Accepted, scores: &[Option<f64>], strongest: MemberIndex) -> Against {
    let by_hand = accepted.edited || accepted.is_written();
    let accepted_score = accepted.authors.iter().find_map(|author| scores.get(author.0).copied().flatten());
    Against {
        number: round.number,
        author: accepted.author,
        accepted: accepted_score.filter(|_| !by_hand),
        single: scores.get(strongest.0).copied().flatten(),
        fate: match round.candidate_of(strongest) {
            _ if by_hand => Fate::ByHand,
            _ if accepted.authors.contains(&strongest) => Fate::Accepted,
            Some(_) => Fate::PassedOver,
            None => Fate::Missing,
        },
    }
}

fn means(rounds: &[Against]) -> Option<(f64, f64)> {
    let both: Vec<(f64, f64)> = rounds.iter().filter_map(|round| round.accepted.zip(round.single)).collect();
    let count = both.len() as f64;
    let (fused, single) = both.iter().fold((0.0, 0.0), |(fused, single), (one, other)| (fused + one, single + other));
    (!both.is_empty()).then(|| (fused / count, single / count))
}
