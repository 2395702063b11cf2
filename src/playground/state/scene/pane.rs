//! One member's pane: what it is doing in the selected round, and how fast; its text is the draft's.

use super::super::answer::Answer;
use super::super::roster::Standing;
use super::duration;
use super::lazy::{self, Part};
use crate::clean::{DisplayText, clean_line};
use crate::display;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::{ExitReason, Role};
use crate::engine::fusion::rate;
use crate::engine::fusion::run::{Departure, DraftState, Round};

/// What a member is doing in a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activity {
    /// It is being opened.
    Connecting,
    /// It cannot be reached.
    Away,
    /// Nothing yet: no round has started.
    Ready,
    /// Tokens come.
    Drafting,
    /// Its draft is complete and it has nothing to score now.
    Waiting,
    /// It reads the others' candidates.
    Scoring,
    /// Its candidate was accepted.
    Won,
    /// Another candidate was accepted.
    Lost,
    /// It left by the exit rule.
    Exited,
    /// It failed.
    Failed,
    /// The user excluded it.
    Excluded,
    /// The run ended before the round was decided.
    Stopped,
}

/// Everything about a pane but its text.
#[derive(Debug, Clone, PartialEq)]
pub struct Pane {
    /// Whose.
    pub member: MemberIndex,
    /// What it is doing.
    pub activity: Activity,
    /// Tokens a second of its draft, where known.
    pub tokens_per_second: Option<f64>,
    /// Milliseconds to the first token, where known.
    pub first_token_ms: Option<f64>,
    /// Tokens of its draft.
    pub tokens: usize,
    /// Why it is away or failed, in words; before the first round which model it is; else empty.
    pub note: DisplayText,
    /// How it scores, in words and in one, where that is not exact or no longer what it was; else empty.
    pub scores: [&'static str; 2],
    /// What it cost so far, in words, where its price was given.
    pub cost: Option<DisplayText>,
    /// Whether it is away.
    pub away: bool,
    /// Whether it never took part, so that it has a line and no pane: one that leaves keeps its place, so that nothing jumps.
    pub never: bool,
}

impl Activity {
    /// Every activity.
    pub const ALL: &'static [Self] = &[
        Self::Connecting,
        Self::Away,
        Self::Ready,
        Self::Drafting,
        Self::Waiting,
        Self::Scoring,
        Self::Won,
        Self::Lost,
        Self::Exited,
        Self::Failed,
        Self::Excluded,
        Self::Stopped,
    ];

    /// The activity in a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Away => "away",
            Self::Ready => "ready",
            Self::Drafting => "drafting",
            Self::Waiting => "waiting",
            Self::Scoring => "scoring",
            Self::Won => "won",
            Self::Lost => "lost",
            Self::Exited => "exited",
            Self::Failed => "failed",
            Self::Excluded => "excluded",
            Self::Stopped => "stopped",
        }
    }
}

/// The pane of a member in a round; without a round, before the first.
#[must_use]
pub fn pane(answer: &Answer, round: Option<&Round>, newest: bool, member: MemberIndex) -> Pane {
    let number = round.map_or(0, |round| round.number);
    let mut pane = Pane {
        member,
        activity: Activity::Ready,
        tokens_per_second: None,
        first_token_ms: None,
        tokens: 0,
        note: DisplayText::new(),
        scores: scores(answer, member),
        cost: cost(answer, member),
        away: false,
        never: false,
    };
    if let Some(departure) = answer.absence(member, number) {
        departed(&mut pane, departure);
        return pane;
    }
    let Some(round) = round else {
        at_rest(&mut pane, answer);
        return pane;
    };
    match round.draft(member) {
        Some(DraftState::Open(tokens)) => {
            let timing = answer.timings[member.0];
            pane.tokens = tokens.len();
            if newest && let Some(first) = timing.first_ms {
                let (first, last) = (first - round.started_ms, timing.last_ms - round.started_ms);
                pane.first_token_ms = Some(first);
                pane.tokens_per_second = rate::of_draft(tokens.len(), first, last);
            }
        }
        Some(DraftState::Finished(finished)) => {
            pane.tokens = finished.draft.tokens.len();
            pane.first_token_ms = Some(finished.first_token_ms);
            pane.tokens_per_second = rate::of_draft(pane.tokens, finished.first_token_ms, finished.elapsed_ms);
        }
        Some(DraftState::Failed(error)) => pane.note = clean_line(error),
        None if round.ahead.is_some() => pane.note = "takes no part: lazy drafting".into(),
        None if answer.labels[member.0].drafts => {}
        None => pane.note = "it only verifies".into(),
    }
    pane.activity = match activity(round, member) {
        Activity::Drafting | Activity::Scoring | Activity::Waiting if round.accepted.is_none() && !answer.is_going() => {
            Activity::Stopped
        }
        activity => activity,
    };
    pane
}

