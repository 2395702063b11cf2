//! The first call: does any text come, which parts of a request are refused, what is reported of generated tokens.

use super::super::super::Sampling;
use super::super::super::http::HttpError;
use super::super::Settings;
use super::super::client::{Client, Whole};
use super::super::error::{ConnectError, of_ending};
use super::super::models::Models;
use super::super::request::{Call, Part, Subject};
use crate::engine::fusion::conversation::{Role, Turn};

/// Attempts to find out what is refused: one for each part, and one without any.
const ATTEMPTS: usize = 8;

/// Alternatives that are tried, the most first.
const ALTERNATIVES: [u64; 4] = [20, 8, 5, 2];

/// Words of an error that blame a part, and the part. Where two are blamed together the first goes first.
const BLAMED: &[(Part, &[&str])] = &[
    (Part::TopP, &["top_p", "topp", "nucleus"]),
    (Part::Temperature, &["temperature"]),
    (Part::Seed, &["seed"]),
    (Part::Logprobs, &["logprob"]),
    (Part::Usage, &["stream_options", "include_usage"]),
    (Part::TokensName, &["max_tokens", "max_completion_tokens"]),
    (Part::Unthinking, &["thinking", "think", "budget", "chat_template_kwargs", "reasoning"]),
];

/// Words of an error that says a number is too high.
const TOO_MANY: [&str; 6] = ["less than", "<=", "at most", "between", "maximum", "exceed"];

/// What the first call showed.
#[derive(Debug)]
pub(super) struct Basic {
    pub(super) alternatives: usize,
    pub(super) thinks: bool,
}

/// Asks until a reply comes, leaving out what is refused; what was left out is in the client's tuning then.
pub(super) async fn reply(client: &mut Client, settings: &Settings, models: &Models, at: &str) -> Result<Basic, ConnectError> {
    let mut reply = negotiated(client).await.map_err(|error| unknown_model(error, client, settings, models, at))?;
    if silent(&reply) {
        for way in 0..client.sender.dialect.less_thinking.len() {
            client.sender.tuning.less_thinking = Some(way);
            match negotiated(client).await {
                Ok(other) if !silent(&other) => {
                    reply = other;
                    break;
                }
                Ok(_) | Err(_) => client.sender.tuning.less_thinking = None,
            }
        }
    }
    if let Some(fault) = of_ending(&reply.ending) {
        return Err(ConnectError::Useless { member: settings.name.clone(), reason: fault.to_string() });
    }
    let refused = client.sender.tuning.refused.contains(&Part::Logprobs);
    Ok(Basic { alternatives: if refused { 0 } else { reply.first_token.len() }, thinks: silent(&reply) })
}

/// Whether the model's words went into hidden reasoning.
fn silent(reply: &Whole) -> bool {
    reply.text().trim().is_empty()
}

async fn negotiated(client: &mut Client) -> Result<Whole, HttpError> {
    let most = client.sender.dialect.alternatives;
    let mut counts = ALTERNATIVES.into_iter().filter(|count| *count < most);
    let mut alternatives = most;
    let mut attempts = 0;
    loop {
        attempts += 1;
        let error = match ask(client, alternatives).await {
            Ok(reply) => return Ok(reply),
            Err(error) => error,
        };
        let refusing = matches!(error.status(), Some(400 | 403 | 404 | 422 | 501));
        let part = blamed(error.message(), client).filter(|_| refusing && attempts < ATTEMPTS);
        match part {
            Some(Part::Logprobs) if says_too_many(error.message()) => match counts.next() {
                Some(fewer) => alternatives = fewer,
                None => _ = client.sender.tuning.refused.insert(Part::Logprobs),
            },
            Some(part) => _ = client.sender.tuning.refused.insert(part),
            None => return Err(error),
        }
    }
}

async fn ask(client: &Client, alternatives: u64) -> Result<Whole, HttpError> {
    let turns = [Turn { role: Role::User, content: "Reply with the single letter A.".to_owned() }];
    let call = Call {
        subject: Subject::Turns { system: "", turns: &turns, begun: None },
        limit: 4,
        // As drafts are drawn, so that what is refused shows now.
        sampling: Some(Sampling { temperature: 0.6, top_p: 0.9, seed: 1 }),
        alternatives: (alternatives > 0).then_some(alternatives),
        json: false,
    };
    client.whole(&call).await
}

/// The part of a request that an error blames and that was not left out yet.
fn blamed(message: &str, client: &Client) -> Option<Part> {
    let message = message.to_lowercase();
    let refused = &client.sender.tuning.refused;
    let left = BLAMED.iter().filter(|(part, _)| !refused.contains(part));
    left.into_iter().find(|(_, words)| words.iter().any(|word| message.contains(word))).map(|(part, _)| *part)
}

fn says_too_many(message: &str) -> bool {
    let message = message.to_lowercase();
    TOO_MANY.iter().any(|words| message.contains(words))
}

/// A failure that is about the model's name lists the names that there are.
fn unknown_model(error: HttpError, client: &Client, settings: &Settings, models: &Models, at: &str) -> ConnectError {
    let message = error.message().to_lowercase();
    let absent = ["not found", "not exist", "no such", "unknown", "invalid", "not available", "unavailable", "not a valid"];
    let about_model = message.contains("model") && absent.iter().any(|words| message.contains(words));
    let listed = models.names().contains(&client.sender.model);
    let known = !models.names().is_empty();
    if known && !listed && (error.status() == Some(404) || about_model) {
        let (member, model) = (settings.name.clone(), client.sender.model.clone());
        return ConnectError::UnknownModel { member, model, at: at.to_owned(), there: models.names().to_vec() };
    }
    ConnectError::Http(error)
}
