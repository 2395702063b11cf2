//! What happens in a round and why, in one sentence for a reader who has never seen fusion: who decided it, with which two numbers,
//! whether the others cared.
//!
//! A handful of templates, filled from the round's votes ([`deciding`](crate::engine::fusion::deciding)). A narrow line shows less
//! of it, so every caption comes in several forms. `votes` owns rounds that verifiers decide, `over` answers that have ended,
//! `besides` what else happened in a round, `quotes` what is quoted of two drafts.

mod besides;
mod over;
mod quotes;
mod votes;

use unicode_width::UnicodeWidthStr;

use super::super::answer::Answer;
use super::lazy;
use super::listed;
use super::matrix::{Matrix, has_voted};
use crate::clean::{DisplayStr, DisplayText};
use crate::display;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::candidate::Candidate;
use crate::engine::fusion::deciding::Deciding;
use crate::engine::fusion::run::{Accepted, DraftState, Round};
use crate::engine::fusion::single::Single;
use crate::playground::state::parts::run_state::RunState;

/// More authors of a draft than these are counted.
const NAMED: usize = 2;

/// What a caption is made from.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    /// The answer.
    pub answer: &'a Answer,
    /// The round.
    pub round: Option<&'a Round>,
    /// Its scores; `None` without a round.
    pub matrix: Option<&'a Matrix>,
    /// How the votes decide it, or who is ahead.
    pub deciding: Option<&'a Deciding>,
    /// What the run is doing; `None` while the user looks back.
    pub state: Option<RunState>,
    /// Whether it is replayed.
    pub recording: bool,
    /// The run against its strongest member.
    pub single: Option<&'a Single>,
    /// What the user can press.
    pub keys: Keys<'a>,
}

/// The keys that a caption names.
#[derive(Debug, Clone, Copy)]
pub struct Keys<'a> {
    /// Changes knobs.
    pub tune: &'a str,
    /// Asks again.
    pub again: &'a str,
    /// Continues a run that is over without a whole answer.
    pub go_on: &'a str,
}

/// A sentence in several forms.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Caption {
    /// The longest first.
    forms: Vec<DisplayText>,
}

impl Caption {
    /// A sentence that begins with one of these, the longest first, and goes on with as many of these parts as there is room for,
    /// the most important first.
    fn new(heads: &[DisplayText], parts: &[DisplayText]) -> Self {
        let with = |head: &DisplayText, count: usize| DisplayText::joined(std::iter::once(head).chain(&parts[..count]), "; ");
        let mut forms: Vec<DisplayText> = Vec::with_capacity(heads.len() * (parts.len() + 1));
        for head in heads {
            forms.extend((0..=parts.len()).rev().map(|count| with(head, count)));
        }
        Self { forms }
    }

    /// The forms, the longest first.
    #[must_use]
    pub fn forms(&self) -> &[DisplayText] {
        &self.forms
    }

    /// All that there is to say.
    #[must_use]
    pub fn longest(&self) -> DisplayText {
        self.forms.first().cloned().unwrap_or_default()
    }

    /// The longest form that fits into this many columns; the shortest one if none does.
    #[must_use]
    pub fn fitting(&self, columns: u16) -> DisplayText {
        let fits = |form: &&DisplayText| form.width() <= usize::from(columns);
        self.forms.iter().find(fits).or(self.forms.last()).cloned().unwrap_or_default()
    }
}

impl From<DisplayText> for Caption {
    fn from(text: DisplayText) -> Self {
        Self { forms: vec![text] }
    }
}

impl From<&'static str> for Caption {
    fn from(text: &'static str) -> Self {
        DisplayText::from(text).into()
    }
}

