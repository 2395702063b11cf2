//! The status line: what the run is doing, how far it is, what it cost, and under which parameters.

use super::super::Source;
use super::super::play::Play;
use super::usage::about_cost;
use super::{counted, duration};
use crate::engine::fusion::event::Outcome;
use crate::engine::fusion::lazy::DraftRule;
use crate::engine::fusion::params::{Choice, ExitKind, Params};
use crate::engine::fusion::run::Phase;
use crate::engine::fusion::segment::SegmentUnit;

/// What the run is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    /// Nothing was asked yet.
    Ready,
    /// A question waits for members that are being connected.
    Waiting,
    /// The members read the question.
    Starting,
    /// Rounds continue.
    Answering,
    /// The open round is the last until it is told to continue.
    Pausing,
    /// No round starts until it is told to.
    Paused,
    /// The answer is complete.
    Answered,
    /// A limit ended it.
    Limit,
    /// The user ended it.
    Stopped,
    /// Nobody was left to draft.
    Failed,
    /// The recording breaks off.
    BrokenOff,
}

/// One thing that the status line says, if there is room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// In words.
    pub text: String,
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

impl RunState {
    /// The state in a word or two.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Waiting => "waiting",
            Self::Starting => "reading",
            Self::Answering => "answering",
            Self::Pausing => "pausing after this round",
            Self::Paused => "paused",
            Self::Answered => "answered",
            Self::Limit => "stopped at a limit",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
            Self::BrokenOff => "the recording ends here",
        }
    }

    /// Whether something happens without a key being pressed.
    #[must_use]
    pub fn is_busy(self) -> bool {
        match self {
            Self::Waiting | Self::Starting | Self::Answering | Self::Pausing => true,
            Self::Ready | Self::Paused | Self::Answered | Self::Limit | Self::Stopped | Self::Failed | Self::BrokenOff => false,
        }
    }
}

/// What the run is doing; `asking` says whether a question is on its way, `waits` whether it waits for members.
#[must_use]
pub fn run_state(play: Option<&Play>, source: &Source, asking: bool, waits: bool) -> RunState {
    let Some(play) = play.filter(|_| !asking) else {
        return match source {
            // Nothing of it was played yet.
            Source::Replay(replay) if !replay.playing => RunState::Paused,
            Source::Replay(_) => RunState::Starting,
            Source::Live if waits => RunState::Waiting,
            Source::Live if asking => RunState::Starting,
            Source::Live => RunState::Ready,
        };
    };
    let open = play.run.open_round().is_some();
    match (&play.run.phase, source) {
        (Phase::Finished(Outcome::Answered), _) => RunState::Answered,
        (Phase::Finished(Outcome::TokenLimit | Outcome::RoundLimit | Outcome::ContextLimit), _) => RunState::Limit,
        (Phase::Finished(Outcome::Stopped), _) => RunState::Stopped,
        (Phase::Finished(Outcome::NoMembers { .. }), _) => RunState::Failed,
        (_, Source::Replay(replay)) if replay.over => RunState::BrokenOff,
        (Phase::Running | Phase::Paused, _) if play.broken_off => RunState::BrokenOff,
        (_, Source::Replay(replay)) if !replay.playing => RunState::Paused,
        (Phase::Paused, _) if open => RunState::Pausing,
        (Phase::Paused, _) => RunState::Paused,
        (Phase::Running, _) => RunState::Answering,
    }
}

/// What the status line is made from.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The play looked at; none before anything was asked.
    pub play: Option<&'a Play>,
    /// What the newest run is doing.
    pub state: RunState,
    /// Where events come from.
    pub source: &'a Source,
    /// The run's clock, in milliseconds since its start.
    pub now_ms: f64,
    /// The number of the selected round where it is not the newest.
    pub looking_at: Option<usize>,
    /// The knobs that the next run starts with.
    pub params: &'a Params,
    /// Tokens a second that members in this process are slowed down to, where any takes part.
    pub pace: Option<u32>,
    /// Members that are being connected.
    pub connecting: &'a [String],
}

/// The status line.
#[must_use]
pub fn status(facts: Facts<'_>) -> Status {
    let Facts { play, state, source, now_ms, looking_at, params, pace, connecting } = facts;
    let mut items = Vec::new();
    let mut say = |rank: u8, strong: bool, text: String| items.push(Item { text, rank, strong });
    if !connecting.is_empty() {
        say(0, true, connecting_to(connecting));
    }
    if let Source::Replay(replay) = source {
        say(0, true, format!("replay ×{}", replay.speed));
    }
    if let Some(play) = play {
        let run = &play.run;
        let rounds = run.rounds.len();
        match looking_at {
            Some(number) => say(0, true, format!("looking at round {number} of {rounds}")),
            None => say(1, false, format!("round {rounds}")),
        }
        if run.steered {
            say(1, true, "steered".to_owned());
        }
        let elapsed = if play.is_going() { now_ms.max(run.t_ms) } else { run.t_ms };
        say(2, false, duration(elapsed));
        let tokens = run.tokens();
        if tokens > 0 && elapsed > 0.0 {
            let rate = tokens as f64 * 1000.0 / elapsed;
            say(3, false, format!("{} at {rate:.0}/s", counted(tokens, "token")));
        }
        if let Some(dollars) = run.cost() {
            say(3, false, about_cost(dollars, run.cost_is_guessed()));
        }
        let (made, saved) = (run.calls, run.calls_saved());
        let made = counted(made.drafts + made.scores, "call");
        say(5, false, format!("{made} made, {} saved", saved.drafts + saved.scores));
    }
    let params = play.map_or(params, |play| &play.run.params);
    say(4, false, in_force(params));
    if let (Some(pace), Source::Live) = (pace, source) {
        say(6, false, format!("slowed to {pace} tokens/s"));
    }
    if let Some(play) = play {
        say(7, false, format!("seed {}", play.run.header.seed));
    }
    Status { state, items }
}

fn connecting_to(names: &[String]) -> String {
    match names {
        [one, two, more @ ..] if !more.is_empty() => format!("connecting to {one}, {two} and {} more …", more.len()),
        few => format!("connecting to {} …", few.join(" and ")),
    }
}

/// The parameters that decide most, in few words.
#[must_use]
pub fn in_force(params: &Params) -> String {
    let segment = match (params.draft, params.segment) {
        (DraftRule::Forced, _) => return "lazy drafting".to_owned(),
        (DraftRule::All | DraftRule::Lazy, SegmentUnit::Sentence) => "by sentence".to_owned(),
        (DraftRule::All | DraftRule::Lazy, SegmentUnit::Tokens) => format!("by {} tokens", params.segment_tokens),
        (DraftRule::All | DraftRule::Lazy, SegmentUnit::Words) => format!("by {} words", params.segment_words),
    };
    let lazy = if params.draft == DraftRule::Lazy { "lazy drafting where it pays · " } else { "" };
    let exit = match params.exit {
        ExitKind::Off => "no exit".to_owned(),
        ExitKind::Paper | ExitKind::Evidence => format!("exit {} δ {}", params.exit.name(), params.exit_threshold),
    };
    format!("{lazy}{segment} · {} · {exit}", params.scoring.name())
}
