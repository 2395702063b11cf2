//! A server that speaks one dialect: it replies with the fixtures, and scores with its own tokenizer.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use specfuse::engine::member::api::Kind;

use crate::loopback::{Loopback, Reply, Request};

/// What a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    Models,
    Describing,
    /// Tokens of a text or of turns.
    Tokens,
    /// Turns as a text.
    Rendering,
    Scoring,
    /// The probe's first call.
    Letter,
    /// The probe's call for how a text is continued.
    Alphabet,
    Judging,
    Draft,
}

/// The model that each dialect's fixtures know, if there are several.
const MODELS: &[(Kind, &str)] = &[
    (Kind::OpenAi, "gpt-4.1-mini"),
    (Kind::OpenAiResponses, "gpt-4.1-mini"),
    (Kind::Azure, "deployment"),
    (Kind::Gemini, "gemini-x"),
    (Kind::Mistral, "mistral-small-latest"),
    (Kind::DeepSeek, "deepseek-v4-flash"),
    (Kind::Cohere, "command-x"),
    (Kind::Together, "meta/llama"),
];

/// The model to name; `None` if there is only one.
pub fn model(kind: Kind) -> Option<&'static str> {
    MODELS.iter().find(|(of, _)| *of == kind).map(|(_, model)| *model)
}

/// A fixture's text; `None` if there is none.
pub fn fixture(kind: Kind, name: &str) -> Option<String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/api/fixtures").join(kind.name());
    let endings = ["sse", "ndjson", "json"].map(|ending| folder.join(format!("{name}.{ending}")));
    endings.iter().find(|path| path.exists()).map(|path| std::fs::read_to_string(path).unwrap())
}

/// A fixture as a reply.
pub fn reply(kind: Kind, name: &str) -> Reply {
    let text = fixture(kind, name).unwrap_or_else(|| panic!("{}: no {name}", kind.name()));
    streamed(kind, &text)
}

/// A text as the kind streams it, in pieces that ignore borders.
pub fn streamed(kind: Kind, text: &str) -> Reply {
    let content_type = match (kind, text.starts_with(['{', '['])) {
        (Kind::Ollama, _) => "application/x-ndjson",
        (_, true) => "application/json",
        (_, false) => "text/event-stream",
    };
    text.as_bytes().chunks(97).fold(Reply::chunked(content_type), Reply::chunk).end()
}

/// The server of a kind.
pub async fn serve(kind: Kind) -> Loopback {
    serve_with(kind, |_, _| None).await
}

/// The server of a kind, except for these replies.
pub async fn serve_with(kind: Kind, otherwise: impl Fn(About, &Request) -> Option<Reply> + Send + Sync + 'static) -> Loopback {
    let tokenizer = Arc::new(Tokenizer::default());
    Loopback::start(move |_, request| {
        let about = about(request, &tokenizer);
        otherwise(about, request).unwrap_or_else(|| usual(kind, about, request, &tokenizer))
    })
    .await
}

/// What the requests so far were about.
pub fn asked(server: &Loopback) -> HashSet<String> {
    server.requests().iter().map(|request| request.path.clone()).collect()
}

fn about(request: &Request, tokenizer: &Tokenizer) -> About {
    let body = request.json();
    let text = text_of(&body) + &tokenizer.text_of_ids(&body["prompt"]);
    let scores = ["prompt_logprobs", "return_logprob", "echo", "echo_last"].iter().any(|name| body.get(name).is_some());
    match request.path.as_str() {
        path if path.ends_with("/chat_tokenize") || path.ends_with("chat-prompt") => About::Rendering,
        path if path.ends_with("/tokenize") => About::Tokens,
        path if path.ends_with("api/show") => About::Describing,
        _ if request.method == "GET" => About::Models,
        _ if scores || body.pointer("/parameters/decoder_input_details").is_some() => About::Scoring,
        _ if text.contains("single letter A") => About::Letter,
        _ if text.contains("</candidates") => About::Judging,
        _ if text.contains("A, B, C,") => About::Alphabet,
        _ => About::Draft,
    }
}

fn usual(kind: Kind, about: About, request: &Request, tokenizer: &Tokenizer) -> Reply {
    let body = request.json();
    match about {
        About::Models => reply(kind, "models"),
        About::Describing => reply(kind, "show"),
        About::Letter => reply(kind, "letter"),
        About::Draft => reply(kind, "sentence"),
        About::Alphabet => match fixture(kind, "alphabet") {
            Some(text) => streamed(kind, &text),
            None => Reply::json(404, &json!({"error": {"message": "no such thing"}})),
        },
        About::Judging => judged(kind, &body),
        About::Tokens if matches!(kind, Kind::Vllm | Kind::SgLang) => Reply::json(200, &tokenizer.tokenize(&body)),
        About::Rendering => {
            let name = if kind == Kind::Tgi { "templated_text" } else { "prompt" };
            Reply::json(200, &json!({name: rendered(&body["messages"], true)}))
        }
        About::Scoring => Reply::json(200, &scored(kind, &body, tokenizer)),
        About::Tokens => Reply::json(404, &json!({"detail": "Not Found"})),
    }
}