/// How the votes of a round decide it; while it is open, those of the verifiers that have scored every candidate. `weights` are
/// the members', by place.
#[must_use]
pub fn deciding(round: &Round, matrix: &Matrix, weights: &[f64]) -> Option<Deciding> {
    let of_verifiers: Vec<f64> =
        matrix.verifiers.iter().map(|verifier| weights.get(verifier.0).copied().unwrap_or(1.0)).collect();
    let votes = crate::engine::fusion::deciding::Votes {
        verifiers: &matrix.verifiers,
        candidates: &matrix.candidates,
        ranking: &matrix.ranking,
        weights: &of_verifiers,
    };
    Deciding::of(votes, |row| round.accepted.is_some() || has_voted(round, matrix, row))
}

/// The caption of a moment.
#[must_use]
pub fn caption(moment: Moment<'_>) -> Caption {
    match moment.state {
        Some(
            RunState::Answered
            | RunState::Limit(_)
            | RunState::Stopped
            | RunState::Failed
            | RunState::BrokenOff
            | RunState::RecordingEnds,
        ) => over::over(moment),
        Some(
            RunState::Ready
            | RunState::Waiting
            | RunState::Starting
            | RunState::Continuing
            | RunState::Answering
            | RunState::Pausing
            | RunState::Paused,
        )
        | None => of_round(moment),
    }
}

/// The caption of a round, whatever the run is doing.
#[must_use]
pub fn of_round(moment: Moment<'_>) -> Caption {
    let Some(round) = moment.round else { return "every member reads the question".into() };
    match &round.accepted {
        Some(accepted) => moment.decided(round, accepted),
        None if moment.answer.is_going() => moment.open(round),
        None => "not finished: nothing of it was accepted".into(),
    }
}

/// The caption of the drafts of a round, before anything is said of the votes on them.
#[must_use]
pub fn drafted(answer: &Answer, round: &Round) -> Caption {
    if let Some(lazily) = lazy::open(answer, round) {
        return lazily.into();
    }
    let moment = Moment::of(answer, round);
    let drafted = round.drafts.iter().filter(|draft| matches!(draft, DraftState::Finished(_))).count();
    let long = match (drafted, round.drafters.as_slice(), round.candidates().len()) {
        (_, [only], _) => display!("{} has drafted the next segment", moment.name(*only)),
        (2.., _, 1) => "all members have drafted the same next segment".into(),
        _ => display!("{drafted} members have drafted the next segment: next, each scores the others' drafts"),
    };
    Caption::new(&[long, "the drafts are in".into()], &besides::besides(&moment, round))
}

/// Who leaves after a round, and why: a sentence each.
#[must_use]
pub fn leaving(answer: &Answer, round: &Round) -> Vec<DisplayText> {
    besides::leaving(&Moment::of(answer, round), round)
}

impl<'a> Moment<'a> {
    /// A round of an answer, without its votes.
    fn of(answer: &'a Answer, round: &'a Round) -> Self {
        let keys = Keys { tune: "", again: "", go_on: "" };
        let (matrix, deciding, state, single) = (None, None, None, None);
        Self { answer, round: Some(round), matrix, deciding, state, recording: false, single, keys }
    }
}

