//! What can go wrong with a server, as seen in a completion.
//!
//! Owns the faults and their bytes. A server that is not there at all is [`Clockwork::stop`](super::Clockwork).

use serde_json::{Value, json};

use super::super::loopback::Reply;

/// What goes wrong with every completion while it is switched on.
#[derive(Debug, Clone)]
pub enum Fault {
    /// An error status with a message, and headers (`retry-after`).
    Status { status: u16, message: &'static str, headers: &'static [(&'static str, &'static str)] },
    /// The server reports that it is loading its model.
    Loading,
    /// The prompt is longer than the context.
    ContextLength { needed: usize, limit: usize },
    /// Nothing after this many tokens.
    Stall { after: usize },
    /// The connection is cut in the middle of the line of the token after this many.
    CutLine { after: usize },
    /// The connection is cut in the middle of a character of the token after this many.
    CutCharacter { after: usize },
    /// An error inside the stream after this many tokens.
    ErrorInside { after: usize },
    /// A web page.
    Page,
    /// The right body with the wrong content type.
    WrongContentType,
    /// Log-probabilities are this instead.
    Logprob(f64),
    /// Log-probabilities are missing.
    NoLogprob,
    /// Log-probabilities are `NaN`, which is not JSON.
    NotANumber,
    /// The events are of another form.
    MissingFields,
    /// The draft starts with this text, as if the model had started over.
    Repeats(&'static str),
    /// The stream never ends, whatever number of tokens was requested.
    Endless,
    /// One line of the stream never ends.
    EndlessLine,
}

impl Fault {
    /// The reply that comes instead of a completion, if none starts.
    pub fn instead(&self) -> Option<Reply> {
        let error = |status: u16, message: &str, kind: &str| json!({"error": {"code": status, "message": message, "type": kind}});
        match self {
            Self::Status { status, message, headers } => {
                let body = error(*status, message, "scripted_error").to_string();
                Some(Reply::with_headers(*status, "application/json", headers, &body))
            }
            Self::Loading => Some(Reply::json(503, &error(503, "Loading model", "unavailable_error"))),
            Self::ContextLength { needed, limit } => {
                let mut body = error(400, "the request exceeds the available context size", "exceed_context_size_error");
                body["error"]["n_prompt_tokens"] = json!(needed);
                body["error"]["n_ctx"] = json!(limit);
                Some(Reply::json(400, &body))
            }
            Self::Page => Some(Reply::text(200, "text/html", "<html><title>Router login</title></html>")),
            Self::MissingFields => Some(Reply::events().event(&json!({"answer": ["no", "such", "thing"]})).end()),
            Self::EndlessLine => Some(Reply::events().chunk("data: {\"content\": \"").repeat(" and so on".repeat(1000))),
            Self::Stall { .. }
            | Self::CutLine { .. }
            | Self::CutCharacter { .. }
            | Self::ErrorInside { .. }
            | Self::WrongContentType
            | Self::Logprob(_)
            | Self::NoLogprob
            | Self::NotANumber
            | Self::Repeats(_)
            | Self::Endless => None,
        }
    }

    /// The reply's content type.
    pub fn content_type(&self) -> &'static str {
        if matches!(self, Self::WrongContentType) { "audio/ogg" } else { "text/event-stream" }
    }

    /// The text that a draft starts with.
    pub fn repeated(&self) -> &'static str {
        if let Self::Repeats(text) = self { text } else { "" }
    }

    /// What happens to the token after `told` ones: `Err` is how the reply continues and ends.
    pub fn spoil(&self, told: usize, reply: Reply, event: Value) -> Result<(Reply, Value), Reply> {
        match self {
            Self::Stall { after } if told == *after => Err(reply.silence()),
            Self::CutLine { after } if told == *after => Err(reply.chunk("data: {\"content\": \" ha").close()),
            Self::CutCharacter { after } if told == *after => Err(reply.chunk(b"data: {\"content\": \" caf\xc3").close()),
            Self::ErrorInside { after } if told == *after => {
                let error = json!({"error": {"code": 500, "message": "the graphics card is gone", "type": "server_error"}});
                Err(reply.event(&error).end().close())
            }
            Self::Logprob(number) => Ok((reply, with_logprob(event, json!(number)))),
            Self::NoLogprob => Ok((reply, without_logprobs(event))),
            Self::NotANumber => {
                let text = with_logprob(event, json!("NaN")).to_string().replace("\"NaN\"", "NaN");
                Err(reply.chunk(format!("data: {text}\n\n")).end().close())
            }
            Self::Endless => Err(reply.repeat(format!("data: {event}\n\n"))),
            Self::Status { .. }
            | Self::Loading
            | Self::ContextLength { .. }
            | Self::Stall { .. }
            | Self::CutLine { .. }
            | Self::CutCharacter { .. }
            | Self::ErrorInside { .. }
            | Self::Page
            | Self::WrongContentType
            | Self::MissingFields
            | Self::Repeats(_)
            | Self::EndlessLine => Ok((reply, event)),
        }
    }
}

fn with_logprob(mut event: Value, logprob: Value) -> Value {
    event["completion_probabilities"][0]["logprob"] = logprob;
    event
}

fn without_logprobs(mut event: Value) -> Value {
    if let Some(entry) = event["completion_probabilities"][0].as_object_mut() {
        entry.remove("logprob");
    }
    event
}
