//! The text of a pane: a draft wrapped as its tokens come, each with a shade.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::super::answer::Answer;
use super::super::flow::Flow;
use super::lazy::NOT_SURE;
use super::unlike::unlike;
use crate::clean::{Cleaner, DisplayStr, DisplayText, clean_line};
use crate::display;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::candidate::DraftToken;
use crate::engine::fusion::event::Thought;
use crate::engine::fusion::run::{DraftState, Round};

/// What shades the tokens of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Shading {
    /// Nothing.
    Off,
    /// The probability that its author gave each token.
    #[default]
    Probability,
    /// How far apart the members' probabilities of each token are.
    Disagreement,
}

/// Tag of the text that was drawn beyond the cut, or that another member did not keep.
pub const BEYOND: u32 = u32::MAX - 1;
/// Characters of a thought's end that its line shows.
const THOUGHT_SHOWN: usize = 60;

/// Tag of words of ours in a pane.
pub const REMARK: u32 = u32::MAX;

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

/// The text of a pane: taken in token by token, wrapped once.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PaneText {
    /// Which round of which answer this is, and how far it has come.
    shown: Option<Shown>,
    cleaner: Cleaner,
    flow: Flow,
    /// The shade of each token, 0 (improbable, disputed) to 4.
    shades: Vec<u8>,
    /// The tokens that other drafts do not have, where they are compared.
    unlike: Option<Range<usize>>,
}

/// Which draft of a member a text is: a draft that has just been completed is the same to its reader.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DraftKey {
    /// The answer's place in the session.
    pub answer: usize,
    /// When its round started, in milliseconds of the run.
    pub started_ms: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Shown {
    draft: DraftKey,
    tokens: usize,
    /// What was taken in: in place of an answer another may begin, with a draft that started as early.
    taken: u64,
    open: bool,
    /// Tokens that were kept of it, where it was drafted for another member.
    kept: Option<usize>,
    /// The author's thought stands in full.
    unfolded: bool,
}

impl Shown {
    /// Whether only tokens were added to it since to make `now` of this draft.
    fn grows_to(&self, now: &Self, draft: &DraftState) -> bool {
        self.draft == now.draft
            && self.open == now.open
            && self.kept == now.kept
            && self.unfolded == now.unfolded
            && self.tokens <= now.tokens
            && self.taken == digest(draft, self.tokens)
    }
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

    /// Whether most other drafts have a token too.
    #[must_use]
    pub fn is_shared(&self, tag: u32) -> bool {
        self.unlike.as_ref().is_some_and(|unlike| !unlike.contains(&(tag as usize)))
    }

    /// The draft that it shows, if it shows one.
    #[must_use]
    pub fn draft(&self) -> Option<DraftKey> {
        self.shown.map(|shown| shown.draft)
    }

    /// Whether tokens are still coming.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.shown.is_some_and(|shown| shown.open)
    }

    /// Brings the text up to date: what is there already is not wrapped again. Where there is not a draft the note stands. What its
    /// author thought before is a line below it, or, `unfolded`, all that is kept of it.
    pub fn refresh(
        &mut self,
        answer: (usize, &Answer),
        round: Option<&Round>,
        member: MemberIndex,
        (shading, unfolded): (Shading, bool),
        width: u16,
        note: DisplayStr<'_>,
    ) {
        self.flow.set_width(width);
        let Some((round, draft)) = round.and_then(|round| Some((round, round.draft(member)?))) else {
            *self = Self { flow: Flow::new(width), ..Self::default() };
            self.flow.push(note, REMARK);
            return;
        };
        let (tokens, open) = tokens(draft);
        let ahead = round.ahead.as_ref().is_some_and(|ahead| ahead.member == member);
        let kept = round.kept_ahead().filter(|_| ahead).map(|(kept, _)| kept);
        let draft_shown = DraftKey { answer: answer.0, started_ms: round.started_ms };
        let taken = digest(draft, tokens.len());
        let now = Shown { draft: draft_shown, tokens: tokens.len(), taken, open, kept, unfolded };
        // The note of a failure changes when its member leaves.
        let failed = matches!(draft, DraftState::Failed(_));
        let known = self.shown.filter(|was| was.grows_to(&now, draft) && !failed);
        let from = known.map_or(0, |was| was.tokens);
        if known.is_none() {
            (self.cleaner, self.flow) = (Cleaner::default(), Flow::new(width));
        }
        for (place, token) in tokens.iter().enumerate().skip(from) {
            let text = self.cleaner.push(&token.text);
            // A segment starts with the space that parts it from the text before; a pane has no text before.
            let text = text.as_display();
            let text = if self.flow.is_empty() { text.trim_start_blanks() } else { text };
            let is_kept = kept.is_none_or(|kept| place < kept);
            self.flow.push(text, if is_kept { place as u32 } else { BEYOND });
        }
        if known.is_none() && ahead && !open && tokens.is_empty() {
            self.flow.push(NOT_SURE, REMARK);
        }
        if known.is_none() {
            self.end(draft, note, unfolded);
        }
        self.shown = Some(now);
        self.shades = shades(round, member, tokens, shading);
    }

    /// Adds what follows the tokens of a draft that is not open any more.
    fn end(&mut self, draft: &DraftState, note: DisplayStr<'_>, unfolded: bool) {
        match draft {
            DraftState::Open(_) => {}
            DraftState::Failed(_) => self.flow.push(note, REMARK),
            DraftState::Finished(finished) => {
                // Beside other drafts it would pass for a part of the candidate.
                if unfolded {
                    self.flow.push(&self.cleaner.push(&finished.beyond), BEYOND);
                }
                if finished.draft.ends {
                    self.flow.push(if self.flow.is_empty() { "[the answer ends here]" } else { " [end]" }, REMARK);
                }
                self.flow.push(&thought(&finished.thought, unfolded, self.flow.is_empty()), REMARK);
            }
        }
    }
}

