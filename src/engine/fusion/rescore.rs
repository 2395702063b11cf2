//! What other parameters would have changed in a recorded run, without calling any model.
//!
//! Each round is decided again from its recorded drafts and scores. The text that a round continues is the recorded one, also
//! after a round whose winner would have been another: what the members would have drafted there nobody knows. Knobs that
//! shape drafting (segment length, sampling, alignment) therefore change nothing here.

use super::MemberIndex;
use super::exit::Standing;
use super::params::Params;
use super::run::Run;
use super::vote::{Electorate, Tally};

/// A recorded round under other parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct RescoredRound {
    /// Its number.
    pub number: usize,
    /// Who would have drafted: those recorded, less those that would have left before.
    pub drafters: Vec<MemberIndex>,
    /// The candidates that would have taken part, by key, best first, with their fused scores.
    pub ranking: Vec<(MemberIndex, Option<f64>)>,
    /// Best minus second best.
    pub margin: Option<f64>,
    /// The key of the candidate that would have won; `None` when no candidate would have been left.
    pub winner: Option<MemberIndex>,
    /// Whether that is another text than was accepted.
    pub differs: bool,
    /// Where each drafter would have stood.
    pub standings: Vec<Standing>,
    /// Who would have left after this round.
    pub exits: Vec<MemberIndex>,
}

impl RescoredRound {
    /// A round in which a person wrote the segment: nothing is decided by scores.
    fn written(number: usize, drafters: Vec<MemberIndex>) -> Self {
        let (ranking, standings, exits) = (Vec::new(), Vec::new(), Vec::new());
        Self { number, drafters, ranking, margin: None, winner: None, differs: false, standings, exits }
    }
}

/// Decides every accepted round of a run again under `params`.
#[must_use]
pub fn rescore(run: &Run, params: &Params) -> Vec<RescoredRound> {
    let mut tally = Tally::new(&run.members);
    let mut gone: Vec<MemberIndex> = Vec::new();
    let present = |mut members: Vec<MemberIndex>, gone: &[MemberIndex]| -> Vec<MemberIndex> {
        members.retain(|member| !gone.contains(member));
        members
    };
    let accepted = run.rounds.iter().filter_map(|round| round.accepted.as_ref().map(|accepted| (round, accepted)));
    accepted
        .map(|(round, accepted)| {
            gone.retain(|member| !round.opening.readmitted.contains(member));
            let drafters = present(round.counting(&round.drafters), &gone);
            let verifiers = round.counting(&round.verifiers);
            let verifiers = if params.exit_keep_verifying { verifiers } else { present(verifiers, &gone) };
            if accepted.is_written() {
                tally.open(round);
                return RescoredRound::written(round.number, drafters);
            }
            let who = Electorate { members: &run.members, drafters: &drafters, verifiers: &verifiers };
            // A person's word holds whatever the knobs are.
            let author = accepted.author.filter(|_| accepted.overridden);
            let by_hand = author.and_then(|author| round.candidate_of(author)).map(|candidate| candidate.key);
            let decision = tally.decide(round, who, params, by_hand);
            let winner = decision.chosen.map(|place| &decision.candidates[place]);
            let exits: Vec<_> =
                decision.standings.iter().filter(|standing| standing.exits).map(|standing| standing.member).collect();
            gone.extend(&exits);
            RescoredRound {
                number: round.number,
                ranking: decision
                    .ranking
                    .order
                    .iter()
                    .map(|place| (decision.candidates[*place].key, decision.ranking.scores[*place]))
                    .collect(),
                margin: decision.ranking.margin,
                winner: winner.map(|candidate| candidate.key),
                differs: by_hand.is_none()
                    && winner.is_none_or(|candidate| candidate.text != accepted.text || candidate.ends != accepted.ends),
                standings: decision.standings,
                exits,
                drafters,
            }
        })
        .collect()
}
