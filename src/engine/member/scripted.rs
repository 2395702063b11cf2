//! A member that plays a script: for tests and benchmarks of the engine, never offered to the user.
//!
//! It drafts and scores as scripted, immediately or when a test opens its gate, so that every order of arrival and every fault
//! can be played.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

use super::{
    Capabilities, DraftRequest, Drafted, ExtendRequest, Extended, Keep, Member, MemberError, Opinion, Progress, Reply,
    ScoreRequest, ScoreTier, Scored, Thought, Usage,
};
use crate::engine::fusion::candidate::{Draft, DraftToken};
use crate::engine::fusion::conversation::Conversation;

/// What a scripted member does when it is asked for a draft.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone)]
pub enum Line {
    /// Drafts this text, one token per word, each with this log-probability.
    Say {
        text: String,
        /// Log-probability of every token, and of the end.
        logprob: f32,
        /// Whether it ends the answer.
        ends: bool,
    },
    /// Fails with this message.
    Fail(String),
    /// Refuses for good.
    Refuse(String),
    /// Panics.
    Panic,
    /// Never answers.
    Stall,
    /// Returns a draft without text that does not end.
    Nothing,
}

/// A member that plays its lines in order, and then repeats the last one.
pub struct ScriptedMember {
    capabilities: Capabilities,
    lines: Vec<Line>,
    told: Mutex<usize>,
    opinions: HashMap<String, f32>,
    otherwise: f32,
    scoring: Scoring,
    gate: Option<Arc<Semaphore>>,
    prompt_tokens: usize,
    works_at: Option<ScoreTier>,
}

/// How a scripted member behaves when it is asked to score.
#[derive(Debug, Clone)]
enum Scoring {
    Answers,
    Fails(String),
    Panics,
    Stalls,
}

impl ScriptedMember {
    /// A member that plays these lines and gives every token of other texts a log-probability of -1.
    #[must_use]
    pub fn new(lines: Vec<Line>) -> Self {
        Self {
            capabilities: Capabilities::in_process("scripted", "a script"),
            lines,
            told: Mutex::new(0),
            opinions: HashMap::new(),
            otherwise: -1.0,
            scoring: Scoring::Answers,
            gate: None,
            prompt_tokens: 1,
            works_at: None,
        }
    }

    /// A member that drafts these segments in order; the last one ends the answer.
    #[must_use]
    pub fn saying(segments: &[&str], logprob: f32) -> Self {
        let last = segments.len().saturating_sub(1);
        let lines = segments.iter().enumerate();
        Self::new(lines.map(|(place, text)| Line::Say { text: (*text).to_owned(), logprob, ends: place == last }).collect())
    }

    /// Gives each token of this text, drafted by another, that log-probability.
    #[must_use]
    pub fn thinking(mut self, text: &str, logprob: f32) -> Self {
        self.opinions.insert(text.to_owned(), logprob);
        self
    }

    /// Gives each token of every other text that log-probability.
    #[must_use]
    pub fn otherwise(mut self, logprob: f32) -> Self {
        self.otherwise = logprob;
        self
    }

    /// Fails when it is asked to score.
    #[must_use]
    pub fn failing_to_score(mut self, error: &str) -> Self {
        self.scoring = Scoring::Fails(error.to_owned());
        self
    }

    /// Panics when it is asked to score.
    #[must_use]
    pub fn panicking_when_scoring(mut self) -> Self {
        self.scoring = Scoring::Panics;
        self
    }

    /// Never answers when it is asked to score.
    #[must_use]
    pub fn stalling_when_scoring(mut self) -> Self {
        self.scoring = Scoring::Stalls;
        self
    }

    /// Answers each call only after taking one permit of this gate.
    #[must_use]
    pub fn behind(mut self, gate: Arc<Semaphore>) -> Self {
        self.gate = Some(gate);
        self
    }

    /// Cannot score other members' text.
    #[must_use]
    pub fn draft_only(mut self) -> Self {
        self.capabilities.tier = ScoreTier::None;
        self
    }

    /// Judges instead of scoring: its opinions of the candidates become shares of 1.
    #[must_use]
    pub fn judging(mut self, tier: ScoreTier) -> Self {
        self.capabilities.tier = tier;
        self.capabilities.end_probability = false;
        self
    }

    /// Drafts without reporting the log-probabilities of its tokens.
    #[must_use]
    pub fn without_logprobs(mut self) -> Self {
        self.capabilities.draft_logprobs = false;
        self
    }

