//! Addresses as users paste them, by hand and at random.

mod rows;

use proptest::prelude::*;

use self::rows::ROWS;
use super::super::kind::Kind;
use super::*;
use crate::engine::member::http::Endpoint;

/// The first URLs an address's requests go to.
fn requested(address: &Address) -> (String, String) {
    let dialect = address.kind.unwrap_or(Kind::OpenAiCompatible).dialect();
    let endpoint = Endpoint::new("x", &address.base).unwrap();
    let at = |path: &str| endpoint.url(&Route::placed(address.routes.first().copied(), path).replace("{model}", "M")).to_string();
    (at(dialect.chat.path), at(dialect.listing.path))
}

#[test]
fn pasted_addresses_lead_to_the_right_urls() {
    assert!(ROWS.len() >= 60);
    for (pasted, chat, list, kind) in ROWS {
        let address = Address::read(pasted);
        assert_eq!(address.kind.map_or("", Kind::name), *kind, "{pasted}");
        assert_eq!(requested(&address), ((*chat).to_owned(), (*list).to_owned()), "{pasted}");
    }
}

/// Kind; pasted; where chats are sent first.
const OF_KINDS: &[(Kind, &str, &str)] = &[
    (Kind::OpenAiCompatible, "https://api.deepinfra.com/v1/openai", "https://api.deepinfra.com/v1/openai/chat/completions"),
    (Kind::OpenAiCompatible, "https://api.openai.com", "https://api.openai.com/v1/chat/completions"),
    (Kind::OpenAiCompatible, "https://api.anthropic.com", "https://api.anthropic.com/v1/chat/completions"),
    (
        Kind::OpenAiCompatible,
        "https://generativelanguage.googleapis.com",
        "https://generativelanguage.googleapis.com/v1beta/openai/chat/completions",
    ),
    (Kind::OpenAiCompatible, "http://h/inference", "http://h/inference/chat/completions"),
    (Kind::OpenAiCompatible, "http://h/v1/messages", "http://h/v1/chat/completions"),
    (Kind::Vllm, "http://h:8000/v1/", "http://h:8000/v1/chat/completions"),
    (Kind::Vllm, "http://h:8000/vllm", "http://h:8000/vllm/v1/chat/completions"),
    (Kind::LmStudio, "http://h:1234/api/v1", "http://h:1234/v1/chat/completions"),
    (Kind::KoboldCpp, "http://h:5001/api", "http://h:5001/v1/chat/completions"),
    (Kind::Ollama, "http://h:11434/v1", "http://h:11434/api/chat"),
    (Kind::Ollama, "ollama-host:11434/api/generate", "http://ollama-host:11434/api/chat"),
    (Kind::OpenAi, "https://gateway.example", "https://gateway.example/chat/completions"),
    (Kind::OpenAi, "https://gateway.example/v1/chat/completions/", "https://gateway.example/v1/chat/completions"),
    (Kind::OpenAiResponses, "https://gateway.example/v1", "https://gateway.example/v1/responses"),
    (Kind::Anthropic, "https://gateway.example/x/v1/messages", "https://gateway.example/x/v1/messages"),
    (Kind::Cohere, "https://gateway.example/v1", "https://gateway.example/v2/chat"),
    (Kind::Azure, "https://gateway.example/openai/v1", "https://gateway.example/openai/v1/chat/completions"),
    (Kind::DeepSeek, "https://gateway.example/v1", "https://gateway.example/chat/completions"),
];

#[test]
fn what_the_user_says_of_the_kind_goes_before_host_and_path() {
    for (kind, pasted, chat) in OF_KINDS {
        let address = Address::of(*kind, pasted);
        assert_eq!((requested(&address).0.as_str(), address.kind), (*chat, Some(*kind)), "{pasted}");
    }
}

#[test]
fn both_forms_are_left_to_try_where_the_address_does_not_decide() {
    let routes = |pasted: &str| Address::read(pasted).routes;
    assert_eq!(routes("http://h:1"), [Route::Versioned, Route::Direct]);
    assert_eq!(routes("http://h:1/llm"), [Route::Direct, Route::Versioned]);
    assert_eq!(routes("https://h.example/api/v4"), [Route::Direct]);
    assert_eq!(routes("https://api.anthropic.com"), []);
}

