//! One member's pane: what it is doing in the round looked at, its candidate wrapped, each token with its shade.

use super::super::flow::Flow;
use super::super::play::Play;
use super::duration;
use crate::clean::{Cleaner, clean_line};
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::candidate::DraftToken;
use crate::engine::fusion::event::ExitReason;
use crate::engine::fusion::run::{DraftState, Round};

/// What a member is doing in a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activity {
    /// Nothing yet: no round has begun.
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
    /// A person excluded it.
    Excluded,
}

/// What shades the tokens of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shading {
    /// Nothing.
    Off,
    /// The probability that its author gave each token.
    #[default]
    Probability,
    /// How far apart the members' probabilities of each token are.
    Disagreement,
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
    pub note: String,
    /// Whether it is away, so that its pane shrinks to a line.
    pub away: bool,
}

/// Tag of the text that was drawn beyond the cut.
pub const BEYOND: u32 = u32::MAX - 1;
/// Tag of words of ours in a pane.
pub const REMARK: u32 = u32::MAX;

impl Activity {
    /// Every activity.
    pub const ALL: &'static [Self] = &[
        Self::Ready,
        Self::Drafting,
        Self::Waiting,
        Self::Scoring,
        Self::Won,
        Self::Lost,
        Self::Exited,
        Self::Failed,
        Self::Excluded,
    ];

    /// The activity in a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Drafting => "drafting",
            Self::Waiting => "waiting",
            Self::Scoring => "scoring",
            Self::Won => "won",
            Self::Lost => "lost",
            Self::Exited => "exited",
            Self::Failed => "failed",
            Self::Excluded => "excluded",
        }
    }
}

impl Shading {
    /// The next one, round and round.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Off => Self::Probability,
            Self::Probability => Self::Disagreement,
            Self::Disagreement => Self::Off,
        }
    }

    /// The shading in words.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Off => "no shading",
            Self::Probability => "shaded by token probability",
            Self::Disagreement => "shaded by disagreement",
        }
    }
}

/// The pane of a member in a round; without a round, before the first.
#[must_use]
pub fn pane(play: &Play, round: Option<&Round>, newest: bool, member: MemberIndex) -> Pane {
    let number = round.map_or(0, |round| round.number);
    let mut pane = Pane {
        member,
        activity: Activity::Ready,
        tokens_per_second: None,
        first_token_ms: None,
        tokens: 0,
        note: String::new(),
        away: false,
    };
    if let Some(departure) = play.absence(member, number) {
        pane.away = true;
        pane.note = format!("left {}: {}", when(departure.round), clean_line(&departure.reason.in_words()));
        pane.activity = match departure.reason {
            ExitReason::Retention { .. } => Activity::Exited,
            ExitReason::Failures { .. } | ExitReason::Unusable { .. } => Activity::Failed,
            ExitReason::Excluded => Activity::Excluded,
        };
        return pane;
    }
    let Some(round) = round else {
        pane.note.clone_from(&play.labels[member.0].about);
        return pane;
    };
    match round.draft(member) {
        Some(DraftState::Open(tokens)) => {
            let timing = play.timings[member.0];
            pane.tokens = tokens.len();
            if newest && let Some(first) = timing.first_ms {
                pane.first_token_ms = Some(first - round.started_ms);
                pane.tokens_per_second = rate(tokens.len(), timing.last_ms - first);
            }
        }
        Some(DraftState::Finished(finished)) => {
            pane.tokens = finished.draft.tokens.len();
            pane.first_token_ms = Some(finished.first_token_ms);
            pane.tokens_per_second = rate(pane.tokens, finished.elapsed_ms - finished.first_token_ms);
        }
        Some(DraftState::Failed(error)) => pane.note = clean_line(error),
        None if play.labels[member.0].drafts => {}
        None => "it only verifies".clone_into(&mut pane.note),
    }
    pane.activity = activity(round, member);
    pane
}

fn when(round: usize) -> String {
    if round == 0 { "before the first round".to_owned() } else { format!("after round {round}") }
}

/// Tokens a second between the first token and the last.
fn rate(tokens: usize, milliseconds: f64) -> Option<f64> {
    (tokens > 1 && milliseconds > 0.0).then(|| (tokens - 1) as f64 * 1000.0 / milliseconds)
}