impl Moment<'_> {
    fn name(&self, member: MemberIndex) -> DisplayStr<'_> {
        self.answer.name(member)
    }

    /// Some members as a sentence names them.
    fn named(&self, members: &[MemberIndex]) -> DisplayText {
        let names: Vec<_> = members.iter().map(|member| self.name(*member)).collect();
        match names.as_slice() {
            [first, rest @ ..] if rest.len() >= NAMED => display!("{first} and {} others", rest.len()),
            names => listed(names),
        }
    }

    /// Some members as the owners of what follows.
    fn owned(&self, members: &[MemberIndex]) -> DisplayText {
        // "3 others" ends with an s already.
        display!("{}{}", self.named(members), if members.len() > NAMED { "'" } else { "'s" })
    }

    /// The authors of a candidate as the owners of what follows, by its place.
    fn owners(&self, column: usize) -> DisplayText {
        self.candidate(column).map_or("?".into(), |candidate| self.owned(&candidate.authors))
    }

    /// The authors of a candidate, by its place.
    fn authors(&self, column: usize) -> DisplayText {
        self.candidate(column).map_or("?".into(), |candidate| self.named(&candidate.authors))
    }

    fn candidate(&self, column: usize) -> Option<&Candidate> {
        self.matrix?.candidates.get(column)
    }

    /// How many verifiers have voted, and how many there are.
    fn votes_in(&self, round: &Round) -> (usize, usize) {
        let rows = self.matrix.map_or(0..0, |matrix| 0..matrix.verifiers.len());
        let of = rows.len();
        (rows.filter(|row| self.matrix.is_some_and(|matrix| has_voted(round, matrix, *row))).count(), of)
    }

    fn open(&self, round: &Round) -> Caption {
        if let Some(lazily) = lazy::open(self.answer, round) {
            return lazily.into();
        }
        let parts = besides::besides(self, round);
        let drafting = round.drafts.iter().filter(|draft| matches!(draft, DraftState::Open(_))).count();
        let of = round.drafters.len();
        if drafting > 0 {
            let done = of - drafting;
            let long = match round.drafters.as_slice() {
                [only] => display!("{} drafts the next segment", self.name(*only)),
                _ => display!("each member drafts the next segment: {done} of {of} done"),
            };
            return Caption::new(&[long, display!("drafting: {done} of {of} done")], &parts);
        }
        let (voted, of) = self.votes_in(round);
        match self.deciding {
            Some(deciding) => self.ahead(deciding, display!("{voted} of {of} votes are complete"), parts),
            None if of > 0 && round.taking_part().count() > 1 => {
                let long = display!("each member scores the others' drafts: {voted} of {of} votes are complete");
                Caption::new(&[long, display!("scoring: {voted} of {of} votes complete")], &parts)
            }
            None if !round.drafts.iter().any(|draft| matches!(draft, DraftState::Finished(_))) => {
                Caption::new(&["no draft came".into()], &parts)
            }
            None => Caption::new(&["the drafts are in".into()], &parts),
        }
    }

    fn decided(&self, round: &Round, accepted: &Accepted) -> Caption {
        let parts = besides::besides(self, round);
        if accepted.overridden {
            return Caption::new(&self.by_hand(round, accepted), &parts);
        }
        if let Some(lazily) = lazy::closed(self.answer, round) {
            return Caption::new(&[lazily], &parts);
        }
        match self.deciding {
            Some(deciding) => self.voted(round, deciding, parts),
            None => Caption::new(&self.without_a_vote(accepted), &parts),
        }
    }

    /// The user decided.
    fn by_hand(&self, round: &Round, accepted: &Accepted) -> Vec<DisplayText> {
        let authors = self.named(&accepted.authors);
        if accepted.is_written() {
            return vec!["written by hand: no draft was accepted".into(), "written by hand".into()];
        }
        if accepted.edited {
            return vec![display!("changed by hand: {authors} drafted it, and it was edited"), "changed by hand".into()];
        }
        let short = display!("chosen by hand: {authors}'s draft");
        let chosen = round.chosen_by_hand();
        let best = |deciding: &Deciding| self.candidate(deciding.winner).map(|candidate| candidate.key);
        let long = match self.deciding {
            Some(deciding) if best(deciding) == chosen => display!("{short}, which scored best too"),
            Some(deciding) => display!("{short}; {}'s scored best", self.authors(deciding.winner)),
            None => display!("{short}, before all had voted"),
        };
        vec![long, short]
    }

    /// There was nothing to decide, or nobody could score it.
    fn without_a_vote(&self, accepted: &Accepted) -> Vec<DisplayText> {
        let what = if accepted.text.trim().is_empty() { "the answer ends here" } else { "accepted without a vote" };
        let several = self.matrix.is_some_and(|matrix| matrix.candidates.len() > 1);
        match accepted.authors.as_slice() {
            _ if several => {
                vec![display!("no verifier could score two drafts: {}'s was accepted", self.named(&accepted.authors))]
            }
            [only] => vec![display!("only {} drafted: {what}", self.name(*only)), what.into()],
            authors => vec![display!("all {} drafted the same: {what}", authors.len()), what.into()],
        }
    }
}
