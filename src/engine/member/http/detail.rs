//! A server's description of an error, in whatever form.
//!
//! Owns the forms of error bodies: `{error:{message,code,type,status}}` (`OpenAI`, Anthropic, llama.cpp), `{error:"…"}` (Ollama,
//! TGI), `{message}` (Cohere, Mistral, `SGLang`), `{detail}` (`FastAPI`), `[{error:{…}}]` (Google), a web page, plain text. All
//! text from here is one line without control characters, of bounded length, and without secrets.

use serde_json::Value;

use super::context::{ContextLength, context_length};
use super::redact::{MASK, Secrets};

/// How many characters of text in no known form are shown.
const EXCERPT: usize = 200;

/// How many characters of a server's message are kept: some servers repeat the whole request in it.
const MESSAGE: usize = 1000;

/// A server's description of an error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Detail {
    /// Its message, made fit to show; empty if there is none.
    pub message: String,
    /// Its code, such as `insufficient_quota`, or a number as text.
    pub code: Option<String>,
    /// Its kind, from `type` or `status`.
    pub kind: Option<String>,
    /// Set if the server reports that the prompt does not fit the model's context.
    pub context: Option<ContextLength>,
}

impl Detail {
    /// Whether code or kind is this word.
    #[must_use]
    pub fn is(&self, word: &str) -> bool {
        [&self.code, &self.kind].into_iter().flatten().any(|name| name == word)
    }

    /// The status that the code stands for, if it is one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.code.as_ref()?.parse().ok().filter(|status| (400..600).contains(status))
    }
}

/// The error in the body of a reply with an error status.
pub(super) fn of_body(body: &[u8], secrets: &Secrets) -> Detail {
    let known = serde_json::from_slice(body).ok().and_then(|value| of_value(&value, secrets));
    known.unwrap_or_else(|| Detail { message: shown(&String::from_utf8_lossy(body), secrets), ..Detail::default() })
}

/// The error in a message of a reply that started well, if it is one.
pub(super) fn in_band(event: Option<&str>, data: &Value, secrets: &Secrets) -> Option<Detail> {
    let says_so = |field: &str| data.get(field).and_then(Value::as_str) == Some("error");
    let given = data.get("error").is_some_and(|error| match error {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::Bool(true) | Value::Number(_) | Value::Array(_) => true,
    });
    if !given && event != Some("error") && !says_so("object") && !says_so("type") {
        return None;
    }
    Some(of_value(data, secrets).unwrap_or_else(|| Detail { message: shown(&text_of(data), secrets), ..Detail::default() }))
}

/// Any text that is not JSON, in one line: a web page by its title.
pub(super) fn shown(text: &str, secrets: &Secrets) -> String {
    match page_title(text) {
        Some(title) if title.is_empty() => "a web page".to_owned(),
        Some(title) => format!("a web page titled \"{}\"", cut(&secrets.redact(&one_line(&title)), EXCERPT)),
        None => cut(&secrets.redact(&one_line(text)), EXCERPT),
    }
}

/// The start of a text without secrets, in one line.
pub(super) fn excerpt(text: &str) -> String {
    cut(&one_line(text), EXCERPT)
}

/// The error in a JSON value, if it has a known form.
fn of_value(value: &Value, secrets: &Secrets) -> Option<Detail> {
    match value {
        Value::Array(all) => all.iter().find_map(|one| of_value(one, secrets)),
        Value::Object(outer) => {
            let inner = outer.get("error").filter(|error| error.is_object()).unwrap_or(value);
            let message = message_of(value)?;
            let name = |field: &str| inner.get(field).or(outer.get(field)).map(text_of).filter(|text| !text.is_empty());
            let clean = |text: String| cut(&secrets.redact(&one_line(&text)), EXCERPT);
            let code = name("code").or_else(|| name("status_code")).filter(|code| code != "null").map(clean);
            let kind = name("type").or_else(|| name("status")).or_else(|| name("error_type")).filter(|kind| kind != "null");
            let context = context_length(inner, &message);
            let message = cut(&secrets.redact(&one_line(&message)), MESSAGE);
            Some(Detail { message, code, kind: kind.map(clean), context })
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// The message at one of the locations that servers use.
fn message_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(all) => all.iter().find_map(message_of),
        Value::Object(fields) => {
            let found =
                ["error", "message", "detail", "msg", "errors"].into_iter().find_map(|field| message_of(fields.get(field)?));
            let raw = value.pointer("/error/metadata/raw").or_else(|| value.pointer("/metadata/raw"));
            match (found, raw.and_then(Value::as_str)) {
                // The message of the provider behind OpenRouter.
                (Some(found), Some(raw)) if !found.contains(raw) => Some(format!("{found}: {raw}")),
                (found, _) => found,
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The title of a web page, empty if it has none; `None` if the text is not a web page.
pub(super) fn page_title(text: &str) -> Option<String> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let beginning: String = text.chars().take(1024).collect::<String>().to_ascii_lowercase();
    if !beginning.starts_with('<') || !(beginning.contains("<html") || beginning.contains("<!doctype html")) {
        return None;
    }
    // Lower-casing ASCII keeps every byte offset.
    let lower = text.to_ascii_lowercase();
    let title = lower.find("<title").and_then(|tag| {
        let begin = tag + lower.get(tag..)?.find('>')? + 1;
        text.get(begin..begin + lower.get(begin..)?.find("</title")?)
    });
    Some(title.unwrap_or_default().trim().to_owned())
}

fn one_line(text: &str) -> String {
    let words = text.split(|part: char| part.is_whitespace() || part.is_control());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn cut(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((end, _)) => format!("{}{MASK}", text.get(..end).unwrap_or_default().trim_end()),
        None => text.to_owned(),
    }
}
