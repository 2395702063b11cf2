//! The sentence at the top of the screen: what is tried, what is waited for, or the caption of what is shown.

use super::caption::{Caption, Keys, Moment, caption, deciding};
use super::matrix::{Matrix, weights};
use super::moment::moment;
use super::over;
use super::shown::Shown;
use crate::clean::DisplayText;
use crate::display;
use crate::engine::fusion::MemberIndex;
use crate::playground::state::action::Action;
use crate::playground::state::parts::run_state::RunState;

/// What stands there.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sentence {
    /// Which round it is about, in words; empty if about none.
    pub about: DisplayText,
    /// What it says, in several forms.
    pub caption: Caption,
    /// Whose vote mattered most in the round.
    pub deciding: Option<MemberIndex>,
}

impl Sentence {
    /// What fits into a line of this many columns, without what it is about.
    pub(super) fn fitting(&self, columns: u16) -> DisplayText {
        self.caption.fitting(columns.saturating_sub(u16::try_from(self.about.chars().count()).unwrap_or(u16::MAX)))
    }
}

/// The sentence for what is shown; `matrix` holds the scores of its round.
pub(super) fn sentence(shown: Shown<'_>, matrix: Option<&Matrix>) -> Sentence {
    let Shown { state, answer, round, single, .. } = shown;
    let newest = state.looking.round.is_none();
    let decided = round.zip(matrix).and_then(|(round, matrix)| deciding(round, matrix, &weights(answer, round)));
    let voter = decided.as_ref().and_then(|decided| decided.deciding_vote()).map(|vote| vote.verifier);
    let without_round = |caption: Caption| Sentence { about: DisplayText::new(), caption, deciding: voter };
    if let Some(tried) = over::what_if_in_words(shown) {
        return without_round(tried.into());
    }
    if let Some(moment) = moment(state, answer, round) {
        return without_round(moment.into());
    }
    let run = state.answers.run_state();
    let [tune, again, go_on] = [Action::Tune, Action::Again, Action::RunPause].map(|action| state.keymap.key(action));
    let caption = caption(Moment {
        answer,
        round,
        matrix,
        deciding: decided.as_ref(),
        state: newest.then_some(run),
        recording: state.answers.is_replay(),
        single,
        keys: Keys { tune: &tune, again: &again, go_on: &go_on },
    });
    let is_over = newest
        && matches!(
            run,
            RunState::Answered
                | RunState::Limit(_)
                | RunState::Stopped
                | RunState::Failed
                | RunState::BrokenOff
                | RunState::RecordingEnds
        );
    let about = round.filter(|_| !is_over).map_or_else(DisplayText::new, |round| display!("round {}: ", round.number));
    Sentence { about, caption, deciding: voter }
}