/// The tokens of a draft so far, and whether more may come.
fn tokens(draft: &DraftState) -> (&[DraftToken], bool) {
    match draft {
        DraftState::Open(tokens) => (tokens, true),
        DraftState::Finished(finished) => (&finished.draft.tokens, false),
        DraftState::Failed(_) => (&[], false),
    }
}

/// A digest of a draft's first tokens, and, once it has come to its end, of how it ends.
fn digest(draft: &DraftState, count: usize) -> u64 {
    let mut digest = DefaultHasher::new();
    for token in tokens(draft).0.iter().take(count) {
        token.text.hash(&mut digest);
    }
    if let DraftState::Finished(finished) = draft {
        (finished.draft.ends, &finished.beyond, &finished.thought.text).hash(&mut digest);
    }
    digest.finish()
}

/// Finds what the drafts of a round share. In the pane that fills the screen nothing stands back.
pub fn compare(texts: &mut [PaneText], round: Option<&Round>, zoomed: bool) {
    let unlike = round.filter(|_| !zoomed).map(unlike).unwrap_or_default();
    for (place, text) in texts.iter_mut().enumerate() {
        text.unlike = unlike.iter().find(|(member, _)| member.0 == place).map(|(_, tokens)| tokens.clone());
    }
}

/// What is said below a draft of what its author thought; nothing where it did not.
fn thought(thought: &Thought, unfolded: bool, first: bool) -> DisplayText {
    if thought.is_empty() {
        return DisplayText::new();
    }
    let apart = if first { "" } else { "\n\n" };
    let count = super::counted(thought.characters, "character");
    if !unfolded {
        return display!("{apart}[thought: {count}, ends with \"{}\"]", clean_line(&thought.ending(THOUGHT_SHOWN)));
    }
    let cut = if thought.characters > Thought::KEPT { " (its end)" } else { "" };
    display!("{apart}[thought: {count}{cut}]\n{}", Cleaner::default().push(thought.text.trim_end()))
}

/// The probability of a token; one that its author does not tell stands out by nothing.
fn probability(token: &DraftToken) -> f64 {
    token.logprob.map_or(1.0, |logprob| f64::from(logprob).exp())
}

fn shades(round: &Round, member: MemberIndex, tokens: &[DraftToken], shading: Shading) -> Vec<u8> {
    match shading {
        Shading::Off => Vec::new(),
        Shading::Probability => tokens.iter().map(|token| shade(probability(token), &PROBABILITY)).collect(),
        Shading::Disagreement => {
            spreads(round, member, tokens).into_iter().map(|spread| shade(1.0 - spread, &AGREEMENT)).collect()
        }
    }
}

/// Below which probability a token gets shade 0, 1, 2, 3.
const PROBABILITY: [f64; 4] = [0.05, 0.25, 0.5, 0.8];
/// The same for 1 less the spread of the members' probabilities.
const AGREEMENT: [f64; 4] = [0.3, 0.6, 0.8, 0.95];

/// The shade of a token of this probability: 0 (improbable) to 4 (certain).
#[must_use]
pub fn probability_shade(probability: f64) -> u8 {
    shade(probability, &PROBABILITY)
}

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
        .filter_map(|verifier| round.score(*verifier, candidate.key)?.logprobs())
        .filter(|logprobs| !logprobs.is_empty())
        .collect();
    let own = round.own_score(member).map_or(0, |own| own.logprobs.len());
    let of_verifier = |logprobs: &[f32], place: usize| {
        if logprobs.len() == own {
            return f64::from(logprobs[place]).exp();
        }
        (logprobs.iter().map(|logprob| f64::from(*logprob)).sum::<f64>() / logprobs.len() as f64).exp()
    };
    let spread = |(place, token): (usize, &DraftToken)| {
        let own = probability(token);
        let all = others.iter().map(|logprobs| of_verifier(logprobs, place));
        let (low, high) = all.fold((own, own), |(low, high), next| (low.min(next), high.max(next)));
        high - low
    };
    // A candidate cut shorter by alignment has fewer log-probabilities than its draft has tokens.
    tokens.iter().enumerate().take(own).map(spread).collect()
}
