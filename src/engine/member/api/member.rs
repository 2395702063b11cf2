//! The member itself: passes each request of the engine to the part that handles it.

use std::sync::Arc;

use super::super::http::{Endpoint, Http, HttpError};
use super::super::judge::{MOST_CANDIDATES, judge};
use super::super::{
    Bill, Capabilities, DraftRequest, Drafted, Member, MemberError, Progress, Reply, ScoreRequest, ScoreTier, Scored, Usage,
};
use super::ask::Asker;
use super::client::Client;
use super::draft::{Drafter, size};
use super::error::ConnectError;
use super::gauge::Gauge;
use super::identity::Identity;
use super::negotiation::Late;
use super::probe::{probe, still_holds};
use super::probed::Probed;
use super::render::Renderer;
use super::request::{Part, Prompt, Sender, Subject, parted};
use super::score::{Fault, Scorer};
use super::settings::Settings;
use crate::engine::fusion::conversation::Conversation;
use crate::engine::fusion::event::Drafting;

/// A model behind an API. Clones are the same member.
#[derive(Debug, Clone)]
pub struct ApiMember(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    client: Arc<Client>,
    capabilities: Capabilities,
    probed: Probed,
    renderer: Option<Arc<Renderer>>,
    drafter: Drafter,
    scorer: Option<Scorer>,
    asker: Asker,
}

impl ApiMember {
    /// Opens a member: finds the model and what it can do, with a few tiny calls.
    pub async fn connect(settings: Settings) -> Result<Self, ConnectError> {
        let http = http(&settings)?;
        let probed = probe(&http, &settings).await?;
        Ok(Self::build(&settings, http, probed))
    }

    /// As [`Self::connect`], but uses what is known of the model: checks only that the model is still there and behaves as known,
    /// and probes again if not.
    pub async fn connect_known(settings: Settings, probed: Probed) -> Result<Self, ConnectError> {
        let http = http(&settings)?;
        let probed = if still_holds(&http, &settings, &probed).await? { probed } else { probe(&http, &settings).await? };
        Ok(Self::build(&settings, http, probed))
    }

    /// The findings of the probe, to be kept for [`Self::connect_known`].
    #[must_use]
    pub fn probed(&self) -> &Probed {
        &self.0.probed
    }

    fn build(settings: &Settings, http: Http, probed: Probed) -> Self {
        let dialect = settings.kind.dialect();
        let context_tokens = settings.overrides.context_tokens.or(probed.context_tokens);
        let sender = Sender {
            dialect,
            model: probed.model.clone(),
            tuning: probed.tuning.clone(),
            extra: settings.extra_with(context_tokens),
        };
        let identity = Identity::known(probed.answers_as.as_deref());
        let late = Some(Late::default());
        let client = Arc::new(Client { http, sender, late, gauge: Gauge::of(&probed.counted), identity });
        let mut capabilities = capabilities(settings, &probed, context_tokens);
        let end_token = probed.end_token.filter(|_| capabilities.end_probability);
        capabilities.end_probability = end_token.is_some();
        let renderer = settings.renderer(probed.plain).map(Arc::new);
        // A user's claim that it scores exactly is accepted if there is a way to try.
        let way = probed.scoring.or(dialect.scoring.first().copied().filter(|_| capabilities.tier == ScoreTier::Prompt));
        let scorer = way.map(|way| Scorer { way, renderer: renderer.clone(), end_token });
        let drafter = Drafter::new(capabilities.drafting, capabilities.draft_logprobs, context_tokens);
        // Unless its scores failed: then it judges another way.
        let judges_exactly = capabilities.tier == ScoreTier::Labels && probed.scoring.is_some();
        let renderer_of_judge = || settings.renderer(probed.plain).map(Arc::new);
        let labels = scorer.clone().filter(|_| judges_exactly).map(|scorer| Scorer { renderer: renderer_of_judge(), ..scorer });
        let asker = Asker { client: client.clone(), thinks: probed.is_silent(), context_tokens, labels, bill: Bill::default() };
        Self(Arc::new(Inner { client, capabilities, probed, renderer, drafter, scorer, asker }))
    }
}

fn http(settings: &Settings) -> Result<Http, HttpError> {
    let headers = settings.kind.dialect().headers;
    let with = |endpoint: Endpoint, (name, value): &(&str, &str)| endpoint.with_header(name, value);
    let endpoint = headers.iter().try_fold(settings.endpoint.clone(), with)?;
    let mut limits = settings.limits;
    limits.calls = settings.concurrency();
    Http::new(endpoint, limits)
}

