//! The first call: whether text comes, which parts of a request are refused, what is reported of generated tokens.

use super::super::super::http::HttpError;
use super::super::super::{Bill, Sampling};
use super::super::Settings;
use super::super::client::{Client, Whole};
use super::super::error::{ConnectError, of_ending};
use super::super::finish::Finish;
use super::super::models::Models;
use super::super::negotiation::{blamed, noted};
use super::super::request::{Call, Part, Prompt, Subject};
use super::{Probed, Search};
use crate::engine::fusion::conversation::{Conversation, Role, Turn};
use crate::engine::member::conversation_text::plain;

const QUESTION: &str = "Reply with the single letter A.";

/// Attempts to find what is refused: one for each part, and one without any.
const ATTEMPTS: usize = 8;

/// Numbers of alternatives to try, the highest first.
const ALTERNATIVES: [u64; 4] = [20, 8, 5, 2];

/// Words of an error that means a number is too high.
const TOO_MANY: [&str; 6] = ["less than", "<=", "at most", "between", "maximum", "exceed"];

/// Tokens of the first reply, and of a second one if the first may be the start of a thought.
const SHORT: usize = 4;
const LONG: usize = 256;

/// The letter that the prompt asks for.
const LETTER: char = 'A';

/// The findings of the first call.
#[derive(Debug)]
pub(super) struct Basic {
    pub(super) alternatives: usize,
    pub(super) thinks: bool,
    /// Whether it only completes raw texts.
    pub(super) plain: bool,
    /// Why the reply ended, if it was empty and no reasoning was seen.
    pub(super) empty: Option<String>,
}