#[test]
fn an_address_may_name_a_model_and_a_service_the_variable_of_its_key() {
    let model = |pasted: &str| Address::read(pasted).model;
    assert_eq!(model("https://x.openai.azure.com/openai/deployments/mine?api-version=1").as_deref(), Some("mine"));
    assert_eq!(model("https://generativelanguage.googleapis.com/v1beta/models/g:generateContent").as_deref(), Some("g"));
    assert_eq!(model("https://router.huggingface.co/v1/models/org/name").as_deref(), Some("org/name"));
    assert_eq!(model("https://host.example/models/org/name/v1"), None);
    let variable = |pasted: &str| Address::read(pasted).variable;
    assert_eq!(variable("api.openai.com"), Some("OPENAI_API_KEY"));
    assert_eq!(variable("https://api.perplexity.ai"), Some("PERPLEXITY_API_KEY"));
    assert_eq!(variable("https://generativelanguage.googleapis.com/v1beta/openai"), Some("GEMINI_API_KEY"));
    for stranger in [
        "https://api.openai.com.example",
        "https://example/api.openai.com",
        "https://api.openai.com@host.example",
        "https://host.example\\@api.openai.com",
        "https://evilapi.openai.com.example/v1",
        "https://xapi.openai.com",
    ] {
        assert_eq!(variable(stranger), None, "{stranger}");
    }
}

#[test]
fn what_may_be_an_address_gets_a_scheme() {
    for (text, expected) in [
        ("127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("192.168.1.7", "http://192.168.1.7"),
        ("localhost", "http://localhost"),
        ("localhost:8080/v1", "http://localhost:8080/v1"),
        ("[::1]:8080", "http://[::1]:8080"),
        ("[fe80::1]", "http://[fe80::1]"),
        ("my-host:8000#model", "http://my-host:8000#model"),
        ("nas.local/v1", "http://nas.local/v1"),
        ("host.example/v1", "https://host.example/v1"),
        ("host.example:8000/v1", "http://host.example:8000/v1"),
        ("host.example:443", "https://host.example:443"),
        ("api.openai.com:443/v1#gpt", "https://api.openai.com:443/v1#gpt"),
        ("KEY@api.openai.com/v1", "https://KEY@api.openai.com/v1"),
        ("me:pw@127.0.0.1:80", "http://me:pw@127.0.0.1:80"),
        ("//host.example/v1", "https://host.example/v1"),
        ("HtTpS://Host/V1", "https://Host/V1"),
        ("127.0.0.1:8080#models/x.gguf", "http://127.0.0.1:8080#models/x.gguf"),
    ] {
        assert_eq!(Address::with_scheme(text).as_deref(), Some(expected), "{text}");
    }
    for text in [
        "x.gguf",
        "X.GGUF",
        "C:\\x.gguf",
        "C:/models/x.gguf",
        "model:7b",
        "./x",
        "../x",
        "~/x.gguf",
        "/models/x",
        "models/x.gguf",
        "atlas",
        "host:0",
        "host:70000",
        "host:80a",
        "x..y",
        "[::1",
        "[x]:1",
        "",
        ".",
        "-x:1",
        "models.d/x",
        "ftp://host",
        "file:///x",
        "host.example/x.gguf",
        "llama3.2:1b",
        "qwen2.5-7b",
        "a b:80",
        "my model.example",
    ] {
        assert_eq!(Address::with_scheme(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn a_base_read_again_stays_as_it_is(row in 0..ROWS.len()) {
        let (pasted, ..) = ROWS[row];
        let address = Address::read(pasted);
        let again = match address.kind {
            Some(kind) => Address::of(kind, &address.base),
            None => Address::read(&address.base),
        };
        prop_assert_eq!(again.base, address.base);
    }

    #[test]
    fn any_text_is_read(text in any::<String>(), path in "[a-z0-9/:?#@.%\\[\\]-]{0,40}") {
        for pasted in [text, format!("http://h/{path}"), path] {
            let address = Address::read(&pasted);
            if let Ok(endpoint) = Endpoint::new("x", &address.base) {
                prop_assert!(!endpoint.shown().is_empty());
            }
            let _ = Address::of(Kind::Azure, &pasted);
        }
    }
}
