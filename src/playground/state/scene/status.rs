//! The status line: what the run is doing, how far it is, what it cost, and under which parameters.

use super::super::answer::Answer;
use super::usage::about_cost;
use super::{counted, duration, figure};
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
    /// What a member's probability of staying is compared with in the selected round.
    pub threshold: Option<f64>,
}

/// The status line.
#[must_use]
pub fn status(facts: Facts<'_>) -> Status {
    let Facts { answer, state, source, now_ms, looking_at, number, params, pace, connecting, threshold } = facts;
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
        let rounds = answer.rounds();
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
        say(7, false, display!("{made} made, {} saved", saved.drafts + saved.scores));
    }
    let params = answer.map_or(params, |answer| &answer.run.params);
    for (rank, text) in ranked(params, threshold) {
        say(rank, false, text);
    }
    if let (Some(pace), Source::Live) = (pace, source) {
        say(8, false, display!("slowed to {pace} tokens/s"));
    }
    if let Some(answer) = answer {
        say(9, false, display!("seed {}", answer.run.header.seed));
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
    DisplayText::joined(ranked(params, None).iter().map(|(_, text)| text), " · ")
}

/// Each of them with its rank; `threshold` is what the exit threshold comes to in the
/// selected round.
fn ranked(params: &Params, threshold: Option<f64>) -> Vec<(u8, DisplayText)> {
    let segment = match (params.draft, params.segment) {
        (DraftRule::Forced, _) => return vec![(4, "lazy drafting".into())],
        (DraftRule::All | DraftRule::Lazy, SegmentUnit::Sentence) => "by sentence".into(),
        (DraftRule::All | DraftRule::Lazy, SegmentUnit::Tokens) => display!("by {} tokens", params.segment_tokens),
        (DraftRule::All | DraftRule::Lazy, SegmentUnit::Words) => display!("by {} words", params.segment_words),
    };
    let mut items: Vec<(u8, DisplayText)> = Vec::new();
    if params.draft == DraftRule::Lazy {
        items.push((4, "lazy drafting where it pays".into()));
    }
    items.push((4, segment));
    // The ranking names the rule as well.
    items.push((6, display!("score: {}", rule_in_words(params.scoring))));
    let exit = match params.exit {
        ExitKind::Off => "no exit".into(),
        ExitKind::Evidence => exit_threshold(params.exit_threshold, threshold),
        ExitKind::Paper => display!("{} (as in the paper)", exit_threshold(params.exit_threshold, threshold)),
    };
    items.push((5, exit));
    items
}

/// The exit threshold, and what it comes to when it is shared among members.
fn exit_threshold(whole: f64, share: Option<f64>) -> DisplayText {
    let members = share.filter(|share| *share > 0.0).map(|share| (whole / share).round());
    // While another threshold is in force than in the round that is looked at, they do not belong together.
    match share.zip(members).filter(|(share, members)| (share * members - whole).abs() < 1e-6) {
        Some((share, members)) => display!("exit threshold {whole}/{members} = {}", figure(share)),
        None => display!("exit threshold {whole}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_threshold_is_shown_as_what_members_are_compared_with() {
        assert_eq!(exit_threshold(0.5, None), "exit threshold 0.5");
        assert_eq!(exit_threshold(0.5, Some(0.1)), "exit threshold 0.5/5 = .100");
        assert_eq!(exit_threshold(0.7, Some(0.1)), "exit threshold 0.7/7 = .100");
        assert_eq!(exit_threshold(0.55, Some(0.1)), "exit threshold 0.55", "of another round");
        assert_eq!(exit_threshold(0.0, Some(0.0)), "exit threshold 0");
    }

    #[test]
    fn parameters_are_named_in_words() {
        assert_eq!(in_force(&Params::default()), "by sentence · score: geometric mean · exit threshold 0.5");
        let off = Params { exit: ExitKind::Off, ..Params::default() };
        assert_eq!(in_force(&off), "by sentence · score: geometric mean · no exit");
    }
}