fn capabilities(settings: &Settings, probed: &Probed, context_tokens: Option<usize>) -> Capabilities {
    let (dialect, overrides) = (settings.kind.dialect(), settings.overrides);
    let drafting = overrides.drafting.unwrap_or(probed.drafting);
    let text_endpoint = dialect.raw.as_ref().filter(|_| drafting == Drafting::Raw).unwrap_or(&dialect.chat);
    let tier = overrides.tier.unwrap_or(probed.tier());
    let found = Capabilities {
        chat: !probed.plain,
        kind: settings.kind.name().to_owned(),
        model: probed.model.clone(),
        context_tokens,
        parameters: None,
        drafting,
        draft_logprobs: probed.draft_logprobs,
        tier,
        end_probability: tier == ScoreTier::Prompt && probed.end_token.is_some(),
        seed: text_endpoint.seed.is_some() && !probed.tuning.refused.contains(&Part::Seed),
        concurrency: settings.concurrency(),
        advice: probed.advice.clone(),
    };
    overrides.over(found)
}

impl Inner {
    async fn prepare(&self, conversation: &Arc<Conversation>) -> Result<usize, MemberError> {
        let rendered = match &self.renderer {
            Some(renderer) if renderer.tokenises() && self.uses_raw() => Some(renderer.base(&self.client, conversation).await?),
            Some(_) | None => None,
        };
        let needed = match rendered {
            Some(Prompt::Tokens(tokens)) => tokens.len(),
            Some(Prompt::Text(_)) | None => {
                let (system, turns) = parted(conversation);
                size(Subject::Turns { system: &system, turns: &turns, begun: None })
            }
        };
        match self.capabilities.context_tokens {
            Some(limit) if needed >= limit => Err(MemberError::ContextFull { needed, limit }),
            Some(_) | None => Ok(needed),
        }
    }

    /// The result, unless another model answers than the one probed.
    fn of_same_model<T>(&self, result: T) -> Result<T, MemberError> {
        match self.probed.answers_as {
            Some(_) => self.client.identity.check().map(|()| result),
            None => Ok(result),
        }
    }

    fn uses_raw(&self) -> bool {
        self.capabilities.drafting == Drafting::Raw || self.scorer.is_some()
    }

    async fn score(&self, request: &ScoreRequest) -> Result<Scored, MemberError> {
        match request.tier {
            ScoreTier::InProcess | ScoreTier::Prompt | ScoreTier::Forced => self.exactly(request).await,
            ScoreTier::Labels | ScoreTier::Ranking => {
                let asker = Asker { bill: request.progress.bill().clone(), ..self.asker.clone() };
                judge(&asker, self.told_labels(), request).await
            }
            ScoreTier::None => Err(MemberError::Refused("it cannot score: it can only draft".to_owned())),
        }
    }

    /// How many labels it reports the probability of.
    fn told_labels(&self) -> usize {
        if self.asker.labels.is_some() { MOST_CANDIDATES } else { self.probed.alternatives }
    }

    async fn exactly(&self, request: &ScoreRequest) -> Result<Scored, MemberError> {
        let lowered = |reason: String| MemberError::Lowered { to: self.below_exact(), reason };
        let Some(scorer) = &self.scorer else {
            return Err(lowered("it returns no log-probabilities of given text".to_owned()));
        };
        scorer.score(&self.client, &request.context, &request.candidates, request.progress.bill()).await.map_err(|fault| {
            match fault {
                Fault::Call(error) => error,
                Fault::Shape(reason) => lowered(reason),
            }
        })
    }

    /// The best way of scoring that is left below exact scores.
    fn below_exact(&self) -> ScoreTier {
        if self.probed.alternatives >= 2 && !self.probed.is_silent() { ScoreTier::Labels } else { ScoreTier::Ranking }
    }
}

impl Member for ApiMember {
    fn capabilities(&self) -> &Capabilities {
        &self.0.capabilities
    }

    fn probing(&self) -> Usage {
        self.0.probed.probing
    }

    fn prepare(&self, conversation: Arc<Conversation>) -> Reply<usize> {
        let inner = self.0.clone();
        Box::pin(async move { inner.prepare(&conversation).await })
    }

    fn draft(&self, request: DraftRequest, progress: Progress) -> Reply<Drafted> {
        let inner = self.0.clone();
        Box::pin(async move {
            let bill = progress.bill().clone();
            let drafted = inner.drafter.draft(&inner.client, inner.renderer.as_deref(), &request, progress).await?;
            let usage = bill.total();
            inner.of_same_model(Drafted { forwards: usage.evaluated(), usage, ..drafted })
        })
    }

    fn score(&self, request: ScoreRequest) -> Reply<Scored> {
        let inner = self.0.clone();
        Box::pin(async move {
            let scored = inner.score(&request).await?;
            let usage = request.progress.bill().total();
            inner.of_same_model(Scored { forwards: usage.evaluated(), usage, ..scored })
        })
    }
}