/// All texts in a body, with a line break after each.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text}\n"),
        Value::Array(values) => values.iter().map(text_of).collect(),
        Value::Object(fields) => fields.values().map(text_of).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => String::new(),
    }
}

/// A judge that prefers text containing Paris: by a letter's probability, or by a ranking if that is requested.
fn judged(kind: Kind, body: &Value) -> Reply {
    let text = text_of(body);
    let line = text.lines().find(|line| line.contains("Paris") && line.chars().nth(1) == Some(':')).unwrap();
    let letter = line.chars().next().unwrap();
    let other = if letter == 'A' { 'B' } else { 'A' };
    let template = fixture(kind, "letter").unwrap();
    streamed(
        kind,
        &if text.contains("Rank all") {
            let ranking = json!({"ranking": [letter, other]}).to_string();
            template.replace("\"A\"", &json!(ranking).to_string())
        } else if letter == 'A' {
            template
        } else {
            let swapped = template.replace("\"A\"", "\"?\"").replace("\"B\"", "\"A\"").replace("\"?\"", "\"B\"");
            swapped.replace("[65]", "[?]").replace("[66]", "[65]").replace("[?]", "[66]")
        },
    )
}

/// Words with the space before them, other characters alone.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for c in text.chars() {
        let joins =
            c.is_alphanumeric() && pieces.last().is_some_and(|last| last.chars().all(|of| of.is_alphanumeric() || of == ' '));
        match pieces.last_mut().filter(|_| joins) {
            Some(last) => last.push(c),
            None => pieces.push(c.to_string()),
        }
    }
    pieces
}

/// Turns as this server's models see them.
fn rendered(messages: &Value, opened: bool) -> String {
    let text = |message: &Value, name: &str| message[name].as_str().unwrap_or_default().to_owned();
    let turn = |message: &Value| format!("<|{}|>{}<|end|>", text(message, "role"), text(message, "content"));
    let turns: String = messages.as_array().into_iter().flatten().map(turn).collect();
    turns + if opened { "<|assistant|>" } else { "" }
}

/// A token's log-probability: the longer, the lower.
pub fn logprob(token: &str) -> f64 {
    -(token.len() as f64) / 8.0
}

#[derive(Default)]
struct Tokenizer(Mutex<Vec<String>>);

impl Tokenizer {
    fn ids(&self, text: &str) -> Vec<usize> {
        let mut known = self.0.lock().unwrap();
        let id = |token: String| {
            known.iter().position(|other| *other == token).unwrap_or_else(|| {
                known.push(token);
                known.len() - 1
            })
        };
        tokens(text).into_iter().map(id).collect()
    }

    fn text(&self, id: usize) -> String {
        self.0.lock().unwrap()[id].clone()
    }

    fn text_of_ids(&self, ids: &Value) -> String {
        let ids = ids.as_array().into_iter().flatten().filter_map(Value::as_u64);
        ids.map(|id| self.text(id as usize)).collect()
    }

    fn tokenize(&self, body: &Value) -> Value {
        let ids = match &body["messages"] {
            Value::Null => self.ids(body["prompt"].as_str().unwrap()),
            messages => self.ids(&rendered(messages, body["add_generation_prompt"] == json!(true))),
        };
        json!({"count": ids.len(), "max_model_len": 4096, "tokens": ids, "token_strs": null})
    }
}

/// A text's tokens; `<|…|>` is a single one.
fn tokens(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    for part in text.split_inclusive("|>") {
        let (plain, special) = part.split_at(part.find("<|").unwrap_or(part.len()));
        all.extend(pieces(plain));
        all.extend((!special.is_empty()).then(|| special.to_owned()));
    }
    all
}

type Score = fn(&Value, &Tokenizer) -> Value;

/// How each kind reports scores; kinds not listed here use an echo of completions.
const SCORES: &[(Kind, Score)] = &[
    (Kind::Vllm, prompt_logprobs),
    (Kind::SgLang, input_logprobs),
    (Kind::Tgi, input_details),
    (Kind::Together, echo_apart),
    (Kind::Fireworks, chat_echo),
];