/// Repeats the request until a reply comes, leaving out what is refused; the client's tuning then records that.
pub(super) async fn reply(
    client: &mut Client,
    settings: &Settings,
    models: &Models,
    at: &str,
    bill: &Bill,
) -> Result<Basic, ConnectError> {
    let mut search = Search::new(&settings.routes);
    let reply = loop {
        client.sender.tuning.route = search.route();
        if let Some(outcome) = search.outcome(negotiated(client, bill).await) {
            break outcome;
        }
    };
    let mut reply = reply.map_err(|error| unknown_model(error, client, settings, models, at))?;
    let mut thinks = thinks_first(client, &reply, bill).await;
    if thinks || is_empty(&reply) {
        for way in 0..client.sender.dialect.less_thinking.len() {
            client.sender.tuning.less_thinking = Some(way);
            match negotiated(client, bill).await {
                Ok(other) if !is_empty(&other) && !thinks_first(client, &other, bill).await => {
                    (reply, thinks) = (other, false);
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
    let empty = (is_empty(&reply) && !thinks).then(|| reply.ending.finish.in_words().to_owned());
    Ok(Basic { alternatives: if refused { 0 } else { reply.first_token.len() }, thinks, plain: false, empty })
}

/// The findings for a model that only completes raw texts, if this failure of a chat allows for that and a completion works.
pub(super) async fn completion(client: &mut Client, settings: &Settings, error: &ConnectError, bill: &Bill) -> Option<Basic> {
    let no_chat = match error {
        ConnectError::Http(error) => matches!(error.status(), Some(400 | 404 | 405 | 422 | 500 | 501)),
        // A model that is unknown to chat may still complete.
        ConnectError::UnknownModel { .. } => true,
        ConnectError::WhichModel { .. } | ConnectError::NoModel { .. } | ConnectError::Useless { .. } => false,
    };
    if !no_chat || client.sender.dialect.raw.is_none() {
        return None;
    }
    let mut search = Search::new(&settings.routes);
    let reply = loop {
        client.sender.tuning.route = search.route();
        if let Some(outcome) = search.outcome(complete(client, bill).await) {
            break outcome;
        }
    };
    let completes = reply.is_ok_and(|reply| !is_empty(&reply));
    completes.then_some(Basic { alternatives: 0, thinks: false, plain: true, empty: None })
}

async fn complete(client: &Client, bill: &Bill) -> Result<Whole, HttpError> {
    let prompt = Prompt::Text(plain(&Conversation::question(QUESTION)));
    let subject = Subject::Raw(&prompt);
    client.whole(&Call { subject, limit: SHORT, sampling: None, alternatives: None, json: false, bill }).await
}

/// Whether the model still gives the same kind of answer to the same request as when it was probed. A failure proves nothing,
/// unless it blames a part of the request; a temporary one is left to the calls that matter.
pub(super) async fn answers_as_before(client: &Client, probed: &Probed, bill: &Bill) -> Result<bool, HttpError> {
    let most = if probed.alternatives > 0 { probed.alternatives as u64 } else { client.sender.dialect.alternatives };
    let reply = if probed.plain { complete(client, bill).await } else { ask(client, most, SHORT, bill).await };
    match reply {
        Ok(reply) => {
            let as_many =
                client.sender.tuning.refused.contains(&Part::Logprobs) || reply.first_token.len() >= probed.alternatives;
            let was_silent = probed.thinks || probed.empty.is_some();
            Ok(as_many && (was_silent || !is_empty(&reply)) && of_ending(&reply.ending).is_none())
        }
        Err(error) if blamed(&error, &client.sender.tuning).is_some() => Ok(false),
        Err(error) if error.is_permanent() => Err(error),
        Err(_) => Ok(true),
    }
}

/// Whether only thoughts came, no text.
fn is_empty(reply: &Whole) -> bool {
    reply.text().trim().is_empty()
}

/// Whether the model's first tokens go into a thought. If the prompt opens the thought a short reply does not show it: one that
/// is cut off and contains something other than the requested letter is repeated with more tokens, up to the thought's end.
async fn thinks_first(client: &Client, reply: &Whole, bill: &Bill) -> bool {
    if is_empty(reply) {
        // Reasoning that is counted next to a text does no harm.
        return reply.thinks || (reply.ending.finish == Finish::Length && longer(client, bill).await);
    }
    let said = reply.text();
    let answers = said.trim_start().trim_start_matches(|c: char| !c.is_alphanumeric()).starts_with(LETTER);
    !answers && reply.ending.finish == Finish::Length && longer(client, bill).await
}

/// Whether a longer reply has a thought in it.
async fn longer(client: &Client, bill: &Bill) -> bool {
    ask(client, 0, LONG, bill).await.is_ok_and(|reply| reply.thinks)
}

async fn negotiated(client: &mut Client, bill: &Bill) -> Result<Whole, HttpError> {
    let most = client.sender.dialect.alternatives;
    let mut counts = ALTERNATIVES.into_iter().filter(|count| *count < most);
    let mut alternatives = most;
    let mut attempts = 0;
    loop {
        attempts += 1;
        let error = match ask(client, alternatives, SHORT, bill).await {
            Ok(reply) => return Ok(reply),
            Err(error) => error,
        };
        let part = blamed(&error, &client.sender.tuning).filter(|_| attempts < ATTEMPTS);
        if let Some(part) = part {
            noted(client.http.endpoint().name(), part, &error);
        }
        match part {
            Some(Part::Logprobs) if says_too_many(error.message()) => match counts.next() {
                Some(fewer) => alternatives = fewer,
                None => _ = client.sender.tuning.refused.insert(Part::Logprobs),
            },
            Some(part) => _ = client.sender.tuning.refused.insert(part),
            None => match unblamed(&error, client).filter(|_| attempts < ATTEMPTS) {
                Some(part) => {
                    noted(client.http.endpoint().name(), part, &error);
                    client.sender.tuning.refused.insert(part);
                }
                None => return Err(error),
            },
        }
    }
}

async fn ask(client: &Client, alternatives: u64, limit: usize, bill: &Bill) -> Result<Whole, HttpError> {
    let turns = [Turn { role: Role::User, content: QUESTION.to_owned() }];
    let call = Call {
        subject: Subject::Turns { system: "", turns: &turns, begun: None },
        limit,
        // As for drafts, so that refused parts show up now.
        sampling: Some(Sampling { temperature: 0.6, top_p: 0.9, seed: 1 }),
        alternatives: (alternatives > 0).then_some(alternatives),
        json: false,
        bill,
    };
    client.whole(&call).await
}

/// The part to leave out next if a server refuses the request without saying which part: the least common first. If it fails on
/// every attempt, it may be because it cannot stream.
fn unblamed(error: &HttpError, client: &Client) -> Option<Part> {
    const GUESSED: [Part; 6] = [Part::Logprobs, Part::Usage, Part::Seed, Part::Unthinking, Part::TopP, Part::TokensName];
    let guessed: &[Part] = match error.status() {
        Some(400 | 422) if says_nothing(error.message()) => &GUESSED,
        Some(500 | 502) => &[Part::Stream],
        Some(_) | None => &[],
    };
    guessed.iter().find(|part| !client.sender.tuning.refused.contains(part)).copied()
}

/// Whether an error contains no more than its status.
fn says_nothing(message: &str) -> bool {
    const EMPTY: [&str; 10] =
        ["bad", "request", "invalid", "unprocessable", "entity", "content", "validation", "error", "400", "422"];
    let message = message.to_lowercase();
    message.split(|part: char| !part.is_alphanumeric()).filter(|word| !word.is_empty()).all(|word| EMPTY.contains(&word))
}

fn says_too_many(message: &str) -> bool {
    let message = message.to_lowercase();
    TOO_MANY.iter().any(|words| message.contains(words))
}

/// Adds the available names to a failure about the model's name.
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

#[cfg(test)]
mod tests {
    use super::says_nothing;

    #[test]
    fn an_error_without_a_reason_is_told_from_one_with() {
        for empty in ["", "Bad request.", "Bad Request (400)", "Unprocessable Entity", "invalid request error"] {
            assert!(says_nothing(empty), "{empty}");
        }
        for reason in ["Bad request: no such model", "the prompt is too long", "invalid value for messages", "unauthorized"] {
            assert!(!says_nothing(reason), "{reason}");
        }
    }
}
