//! A scripted llama.cpp server for what a real one does not do on demand: other versions, other modes, faults.
//!
//! Every character is a token, whose number is its code point. Everything has the log-probability -0.5.

use serde_json::{Value, json};
use specfuse::engine::member::http::Endpoint;
use specfuse::engine::member::llama_server::{ConnectError, LlamaServer};

use crate::loopback::{Loopback, Reply, Request};
use crate::support::settings;

/// Tokens that end a turn.
pub const END: u64 = 0;

/// Answers a request, or leaves it to [`usual`].
pub type Script = fn(&Request) -> Option<Reply>;

/// A server that answers by a script, and as usual if the script does not.
pub async fn server(script: Script) -> Loopback {
    Loopback::start(move |_, request| script(request).unwrap_or_else(|| usual(request))).await
}

/// Connects to it.
pub async fn connected(server: &Loopback) -> Result<LlamaServer, ConnectError> {
    let endpoint = Endpoint::new("server", &server.url("")).unwrap();
    LlamaServer::connect(specfuse::engine::member::llama_server::Settings { endpoint, ..settings(&server.url("")) }).await
}

/// What a current server answers.
pub fn usual(request: &Request) -> Reply {
    let path = request.path.split('?').next().unwrap_or_default();
    let body = request.json();
    match path {
        "/health" => Reply::json(200, &json!({"status": "ok"})),
        "/v1/models" => {
            Reply::json(200, &json!({"data": [{"id": "made-up", "meta": {"n_vocab": 1000, "n_ctx_train": 4096, "n_params": 7}}]}))
        }
        "/props" => props("user: "),
        "/slots" => Reply::json(200, &json!([{"id": 0, "speculative": false}])),
        "/apply-template" => rendered(&body, "user: ", ""),
        "/tokenize" => Reply::json(200, &json!({ "tokens": pieces(body["content"].as_str().unwrap()) })),
        "/completion" => completion(&body),
        _ => Reply::json(404, &json!({"error": {"message": "File Not Found", "type": "not_found_error", "code": 404}})),
    }
}

pub fn props(template: &str) -> Reply {
    let settings = json!({"params": {}, "n_ctx": 4096});
    Reply::json(
        200,
        &json!({"default_generation_settings": settings, "total_slots": 2, "chat_template": template, "bos_token": ""}),
    )
}

/// The last message between these texts.
pub fn rendered(body: &Value, before: &str, after: &str) -> Reply {
    let content = body["messages"].as_array().unwrap().last().unwrap()["content"].as_str().unwrap();
    Reply::json(200, &json!({ "prompt": format!("{before}{content}{after}") }))
}

fn pieces(text: &str) -> Vec<Value> {
    text.chars().map(|character| json!({"id": u32::from(character), "piece": character.to_string()})).collect()
}

/// The requested tokens, and whether the end is among them: by a grammar, by a bias, or the server's own choice.
fn completion(body: &Value) -> Reply {
    let count = body["n_predict"].as_u64().unwrap() as usize;
    let forced: Vec<u64> = match (body["grammar"].as_str(), body["logit_bias"][0][0].as_u64()) {
        (Some(grammar), _) => grammar.split("<[").skip(1).filter_map(|part| part.split(']').next()?.parse().ok()).collect(),
        (None, Some(id)) => vec![id],
        (None, None) => "abcdefghijklmnop".chars().cycle().take(count).map(|letter| u64::from(u32::from(letter))).collect(),
    };
    let forced = forced.into_iter().chain([END]).take(count);
    let prompt = body["prompt"].as_array().unwrap().len();
    forced.enumerate().fold(Reply::events(), |reply, (at, id)| reply.event(&token(id, at + 1))).event(&last(prompt, count)).end()
}

/// The event of a token.
pub fn token(id: u64, predicted: usize) -> Value {
    let text = if id == END { String::new() } else { char::from_u32(id as u32).unwrap().to_string() };
    let top = json!([{"id": id, "token": text, "logprob": -0.5}]);
    let entry = json!({"id": id, "token": text, "logprob": -0.5, "top_logprobs": top});
    json!({"content": text, "tokens": [id], "stop": false, "tokens_predicted": predicted, "completion_probabilities": [entry]})
}

/// The last event.
pub fn last(prompt: usize, predicted: usize) -> Value {
    let timings = json!({"cache_n": prompt - 1, "prompt_n": 1, "predicted_n": predicted});
    json!({"content": "", "stop": true, "stop_type": "limit", "tokens_predicted": predicted, "timings": timings})
}