/// Scores of prompts, in the kind's form.
fn scored(kind: Kind, body: &Value, tokenizer: &Tokenizer) -> Value {
    SCORES.iter().find(|(of, _)| *of == kind).map_or(echo as Score, |(_, score)| *score)(body, tokenizer)
}

fn prompt_logprobs(body: &Value, tokenizer: &Tokenizer) -> Value {
    let choice = |(index, prompt): (usize, &Value)| {
        let logprobs: Vec<Value> = ids(prompt).enumerate().map(|(place, id)| entry(place, id, tokenizer)).collect();
        json!({"index": index, "text": "x", "finish_reason": "length", "logprobs": null, "prompt_logprobs": logprobs})
    };
    let choices: Vec<Value> = body["prompt"].as_array().unwrap().iter().enumerate().map(choice).collect();
    json!({"object": "text_completion", "choices": choices, "usage": usage()})
}

fn input_logprobs(body: &Value, tokenizer: &Tokenizer) -> Value {
    let part = |(place, prompt): (usize, &Value)| {
        let start = body["logprob_start_len"][place].as_u64().unwrap() as usize;
        let token = |(at, id): (usize, usize)| {
            let logprob = if at == start { Value::Null } else { json!(logprob(&tokenizer.text(id))) };
            json!([logprob, id, null])
        };
        let told: Vec<Value> = ids(prompt).enumerate().skip(start).map(token).collect();
        json!({"text": "x", "meta_info": {"input_token_logprobs": told, "output_token_logprobs": [], "prompt_tokens": 20,
            "cached_tokens": 10, "completion_tokens": 1, "finish_reason": {"type": "length", "length": 1}}})
    };
    body["input_ids"].as_array().unwrap().iter().enumerate().map(part).collect()
}

fn input_details(body: &Value, _: &Tokenizer) -> Value {
    let (tokens, logprobs) = told(body["inputs"].as_str().unwrap());
    let token = |(text, logprob)| json!({"id": 1, "text": text, "logprob": logprob});
    let prefill: Vec<Value> = tokens.iter().zip(logprobs).map(token).collect();
    let details = json!({"finish_reason": "length", "generated_tokens": 1, "prefill": prefill, "tokens": []});
    json!({"generated_text": "x", "details": details})
}

fn echo_apart(body: &Value, _: &Tokenizer) -> Value {
    let logprobs = legacy(&rendered(&body["messages"], false), "");
    let choice = json!({"index": 0, "message": {"role": "assistant", "content": "x"}});
    json!({"id": "t1", "choices": [choice], "prompt": [{"text": "", "logprobs": logprobs}], "usage": usage()})
}

fn chat_echo(body: &Value, _: &Tokenizer) -> Value {
    let logprobs = legacy(&rendered(&body["messages"], false), " so");
    let choice = json!({"index": 0, "message": {"role": "assistant", "content": "x"}, "logprobs": logprobs});
    json!({"id": "f1", "choices": [choice], "usage": usage()})
}

fn echo(body: &Value, _: &Tokenizer) -> Value {
    let logprobs = legacy(body["prompt"].as_str().unwrap(), " so");
    let choice = json!({"index": 0, "text": "x", "finish_reason": "length", "logprobs": logprobs});
    json!({"object": "text_completion", "choices": [choice], "usage": usage()})
}

fn usage() -> Value {
    json!({"prompt_tokens": 40, "completion_tokens": 1, "total_tokens": 41})
}

/// A text's tokens and their log-probabilities; the first has none.
fn told(text: &str) -> (Vec<String>, Vec<Value>) {
    let tokens = tokens(text);
    let of = |(place, token): (usize, &String)| if place == 0 { Value::Null } else { json!(logprob(token)) };
    let logprobs = tokens.iter().enumerate().map(of).collect();
    (tokens, logprobs)
}

/// As completions report them, with a generated token after them.
fn legacy(text: &str, generated: &str) -> Value {
    let (mut tokens, mut logprobs) = told(text);
    if !generated.is_empty() {
        tokens.push(generated.to_owned());
        logprobs.push(json!(-0.5));
    }
    json!({"tokens": tokens, "token_logprobs": logprobs, "top_logprobs": null, "text_offset": []})
}

fn ids(prompt: &Value) -> impl Iterator<Item = usize> {
    prompt.as_array().unwrap().iter().map(|id| id.as_u64().unwrap() as usize).collect::<Vec<_>>().into_iter()
}

/// A token of a prompt as vLLM reports it.
fn entry(place: usize, id: usize, tokenizer: &Tokenizer) -> Value {
    if place == 0 {
        return Value::Null;
    }
    let token = tokenizer.text(id);
    json!({id.to_string(): {"logprob": logprob(&token), "rank": 1, "decoded_token": token}})
}
