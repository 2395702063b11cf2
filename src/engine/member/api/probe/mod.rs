//! What a model can do, found out once by a few tiny calls.
//!
//! A capability counts only where a reply carried it in the expected shape: many servers answer 200 and ignore what they do not
//! know. The result can be kept and handed back, so that the same model is not asked again.

mod basic;
mod scoring;
mod writing;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::http::Http;
use super::client::Client;
use super::dialect::Scoring;
use super::error::ConnectError;
use super::models::{Models, described_context};
use super::request::{Sender, Tuning};
use super::{Settings, advice};
use crate::engine::fusion::event::{Drafting, ScoreTier};

/// The most tokens of context that a server is told to hold where it holds what it is told and nobody told it.
const MODEST_CONTEXT: usize = 8192;

/// What was found out of one model on one server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probed {
    /// The model, as the server names it.
    pub model: String,
    /// Tokens that its context holds, where known.
    pub context_tokens: Option<usize>,
    /// What its requests leave out or add.
    pub tuning: Tuning,
    /// How it continues a text.
    pub drafting: Drafting,
    /// Whether its drafts come with log-probabilities.
    pub draft_logprobs: bool,
    /// Alternatives that it reports of a token it generates; below 2 it cannot judge by labels.
    pub alternatives: usize,
    /// Whether it reasons before it replies and cannot be stopped.
    pub thinks: bool,
    /// How it scores given text, if it does.
    pub scoring: Option<Scoring>,
    /// The token that ends an answer, where its server shows it.
    pub end_token: Option<u32>,
    /// What is missing and how to get it.
    pub advice: Vec<String>,
}

impl Probed {
    /// The best way in which it scores.
    #[must_use]
    pub fn tier(&self) -> ScoreTier {
        match self.scoring {
            Some(_) => ScoreTier::Prompt,
            None if self.alternatives >= 2 && !self.thinks => ScoreTier::Labels,
            None => ScoreTier::Ranking,
        }
    }
}

/// Finds out.
pub(super) async fn probe(http: &Http, settings: &Settings) -> Result<Probed, ConnectError> {
    let dialect = settings.kind.dialect();
    let models = Models::list(http, &dialect.listing).await?;
    let at = http.endpoint().shown();
    let chosen = models.choose(&settings.name, &at, settings.model.as_deref(), &dialect.listing)?;
    let context_tokens = context(http, settings, &chosen.name, chosen.context_tokens).await;
    let sender =
        Sender { dialect, model: chosen.name.clone(), tuning: Tuning::default(), extra: settings.extra_with(context_tokens) };
    let mut client = Client { http: http.clone(), sender };
    let basic = basic::reply(&mut client, settings, &models, &at).await?;
    let renderer = settings.renderer().map(Arc::new);
    let written = writing::way(&client, renderer.as_deref(), basic.thinks).await;
    let scored = scoring::way(&client, renderer.as_ref()).await;
    let mut probed = Probed {
        model: chosen.name,
        context_tokens,
        tuning: client.sender.tuning,
        drafting: written.drafting,
        draft_logprobs: written.logprobs,
        alternatives: basic.alternatives,
        thinks: basic.thinks,
        scoring: scored.as_ref().map(|scorer| scorer.way),
        end_token: scored.and_then(|scorer| scorer.end_token),
        advice: Vec::new(),
    };
    probed.advice = advice::of(&probed, settings);
    Ok(probed)
}

/// Whether the model that is meant is the one that was probed.
pub(super) async fn still_there(http: &Http, settings: &Settings, probed: &Probed) -> Result<bool, ConnectError> {
    let listing = &settings.kind.dialect().listing;
    let models = Models::list(http, listing).await?;
    let chosen = models.choose(&settings.name, &http.endpoint().shown(), settings.model.as_deref(), listing)?;
    Ok(chosen.name == probed.model)
}

/// How many tokens the context holds. A server that holds what it is told is told so in every request.
async fn context(http: &Http, settings: &Settings, model: &str, listed: Option<usize>) -> Option<usize> {
    let dialect = settings.kind.dialect();
    let Some(route) = dialect.describing else { return settings.overrides.context_tokens.or(listed) };
    let described = http.post(route, &json!({"model": model})).await.ok().as_ref().and_then(described_context);
    let modest = described.map_or(MODEST_CONTEXT, |tokens| tokens.min(MODEST_CONTEXT));
    Some(settings.overrides.context_tokens.unwrap_or(modest))
}