    /// Cannot score as it claims: it has to be asked at this tier.
    #[must_use]
    pub fn lowered_to(mut self, tier: ScoreTier) -> Self {
        self.works_at = Some(tier);
        self
    }

    /// Has a context of this many tokens; any prompt takes `prompt`.
    #[must_use]
    pub fn with_context(mut self, limit: usize, prompt: usize) -> Self {
        self.capabilities.context_tokens = Some(limit);
        self.prompt_tokens = prompt;
        self
    }

    fn next_line(&self) -> Option<Line> {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let line = self.lines.get(*told).or(self.lines.last()).cloned();
        *told += 1;
        line
    }

    /// The text of a line, the log-probability of each of its words and whether it ends the answer; or whatever else the script
    /// says.
    async fn play(line: Option<Line>) -> Result<(String, f32, bool), MemberError> {
        match line {
            Some(Line::Say { text, logprob, ends }) => Ok((text, logprob, ends)),
            Some(Line::Fail(error)) => Err(MemberError::Failed(error)),
            Some(Line::Refuse(error)) => Err(MemberError::Refused(error)),
            #[expect(clippy::panic, reason = "playing a member with a fault is what this line is for")]
            Some(Line::Panic) => panic!("as the script says"),
            Some(Line::Stall) => std::future::pending().await,
            Some(Line::Nothing) | None => Ok((String::new(), 0.0, false)),
        }
    }

    /// The log-probability it gives each token of another's text.
    fn opinion(&self, text: &str) -> f32 {
        self.opinions.get(text).copied().unwrap_or(self.otherwise)
    }

    async fn wait(gate: Option<Arc<Semaphore>>) {
        if let Some(gate) = gate
            && let Ok(permit) = gate.acquire().await
        {
            permit.forget();
        }
    }
}

impl Member for ScriptedMember {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn prepare(&self, _conversation: Arc<Conversation>) -> Reply<usize> {
        let needed = self.prompt_tokens;
        let result = match self.capabilities.context_tokens {
            Some(limit) if needed >= limit => Err(MemberError::ContextFull { needed, limit }),
            Some(_) | None => Ok(needed),
        };
        Box::pin(std::future::ready(result))
    }

    /// Drafts nothing if the words of a line are less probable than the required confidence.
    fn draft(&self, request: DraftRequest, progress: Progress) -> Reply<Drafted> {
        let line = self.next_line();
        let (gate, told) = (self.gate.clone(), self.capabilities.draft_logprobs);
        Box::pin(async move {
            Self::wait(gate).await;
            let (mut text, logprob, mut ends) = Self::play(line).await?;
            if request.confidence.is_some_and(|least| logprob < least.ln()) {
                (text, ends) = (String::new(), false);
            }
            let mut draft = Draft { tokens: Vec::new(), ends, end_logprob: (ends && told).then_some(logprob) };
            for word in text.split_inclusive(' ') {
                let token = DraftToken { text: word.to_owned(), logprob: told.then_some(logprob) };
                progress.token(token.clone()).await;
                draft.tokens.push(token);
            }
            let forwards = draft.tokens.len() as u64;
            Ok(Drafted { draft, thought: Thought::default(), ends: Vec::new(), forwards, usage: Usage::default() })
        })
    }

    fn score(&self, request: ScoreRequest) -> Reply<Scored> {
        let opinion = |text: &str, ends: bool| vec![self.opinion(text); text.split_inclusive(' ').count() + usize::from(ends)];
        let logprobs: Vec<Vec<f32>> =
            request.candidates.iter().map(|candidate| opinion(&candidate.text, candidate.ends)).collect();
        let scored = if request.tier.judges() { preferring(&logprobs) } else { tokens(logprobs) };
        let lowered = self.works_at.filter(|tier| *tier > request.tier);
        let (gate, scoring) = (self.gate.clone(), self.scoring.clone());
        Box::pin(async move {
            Self::wait(gate).await;
            match scoring {
                Scoring::Answers => match lowered {
                    Some(to) => Err(MemberError::Lowered { to, reason: "as the script says".to_owned() }),
                    None => Ok(scored),
                },
                Scoring::Fails(error) => Err(MemberError::Failed(error)),
                #[expect(clippy::panic, reason = "playing a member with a fault is what this line is for")]
                Scoring::Panics => panic!("as the script says"),
                Scoring::Stalls => std::future::pending().await,
            }
        })
    }