/// Of a member that is away: since when, and why.
fn departed(pane: &mut Pane, departure: &Departure) {
    pane.away = true;
    pane.never = departure.round == 0;
    let reason = clean_line(&departure.reason.in_words());
    pane.note = match departure.reason {
        ExitReason::NotReady => reason,
        ExitReason::Retention { .. }
        | ExitReason::Failures { .. }
        | ExitReason::Unusable { .. }
        | ExitReason::Late { .. }
        | ExitReason::Excluded => display!("left {}: {reason}", when(departure.round)),
    };
    pane.activity = match departure.reason {
        ExitReason::Retention { .. } => Activity::Exited,
        ExitReason::Failures { .. } | ExitReason::Unusable { .. } | ExitReason::Late { .. } => Activity::Failed,
        ExitReason::NotReady => Activity::Waiting,
        ExitReason::Excluded => Activity::Excluded,
    };
}

/// Before anything was asked: which model it is, or why it is not there.
fn at_rest(pane: &mut Pane, answer: &Answer) {
    match answer.standings.get(pane.member.0) {
        Some(Standing::Ready(_)) | None => pane.note.clone_from(&answer.labels[pane.member.0].about),
        Some(Standing::Unknown) => {
            pane.activity = Activity::Waiting;
            pane.note = "not connected yet".into();
        }
        Some(Standing::Connecting(what)) => {
            pane.activity = Activity::Connecting;
            pane.note.clone_from(what);
        }
        Some(Standing::Away(reason)) => {
            pane.activity = Activity::Away;
            (pane.away, pane.never) = (true, true);
            pane.note.clone_from(reason);
        }
    }
}

/// How a verifier scores, where the user should know it.
fn scores(answer: &Answer, member: MemberIndex) -> [&'static str; 2] {
    let state = answer.run.member(member);
    let lowered = state.tier != state.header.capabilities.tier;
    if answer.standings.is_empty() && state.header.role != Role::Draft && (lowered || state.tier.judges()) {
        [state.tier.in_words(), if state.tier.judges() { "judges" } else { "lowered" }]
    } else {
        [""; 2]
    }
}

fn when(round: usize) -> DisplayText {
    if round == 0 { "before the first round".into() } else { display!("after round {round}") }
}

fn activity(round: &Round, member: MemberIndex) -> Activity {
    match (lazy::part(round, member), &round.accepted) {
        (Some(Part::Ahead), Some(_)) if round.kept_ahead().is_some_and(|(kept, _)| kept > 0) => return Activity::Won,
        (Some(Part::Verifies), None) if lazy::is_drafting_ahead(round) => return Activity::Waiting,
        (Some(Part::Verifies), None) if round.is_drafting(member) => return Activity::Scoring,
        (Some(Part::None), _) => return Activity::Waiting,
        (Some(Part::Ahead | Part::Verifies) | None, _) => {}
    }
    match (round.draft(member), &round.accepted) {
        (Some(DraftState::Failed(_)), _) => Activity::Failed,
        (Some(_), Some(accepted)) if accepted.authors.contains(&member) => Activity::Won,
        (Some(_), Some(_)) => Activity::Lost,
        (Some(DraftState::Open(_)), None) => Activity::Drafting,
        (Some(DraftState::Finished(_)) | None, None) if is_scoring(round, member) => Activity::Scoring,
        (Some(DraftState::Finished(_)), None) | (None, _) => Activity::Waiting,
    }
}

/// A verifier that has drafted scores as soon as there are two candidates, until it has said something of each.
fn is_scoring(round: &Round, member: MemberIndex) -> bool {
    let candidates = round.candidates();
    let open = |key| round.score(member, key).is_none();
    round.verifiers.contains(&member)
        && candidates.len() > 1
        && candidates.iter().any(|candidate| !candidate.authors.contains(&member) && open(candidate.key))
}

fn cost(answer: &Answer, member: MemberIndex) -> Option<DisplayText> {
    let state = answer.run.member(member);
    let cost = state.cost().filter(|_| !answer.run.rounds.is_empty())?;
    Some(super::usage::paid(cost, state.usage))
}

/// A pane's figures in a line of at most this many columns: what is known of them, the first token's time first left out.
#[must_use]
pub fn figures(pane: &Pane, width: usize) -> DisplayText {
    let mut parts = Vec::new();
    if pane.tokens > 0 {
        parts.push(super::counted(pane.tokens, "token"));
    }
    parts.extend(pane.tokens_per_second.map(|rate| display!("{rate:.0}/s")));
    parts.extend(pane.cost.clone());
    parts.extend(pane.first_token_ms.map(|first| display!("first {}", duration(first))));
    let columns = |parts: &[DisplayText]| parts.iter().map(|part| part.chars().count() + 3).sum::<usize>();
    while columns(&parts) > width + 3 {
        parts.pop();
    }
    DisplayText::joined(&parts, " · ")
}
