//! The status line: what the run is doing, how far it is, what it cost, and under which parameters.

use super::super::answer::Answer;
use super::usage::about_cost;
use super::{counted, duration};
use crate::clean::DisplayText;
use crate::display;
use crate::engine::fusion::lazy::DraftRule;
use crate::engine::fusion::params::{Choice, ExitKind, Params};
use crate::engine::fusion::rate;
use crate::engine::fusion::run::{Round, Run};
use crate::engine::fusion::score::ScoringRule;
use crate::engine::fusion::segment::SegmentUnit;
pub use crate::playground::state::parts::run_state::RunState;
use crate::playground::state::parts::source::Source;

/// One thing that the status line says, if there is room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// In words.
    pub text: DisplayText,
    /// Of several that do not fit the highest number goes first.
    pub rank: u8,
    /// Whether it must not be overlooked.
    pub strong: bool,
}

/// The status line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// What the run is doing.
    pub state: RunState,
    /// Left to right.
    pub items: Vec<Item>,
}

/// What the status line is made from.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The answer looked at; none before anything was asked.
    pub answer: Option<&'a Answer>,
    /// What the newest run is doing.
    pub state: RunState,
    /// Where events come from.
    pub source: &'a Source,
    /// The run's clock, in milliseconds since its start.
    pub now_ms: f64,
    /// The number of the selected round where it is not the newest.
    pub looking_at: Option<usize>,
    /// The number of the answer looked at, if there are several.
    pub number: Option<usize>,
    /// The knobs that the next run starts with.
    pub params: &'a Params,
    /// Tokens a second that members in this process are slowed down to, where any takes part.
    pub pace: Option<u32>,
    /// Members that are being connected.
    pub connecting: &'a [DisplayText],
}

/// The status line.
#[must_use]
pub fn status(facts: Facts<'_>) -> Status {
    let Facts { answer, state, source, now_ms, looking_at, number, params, pace, connecting } = facts;
    let mut items = Vec::new();
    let mut say = |rank: u8, strong: bool, text: DisplayText| items.push(Item { text, rank, strong });
    if !connecting.is_empty() {
        say(0, true, connecting_to(connecting));
    }
    if let Source::Replay(replay) = source {
        say(0, true, display!("replay ×{}", replay.speed));
        say(3, false, replay.file.clone());
    }
    if let Some(answer) = answer {
        let run = &answer.run;
        let rounds = answer.last_round().map_or(0, |last| last + 1);
        let of = number.map_or_else(DisplayText::new, |number| display!("answer {number}, "));
        match looking_at {
            Some(number) => say(0, true, display!("looking at {of}round {number} of {rounds}")),
            None if answer.is_closed() => say(1, false, display!("{of}{}", counted(rounds, "round"))),
            None => say(1, false, display!("{of}round {rounds}")),
        }
        if is_steered(run) {
            say(1, true, "steered".into());
        }
        // The time of the models, not of the reader between two rounds.
        let worked = answer.idle.worked_ms(if answer.is_going() { now_ms.max(run.t_ms) } else { run.t_ms });
        say(2, false, duration(worked));
        let tokens = run.tokens();
        if tokens > 0 {
            let at = rate::tokens_per_second(tokens, worked).map_or_else(DisplayText::new, |rate| display!(" at {rate:.0}/s"));
            say(3, false, display!("{}{at}", counted(tokens, "token")));
        }
        if let Some(dollars) = run.cost() {
            say(3, false, about_cost(dollars, run.cost_is_guessed()));
        }
        let (made, saved) = (run.calls, run.calls_saved());
        let made = counted(made.drafts + made.scores, "call");
        say(5, false, display!("{made} made, {} saved", saved.drafts + saved.scores));
    }
    let params = answer.map_or(params, |answer| &answer.run.params);
    say(4, false, in_force(params));
    if let (Some(pace), Source::Live) = (pace, source) {
        say(6, false, display!("slowed to {pace} tokens/s"));
    }
    if let Some(answer) = answer {
        say(7, false, display!("seed {}", answer.run.header.seed));
    }
    Status { state, items }
}

/// Whether something that the user did is part of the answer in sight, or can still be undone.
fn is_steered(run: &Run) -> bool {
    let touched = |round: &Round| {
        let chosen = round.accepted.as_ref().is_some_and(|accepted| accepted.overridden || accepted.edited);
        let weighed = round.opening.weights.iter().any(|(_, weight)| weight.is_some());
        chosen || weighed || !round.redrafted.is_empty() || !round.excluded.is_empty() || !round.opening.readmitted.is_empty()
    };
    run.steered && (run.history.undoable().is_some() || run.rounds.iter().any(|round| touched(round)))
}

fn connecting_to(names: &[DisplayText]) -> DisplayText {
    match names {
        [one, two, more @ ..] if !more.is_empty() => display!("connecting to {one}, {two} and {} more …", more.len()),
        few => display!("connecting to {} …", DisplayText::joined(few, " and ")),
    }
}

/// A scoring rule as a reader understands it: its own name where that says what it is.
#[must_use]
pub fn rule_in_words(rule: ScoringRule) -> &'static str {
    match rule {
        ScoringRule::Geometric => "geometric mean",
        ScoringRule::MeanProb
        | ScoringRule::MeanLogprob
        | ScoringRule::MinProb
        | ScoringRule::PerChar
        | ScoringRule::SumLogprob => rule.name(),
    }
}

/// The parameters that decide most, in few words.
#[must_use]
pub fn in_force(params: &Params) -> DisplayText {
    let segment = match (params.draft, params.segment) {
        (DraftRule::Forced, _) => return "lazy drafting".into(),
        (DraftRule::All | DraftRule::Lazy, SegmentUnit::Sentence) => "by sentence".into(),
        (DraftRule::All | DraftRule::Lazy, SegmentUnit::Tokens) => display!("by {} tokens", params.segment_tokens),
        (DraftRule::All | DraftRule::Lazy, SegmentUnit::Words) => display!("by {} words", params.segment_words),
    };
    let lazy = if params.draft == DraftRule::Lazy { "lazy drafting where it pays · " } else { "" };
    let exit = match params.exit {
        ExitKind::Off => "no exit".into(),
        ExitKind::Evidence => display!("exit threshold {}", params.exit_threshold),
        ExitKind::Paper => display!("exit threshold {} (as in the paper)", params.exit_threshold),
    };
    display!("{lazy}{segment} · score: {} · {exit}", rule_in_words(params.scoring))
}
