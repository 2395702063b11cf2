//! Why a round was won: every score, who agreed, what else would have been chosen, and how the verifiers read the two best
//! candidates token by token, so that the user finds what a wrong segment was accepted for.
//!
//! Computing is here and in `engine::fusion`; how it is put into lines is `words`'s.

mod agreement;
mod alternatives;
mod causes;
mod grid;
mod left_out;
mod notes;
mod scores;
mod sentences;
mod tokens;
mod used;
mod words;

pub use agreement::FirstChoice;
pub use alternatives::Alternative;
pub use left_out::OtherVotes;
pub use scores::{CandidateRow, VerifierScores};
pub use sentences::Sentences;
pub use tokens::{Read, Readings};
pub use words::{beginning, prose};

use super::super::answer::Answer;
use super::matrix::{Matrix, has_voted, matrix};
use super::status::rule_in_words;
use crate::clean::{DisplayStr, DisplayText};
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::run::Round;
use crate::engine::fusion::single::Single;
use crate::playground::state::action::Context;
use crate::playground::state::pages::view::{self, Body, View};

/// The page.
pub const VIEW: View = View {
    title: "why this round was won",
    width: 96,
    height: view::whole,
    context: Context::Keys,
    hints: |_| view::BY_ROUND,
    body: Body::Lines(|of| prose(&why(of.shown.answer, of.shown.round, of.shown.single), of.shown.answer, of.width)),
    next: None,
};

/// The reasons of a round. Candidates are counted from the best, from 0.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Why {
    /// The round; 0 where there is none.
    pub number: usize,
    /// The scoring rule in force, in words.
    pub rule: &'static str,
    /// Best first.
    pub candidates: Vec<CandidateRow>,
    /// A row for each verifier.
    pub verifiers: Vec<VerifierScores>,
    /// In words: who decided it, and why.
    pub caption: DisplayText,
    /// What other votes would have chosen.
    pub other_votes: Vec<OtherVotes>,
    /// In words: margin, agreement, what the user did.
    pub notes: Vec<DisplayText>,
    /// In words: what may have made a wrong candidate win.
    pub causes: Vec<DisplayText>,
    /// In words: how alike the verifiers' orders are.
    pub alike: Option<DisplayText>,
    /// Who would have chosen which candidate alone.
    pub firsts: Vec<FirstChoice>,
    /// What else would have been chosen.
    pub alternatives: Vec<Alternative>,
    /// How the verifiers read the winner and the runner-up.
    pub readings: Vec<Readings>,
    /// The candidates sentence by sentence, where the winner spans several.
    pub sentences: Option<Sentences>,
    /// In words: what was accepted against the strongest member's candidate.
    pub single: Vec<DisplayText>,
}

/// What all parts are made from.
struct Subject<'a> {
    answer: &'a Answer,
    round: &'a Round,
    matrix: Matrix,
    /// The place in the matrix of what was accepted; of what leads where nothing is accepted yet or it is nobody's candidate.
    winner: Option<usize>,
}

impl Subject<'_> {
    /// The candidates' places in the matrix, best first.
    fn order(&self) -> &[usize] {
        &self.matrix.ranking.order
    }

    /// Whether a verifier's vote is complete, by its place in the matrix.
    fn counts(&self, row: usize) -> bool {
        self.round.accepted.is_some() || has_voted(self.round, &self.matrix, row)
    }

    /// Whether every vote is.
    fn has_all_votes(&self) -> bool {
        (0..self.matrix.verifiers.len()).all(|row| self.counts(row))
    }

    /// A member's name.
    fn name(&self, member: MemberIndex) -> DisplayStr<'_> {
        self.answer.name(member)
    }

    /// The authors of a candidate as a sentence names them.
    fn authors(&self, column: usize) -> DisplayText {
        let authors = self.matrix.candidates.get(column).map_or(&[][..], |candidate| &candidate.authors);
        super::listed(&authors.iter().map(|author| self.name(*author)).collect::<Vec<_>>())
    }
}

/// The reasons of the selected round; `single` holds the run against its strongest member.
#[must_use]
pub fn why(answer: &Answer, round: Option<&Round>, single: Option<&Single>) -> Why {
    let Some(round) = round else { return Why::default() };
    let matrix = matrix(answer, round, &round.params);
    let accepted = scores::accepted(round, &matrix);
    let winner = accepted.or_else(|| matrix.ranking.order.first().copied());
    let subject = Subject { answer, round, matrix, winner };
    let several = subject.matrix.candidates.len() > 1;
    let decided = left_out::decided(&subject);
    let verifiers = scores::verifiers(&subject);
    let alternatives = if several { alternatives::alternatives(&subject) } else { Vec::new() };
    let readings = tokens::readings(&subject);
    let sentences = sentences::sentences(&subject);
    Why {
        number: round.number,
        rule: rule_in_words(round.params.scoring),
        candidates: scores::candidates(&subject, accepted),
        caption: left_out::caption(&subject, decided.as_ref()),
        other_votes: decided.map(|decided| left_out::other_votes(&subject, &decided)).unwrap_or_default(),
        notes: notes::notes(&subject),
        causes: causes::causes(&subject, &readings, &alternatives, sentences.as_ref()),
        alike: agreement::alike(&subject).filter(|_| several),
        firsts: if several { agreement::firsts(&subject) } else { Vec::new() },
        single: single.map(|single| super::compared::of_round(single, round.number, answer)).unwrap_or_default(),
        verifiers,
        alternatives,
        readings,
        sentences,
    }
}
