//! What a model can do, found out once with a few tiny calls.
//!
//! A capability counts only if a reply had it in the expected form: many servers answer 200 and ignore what they do not know. The
//! result can be kept and handed back, so that the same model is not probed again.

mod basic;
mod placed;
mod scoring;
mod writing;

use std::sync::Arc;

use serde_json::json;

pub(super) use self::placed::Search;
use super::super::Bill;
use super::super::http::Http;
use super::client::Client;
use super::error::ConnectError;
use super::gauge::Gauge;
use super::identity::Identity;
use super::models::{Models, Origin, described_context};
use super::probed::Probed;
use super::request::{Sender, Tuning};
use super::{Settings, advice};

/// The context to request, in tokens at most, from a server that lets the client set it, if the user did not.
const MODEST_CONTEXT: usize = 8192;

/// Attempts for a question whose answer may be no: a server that reports a missing route as a failure would be retried for a long
/// time.
const CURIOUS: u32 = 2;

/// Runs the probe.
pub(super) async fn probe(http: &Http, settings: &Settings) -> Result<Probed, ConnectError> {
    let dialect = settings.kind.dialect();
    let models = Models::list(&http.trying(CURIOUS), &dialect.listing, &settings.routes).await?;
    let at = http.endpoint().shown();
    let chosen = models.choose(&settings.name, &at, settings.model.as_deref(), &dialect.listing)?;
    let context_tokens = context(http, settings, &chosen.name, chosen.context_tokens).await;
    let sender =
        Sender { dialect, model: chosen.name.clone(), tuning: Tuning::default(), extra: settings.extra_with(context_tokens) };
    let mut client = Client { http: http.clone(), sender, late: None, gauge: Gauge::default(), identity: Identity::default() };
    let bill = Bill::default();
    let basic = match basic::reply(&mut client, settings, &models, &at, &bill).await {
        Ok(basic) => basic,
        // It may still complete raw texts.
        Err(error) => match basic::completion(&mut client, settings, &error, &bill).await {
            Some(basic) => basic,
            None => return Err(without_name(error, &chosen.origin, settings, &at)),
        },
    };
    client.http = http.trying(CURIOUS);
    let renderer = settings.renderer(basic.plain).map(Arc::new);
    let written = writing::way(&client, renderer.as_deref(), &basic, &bill).await;
    let scored = scoring::way(&client, renderer.as_ref(), dialect.scoring, &bill).await;
    let answers_as = client.identity.first().filter(|_| settings.kind.is_own() && client.identity.is_one());
    let model = match (&chosen.origin, &answers_as) {
        (Origin::Guessed(_), Some(own)) => own.clone(),
        (Origin::Guessed(_) | Origin::Listed | Origin::Given, _) => chosen.name,
    };
    let mut probed = Probed {
        model,
        context_tokens,
        tuning: client.sender.tuning,
        drafting: written.drafting,
        draft_logprobs: written.logprobs,
        alternatives: basic.alternatives,
        plain: basic.plain,
        thinks: basic.thinks,
        empty: basic.empty,
        scoring: scored.as_ref().map(|scorer| scorer.way),
        end_token: scored.and_then(|scorer| scorer.end_token),
        answers_as,
        counted: client.gauge.known(),
        probing: bill.total(),
        advice: Vec::new(),
    };
    probed.advice = advice::of(&probed, settings);
    if chosen.origin == Origin::Given && dialect.listing.complete && !models.names().is_empty() {
        probed.advice.push(format!("`{}` is not in its list of models, but it answers to that name", probed.model));
    }
    Ok(probed)
}

/// Why there is no usable model, if its name was only a guess.
fn without_name(error: ConnectError, origin: &Origin, settings: &Settings, at: &str) -> ConnectError {
    match (origin, error) {
        (Origin::Guessed(reason), ConnectError::Http(error)) if error.answers() && error.status() != Some(401) => {
            ConnectError::NoModel { member: settings.name.clone(), at: at.to_owned(), reason: reason.clone() }
        }
        (Origin::Guessed(_) | Origin::Listed | Origin::Given, error) => error,
    }
}

/// Whether the findings still hold, as far as two calls show: the same model is selected, it answers in the same way and under
/// the same name, and it still scores as before.
pub(super) async fn still_holds(http: &Http, settings: &Settings, probed: &Probed) -> Result<bool, ConnectError> {
    let dialect = settings.kind.dialect();
    let models = Models::list(&http.trying(CURIOUS), &dialect.listing, probed.tuning.route.as_slice()).await?;
    let chosen = models.choose(&settings.name, &http.endpoint().shown(), settings.model.as_deref(), &dialect.listing)?;
    if chosen.name != probed.model && !matches!(chosen.origin, Origin::Guessed(_)) {
        return Ok(false);
    }
    let sender = Sender {
        dialect,
        model: probed.model.clone(),
        tuning: probed.tuning.clone(),
        extra: settings.extra_with(probed.context_tokens),
    };
    let identity = Identity::known(probed.answers_as.as_deref());
    let client = Client { http: http.clone(), sender, late: None, gauge: Gauge::default(), identity };
    let bill = Bill::default();
    let scores = async {
        match probed.scoring {
            Some(way) => {
                scoring::way(&client, settings.renderer(probed.plain).map(Arc::new).as_ref(), &[way], &bill).await.is_some()
            }
            None => true,
        }
    };
    let (answers, scores) = tokio::join!(basic::answers_as_before(&client, probed, &bill), scores);
    let same_model = probed.answers_as.is_none() || client.identity.is_one();
    Ok(answers? && scores && same_model)
}

/// The size of the context in tokens. A server whose context the client can set gets it with every request.
async fn context(http: &Http, settings: &Settings, model: &str, listed: Option<usize>) -> Option<usize> {
    let dialect = settings.kind.dialect();
    let Some(route) = dialect.describing else { return settings.overrides.context_tokens.or(listed) };
    let described = http.post(route, &json!({"model": model})).await.ok().as_ref().and_then(described_context);
    let modest = described.map_or(MODEST_CONTEXT, |tokens| tokens.min(MODEST_CONTEXT));
    Some(settings.overrides.context_tokens.unwrap_or(modest))
}