    /// Keeps the words that its next line starts with too, or that it finds probable enough; then adds words of that line: those
    /// after what it has in common with the draft, or its first ones. The end counts as a word: that of a draft is as probable as
    /// a text without words, and its own comes if its line ends the answer and has no further word.
    fn extend(&self, request: ExtendRequest, _progress: Progress) -> Reply<Extended> {
        let opinions: Vec<f32> = request.draft.split_inclusive(' ').map(|word| self.opinion(word)).collect();
        let end = self.opinion("");
        let (line, gate) = (self.next_line(), self.gate.clone());
        Box::pin(async move {
            Self::wait(gate).await;
            let (text, logprob, line_ends) = Self::play(line).await?;
            let words: Vec<&str> = request.draft.split_inclusive(' ').collect();
            let own: Vec<&str> = text.split_inclusive(' ').collect();
            let (kept, next, ends) = match request.keep {
                Keep::Own => {
                    let common = words.iter().zip(&own).take_while(|(word, own)| word == own).count();
                    (common, common, line_ends && common == own.len())
                }
                Keep::Likely(least) => {
                    let kept = opinions.iter().take_while(|opinion| **opinion >= least.ln()).count();
                    let likely = request.ends && kept == words.len() && end >= least.ln();
                    (kept, 0, likely || (line_ends && own.is_empty()))
                }
            };
            let added = own.iter().skip(next).take(if ends { 0 } else { request.own }).map(|word| (*word, logprob));
            let keeps = words.iter().copied().zip(opinions.iter().copied()).take(kept);
            let token = |(text, logprob): (&str, f32)| DraftToken { text: text.to_owned(), logprob: Some(logprob) };
            Ok(Extended {
                kept: words[..kept].iter().map(|word| word.len()).sum(),
                kept_tokens: kept,
                tokens: keeps.chain(added).map(token).collect(),
                logprobs: opinions.into_iter().take(kept + 1).collect(),
                ends,
                end_logprob: ends.then_some(end),
                forwards: words.len() as u64 + 1,
                usage: Usage::default(),
            })
        })
    }
}

fn tokens(logprobs: Vec<Vec<f32>>) -> Scored {
    let forwards = logprobs.iter().map(Vec::len).sum::<usize>() as u64;
    Scored::tokens(logprobs, forwards)
}

/// Shares in proportion to the probability of each text's first token.
fn preferring(logprobs: &[Vec<f32>]) -> Scored {
    let likes: Vec<f32> = logprobs.iter().map(|logprobs| logprobs.first().copied().unwrap_or_default().exp()).collect();
    let all: f32 = likes.iter().sum();
    let opinions = likes.iter().map(|like| Opinion::Preference(like / all)).collect();
    Scored { opinions, ends: Vec::new(), forwards: 1, usage: Usage::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::member::{Context, Sampling};

    async fn extended(member: &ScriptedMember, draft: &str, ends: bool, keep: Keep) -> (usize, String, bool) {
        let context = Context { conversation: Arc::new(Conversation::question("?")), accepted: Arc::from([]) };
        let sampling = Sampling { temperature: 0.0, top_p: 1.0, seed: 0 };
        let request = ExtendRequest { context, draft: draft.into(), ends, keep, own: 1, sampling };
        let taken = member.extend(request, Progress::nowhere()).await.unwrap();
        assert_eq!(taken.logprobs.len(), draft.split_inclusive(' ').count().min(taken.logprobs.len()));
        (taken.kept, taken.added().iter().map(|token| token.text.as_str()).collect(), taken.ends)
    }

    #[tokio::test]
    async fn a_draft_is_taken_up_as_the_script_says() {
        let say = |text: &str, ends| Line::Say { text: text.to_owned(), logprob: -0.1, ends };
        let line = || ScriptedMember::new(vec![say("one two three", true)]).thinking("two ", -0.2).thinking("no", -9.0);
        assert_eq!(extended(&line(), "one two four", true, Keep::Own).await, (8, "three".to_owned(), false));
        assert_eq!(extended(&line(), "one two three", true, Keep::Own).await, (13, String::new(), true));
        assert_eq!(extended(&line(), "two two no", false, Keep::Likely(0.3)).await, (8, "one ".to_owned(), false));
        assert_eq!(extended(&line(), "two two ", true, Keep::Likely(0.3)).await, (8, String::new(), true));
        assert_eq!(extended(&line().thinking("", -9.0), "two ", true, Keep::Likely(0.3)).await, (4, "one ".to_owned(), false));
        let ended = ScriptedMember::new(vec![say("", true)]);
        assert_eq!(extended(&ended, "", false, Keep::Likely(0.3)).await, (0, String::new(), true));
    }
}
