//! A member that plays a script: for tests and benchmarks of the engine, never offered to a person.
//!
//! It says what it is told to say and scores what it is told to score, at once or when a test opens its gate, so that every
//! order of arrival and every fault can be played.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

use super::{
    Capabilities, DraftRequest, Drafted, Member, MemberError, Opinion, Progress, Reply, ScoreRequest, ScoreTier, Scored, Usage,
};
use crate::engine::fusion::candidate::{Draft, DraftToken};
use crate::engine::fusion::conversation::Conversation;

/// What a scripted member does when it is asked for a draft.
#[derive(Debug, Clone)]
pub enum Line {
    /// Says this text, a word a token, each with this log-probability.
    Say {
        /// The text.
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

/// A member that plays its lines in order, the last one again and again.
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
    /// A member that plays these lines and gives every foreign token a log-probability of -1.
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

    /// A member that says these segments in order; the last one ends the answer.
    #[must_use]
    pub fn saying(segments: &[&str], logprob: f32) -> Self {
        let last = segments.len().saturating_sub(1);
        let lines = segments.iter().enumerate();
        Self::new(lines.map(|(place, text)| Line::Say { text: (*text).to_owned(), logprob, ends: place == last }).collect())
    }

    /// Gives each token of this foreign text that log-probability.
    #[must_use]
    pub fn thinking(mut self, text: &str, logprob: f32) -> Self {
        self.opinions.insert(text.to_owned(), logprob);
        self
    }

    /// Gives each token of every other foreign text that log-probability.
    #[must_use]
    pub fn otherwise(mut self, logprob: f32) -> Self {
        self.otherwise = logprob;
        self
    }

    /// Fails whenever it is asked to score.
    #[must_use]
    pub fn failing_to_score(mut self, error: &str) -> Self {
        self.scoring = Scoring::Fails(error.to_owned());
        self
    }

    /// Panics whenever it is asked to score.
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

    /// Cannot score foreign text.
    #[must_use]
    pub fn draft_only(mut self) -> Self {
        self.capabilities.tier = ScoreTier::None;
        self
    }

    /// Judges instead of scoring: its opinions of the candidates, made shares of 1.
    #[must_use]
    pub fn judging(mut self, tier: ScoreTier) -> Self {
        self.capabilities.tier = tier;
        self.capabilities.end_probability = false;
        self
    }

    /// Drafts without telling the log-probabilities of its tokens.
    #[must_use]
    pub fn without_logprobs(mut self) -> Self {
        self.capabilities.draft_logprobs = false;
        self
    }

    /// Cannot score as it says that it can: it has to be asked at this tier.
    #[must_use]
    pub fn lowered_to(mut self, tier: ScoreTier) -> Self {
        self.works_at = Some(tier);
        self
    }

    /// Has a context of so many tokens, of which any prompt takes `prompt`.
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

    fn draft(&self, _request: DraftRequest, progress: Progress) -> Reply<Drafted> {
        let line = self.next_line();
        let (gate, told) = (self.gate.clone(), self.capabilities.draft_logprobs);
        Box::pin(async move {
            Self::wait(gate).await;
            let (text, logprob, ends) = match line {
                Some(Line::Say { text, logprob, ends }) => (text, logprob, ends),
                Some(Line::Fail(error)) => return Err(MemberError::Failed(error)),
                Some(Line::Refuse(error)) => return Err(MemberError::Refused(error)),
                #[expect(clippy::panic, reason = "playing a member with a fault is what this line is for")]
                Some(Line::Panic) => panic!("as the script says"),
                Some(Line::Stall) => return std::future::pending().await,
                Some(Line::Nothing) | None => (String::new(), 0.0, false),
            };
            let mut draft = Draft { tokens: Vec::new(), ends, end_logprob: (ends && told).then_some(logprob) };
            for word in text.split_inclusive(' ') {
                let token = DraftToken { text: word.to_owned(), logprob: told.then_some(logprob) };
                progress.token(token.clone()).await;
                draft.tokens.push(token);
            }
            let forwards = draft.tokens.len() as u64;
            Ok(Drafted { draft, ends: Vec::new(), forwards, usage: Usage::default() })
        })
    }

    fn score(&self, request: ScoreRequest) -> Reply<Scored> {
        let opinion = |text: &str, ends: bool| {
            let logprob = self.opinions.get(text).copied().unwrap_or(self.otherwise);
            vec![logprob; text.split_inclusive(' ').count() + usize::from(ends)]
        };
        let logprobs: Vec<Vec<f32>> = request.candidates.iter().map(|(text, ends)| opinion(text, *ends)).collect();
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