fn activity(round: &Round, member: MemberIndex) -> Activity {
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

/// A pane's figures in a line of at most so many columns: what is known of them, the first token's time first left out.
#[must_use]
pub fn figures(pane: &Pane, width: usize) -> String {
    let mut parts = Vec::new();
    if pane.tokens > 0 {
        parts.push(super::counted(pane.tokens, "token"));
    }
    parts.extend(pane.tokens_per_second.map(|rate| format!("{rate:.0}/s")));
    parts.extend(pane.first_token_ms.map(|first| format!("first {}", duration(first))));
    let columns = |parts: &[String]| parts.iter().map(|part| part.chars().count() + 3).sum::<usize>();
    while columns(&parts) > width + 3 {
        parts.pop();
    }
    parts.join(" · ")
}

/// The text of a pane: taken in token by token, wrapped once.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PaneText {
    /// Which round of which play this is, and how far it has come.
    shown: Option<Shown>,
    cleaner: Cleaner,
    flow: Flow,
    /// The shade of each token, 0 (improbable, disputed) to 4.
    shades: Vec<u8>,
    /// The line that the reader put at the top.
    top: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Shown {
    play: usize,
    started_ms: f64,
    tokens: usize,
    open: bool,
}

impl PaneText {
    /// The wrapped text; tags are places of tokens, [`BEYOND`] or [`REMARK`].
    #[must_use]
    pub fn flow(&self) -> &Flow {
        &self.flow
    }

    /// The shade of a token, where it has one.
    #[must_use]
    pub fn shade(&self, tag: u32) -> Option<u8> {
        self.shades.get(tag as usize).copied()
    }

    /// The first visible line of so many: the reader's, else the end while tokens come and the beginning when all are there.
    #[must_use]
    pub fn top(&self, height: usize) -> usize {
        let last = self.flow.lines().saturating_sub(height);
        let open = self.shown.is_some_and(|shown| shown.open);
        self.top.unwrap_or(if open { last } else { 0 }).min(last)
    }

    /// Scrolls by lines.
    pub fn scroll(&mut self, lines: isize, height: usize) {
        let last = self.flow.lines().saturating_sub(height);
        self.top = Some(self.top(height).saturating_add_signed(lines).min(last));
    }

    /// Brings the text up to date: what is there already is not wrapped again. Where there is no draft the note stands.
    pub fn refresh(
        &mut self,
        play: (usize, &Play),
        round: Option<&Round>,
        member: MemberIndex,
        shading: Shading,
        width: u16,
        note: &str,
    ) {
        self.flow.set_width(width);
        let Some((round, draft)) = round.and_then(|round| Some((round, round.draft(member)?))) else {
            *self = Self { flow: Flow::new(width), ..Self::default() };
            self.flow.push(note, REMARK);
            return;
        };
        let (tokens, open): (&[DraftToken], bool) = match draft {
            DraftState::Open(tokens) => (tokens, true),
            DraftState::Finished(finished) => (&finished.draft.tokens, false),
            DraftState::Failed(_) => (&[], false),
        };
        let now = Shown { play: play.0, started_ms: round.started_ms, tokens: tokens.len(), open };
        let known = self.shown.filter(|was| {
            was.play == now.play
                && was.started_ms.total_cmp(&now.started_ms).is_eq()
                && was.open == now.open
                && was.tokens <= now.tokens
        });
        let from = known.map_or(0, |was| was.tokens);
        if known.is_none() {
            (self.cleaner, self.flow) = (Cleaner::default(), Flow::new(width));
            // A draft that has just been completed is the same text to its reader.
            let same_round =
                self.shown.is_some_and(|was| was.play == now.play && was.started_ms.total_cmp(&now.started_ms).is_eq());
            self.top = self.top.filter(|_| same_round);
        }
        for (place, token) in tokens.iter().enumerate().skip(from) {
            let text = self.cleaner.push(&token.text);
            // A segment begins with the space that parts it from the text before; a pane has no text before.
            let text = if self.flow.is_empty() { text.trim_start_matches(' ') } else { &text };
            self.flow.push(text, place as u32);
        }
        if known.is_none() && matches!(draft, DraftState::Failed(_)) {
            self.flow.push(note, REMARK);
        }
        if known.is_none()
            && let DraftState::Finished(finished) = draft
        {
            self.flow.push(&self.cleaner.push(&finished.beyond), BEYOND);
            if finished.draft.ends {
                self.flow.push(if self.flow.is_empty() { "[the answer ends here]" } else { " [end]" }, REMARK);
            }
        }
        self.shown = Some(now);
        self.shades = shades(round, member, tokens, shading);
    }
}

fn shades(round: &Round, member: MemberIndex, tokens: &[DraftToken], shading: Shading) -> Vec<u8> {
    match shading {
        Shading::Off => Vec::new(),
        Shading::Probability => tokens.iter().map(|token| shade(f64::from(token.logprob).exp(), &PROBABILITY)).collect(),
        Shading::Disagreement => {
            spreads(round, member, tokens).into_iter().map(|spread| shade(1.0 - spread, &AGREEMENT)).collect()
        }
    }
}

/// Below which probability a token gets shade 0, 1, 2, 3.
const PROBABILITY: [f64; 4] = [0.05, 0.25, 0.5, 0.8];
/// The same for 1 less the spread of the members' probabilities.
const AGREEMENT: [f64; 4] = [0.3, 0.6, 0.8, 0.95];

fn shade(value: f64, steps: &[f64; 4]) -> u8 {
    steps.iter().filter(|step| value >= **step).count() as u8
}

/// For each token how far apart its author's and the verifiers' probabilities are, 0 to 1.
///
/// A trace records a verifier's log-probabilities, not its tokens: where a verifier has as many as the author they are taken to
/// be the same tokens; one with another tokenizer counts by its geometric mean, for all tokens alike.
fn spreads(round: &Round, member: MemberIndex, tokens: &[DraftToken]) -> Vec<f64> {
    let Some(candidate) = round.candidate_of(member) else { return vec![0.0; tokens.len()] };
    let others: Vec<&[f32]> = round
        .verifiers
        .iter()
        .filter_map(|verifier| round.score(*verifier, candidate.key)?.logprobs.as_deref().ok())
        .filter(|logprobs| !logprobs.is_empty())
        .collect();
    let own = round.own_logprobs(member).map_or(0, <[f32]>::len);
    let probability = |logprobs: &[f32], place: usize| {
        if logprobs.len() == own {
            return f64::from(logprobs[place]).exp();
        }
        (logprobs.iter().map(|logprob| f64::from(*logprob)).sum::<f64>() / logprobs.len() as f64).exp()
    };
    let spread = |(place, token): (usize, &DraftToken)| {
        let own = f64::from(token.logprob).exp();
        let all = others.iter().map(|logprobs| probability(logprobs, place));
        let (low, high) = all.fold((own, own), |(low, high), next| (low.min(next), high.max(next)));
        high - low
    };
    // A candidate cut shorter by alignment has fewer log-probabilities than its draft has tokens.
    tokens.iter().enumerate().take(own).map(spread).collect()
}
