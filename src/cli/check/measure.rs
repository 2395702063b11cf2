//! Asks one member for a short draft and a scoring, and measures both.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use crate::engine::fusion::candidate::CandidateText;
use crate::engine::fusion::conversation::Conversation;
use crate::engine::fusion::event::{Capabilities, Drafting, Role, ScoreTier, Usage};
use crate::engine::fusion::rate;
use crate::engine::fusion::segment::SegmentRule;
use crate::engine::guarded;
use crate::engine::member::{Context, DraftRequest, Member, MemberError, Progress, Reply, Sampling, ScoreRequest, Waits};
use crate::ensemble::{OpenError, Opened};

/// A question with a long answer that needs no thought.
const QUESTION: &str = "Write the numbers from one to thirty in words.";
/// Tokens of the draft.
const TOKENS: usize = 24;
/// How long each of the two calls may take.
const LIMIT: Duration = Duration::from_secs(60);
/// Tokens that may wait to be timed.
const WAITING: usize = 64;

/// What was found out about a member.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) name: String,
    pub(super) address: String,
    /// Whether its name is one that the user chose, and not its address.
    pub(super) named: bool,
    /// Its role in the ensemble.
    pub(super) role: Role,
    pub(super) capabilities: Capabilities,
    /// Why it cannot be used, if it cannot.
    pub(super) fault: Option<Unusable>,
    pub(super) draft: Option<Result<DraftTimes, MemberError>>,
    /// What the probe used.
    pub(super) probing: Usage,
    /// How long scoring one candidate took (two, for a judge).
    pub(super) score: Option<Result<Duration, MemberError>>,
}

/// Why a member cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unusable {
    #[error(transparent)]
    Opening(Arc<OpenError>),
    #[error(transparent)]
    Preparing(MemberError),
}

impl Checked {
    /// Whether it is ready, is meant to draft, and can.
    pub(super) fn drafts(&self) -> bool {
        let failed = matches!(self.draft, Some(Err(_)));
        self.fault.is_none() && self.role != Role::Verify && self.capabilities.drafting != Drafting::None && !failed
    }

    /// Whether it is ready, is meant to verify, and can.
    pub(super) fn verifies(&self) -> bool {
        let failed = matches!(self.score, Some(Err(_)));
        self.fault.is_none() && self.role != Role::Draft && self.capabilities.tier.scores() && !failed
    }
}

/// How fast a draft came.
#[derive(Debug, Clone, Copy)]
pub(super) struct DraftTimes {
    /// From the request to the first piece of text.
    pub(super) first: Duration,
    /// Tokens per second; `None` if the draft is too short to tell.
    pub(super) rate: Option<f64>,
}

/// Measures a member that was opened.
pub(super) async fn check(opened: Opened) -> Checked {
    let member = opened.seat.member;
    let mut checked = Checked {
        name: opened.seat.name,
        address: opened.spec.address(),
        named: opened.spec.named,
        role: opened.seat.role,
        capabilities: member.capabilities().clone(),
        fault: opened.fault.map(Unusable::Opening),
        draft: None,
        probing: member.probing(),
        score: None,
    };
    if checked.fault.is_some() {
        return checked;
    }
    let context = Context { conversation: Arc::new(Conversation::question(QUESTION)), accepted: Arc::from([]) };
    if let Err(error) = limited(member.prepare(Arc::clone(&context.conversation)), &Waits::default()).await {
        checked.fault = Some(Unusable::Preparing(error));
        return checked;
    }
    if checked.capabilities.drafting != Drafting::None {
        checked.draft = Some(draft(&*member, context.clone()).await);
    }
    if checked.capabilities.tier.scores() {
        checked.score = Some(score(&*member, context, checked.capabilities.tier).await);
    }
    checked
}

async fn draft(member: &dyn Member, context: Context) -> Result<DraftTimes, MemberError> {
    let request = DraftRequest {
        context,
        sampling: Sampling { temperature: 0.6, top_p: 0.9, seed: 1 },
        segment: SegmentRule::tokens(TOKENS),
        asks_end: false,
        confidence: None,
    };
    let (sender, mut tokens) = mpsc::channel(WAITING);
    let start = Instant::now();
    let progress = Progress::new(0, sender);
    let waits = progress.waits().clone();
    let drafting = limited(member.draft(request, progress), &waits);
    let listening = async {
        let mut times = Vec::new();
        while let Some((_, token)) = tokens.recv().await {
            // Signs of life are not tokens, and waiting for a turn is not slowness.
            if !token.is_nothing() {
                times.push(start.elapsed().saturating_sub(waits.total()));
            }
        }
        times
    };
    let (drafted, times) = tokio::join!(drafting, listening);
    drafted?;
    let (first, last) = (times.first().copied().unwrap_or_else(|| start.elapsed()), times.last().copied().unwrap_or_default());
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    Ok(DraftTimes { first, rate: rate::of_draft(times.len(), milliseconds(first), milliseconds(last)) })
}

async fn score(member: &dyn Member, context: Context, tier: ScoreTier) -> Result<Duration, MemberError> {
    let mut candidates: Vec<CandidateText> = vec![CandidateText::new("one, two, three", false)];
    if tier.judges() {
        candidates.push(CandidateText::new("nothing at all", false));
    }
    let (start, progress) = (Instant::now(), Progress::nowhere());
    let waits = progress.waits().clone();
    let scored =
        limited(member.score(ScoreRequest { context, candidates, tier, seed: 1, asks_end: false, progress }), &waits).await?;
    match scored.opinions.first() {
        Some(_) => Ok(start.elapsed().saturating_sub(waits.total())),
        None => Err(MemberError::Failed("it scored nothing".to_owned())),
    }
}

async fn limited<T>(reply: Reply<T>, waits: &Waits) -> Result<T, MemberError> {
    guarded(reply, LIMIT.as_secs(), waits).await
}
