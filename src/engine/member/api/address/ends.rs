//! Route ends: what documentation, a browser or a `curl` line has behind the base.

use super::super::kind::Kind;

/// What a path's end told.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Told {
    /// The chat route itself stood there: what is before it is the base.
    pub(super) chat: bool,
    /// The list of models stood there.
    pub(super) list: bool,
    pub(super) kind: Option<Kind>,
    pub(super) model: Option<String>,
}

/// An end, how many of its parts are no part of the base, and the kind that it tells. Longer ones first.
type End = (&'static [&'static str], usize, Option<Kind>);

const ENDS: &[End] = &[
    (&["api", "v0", "chat", "completions"], 4, Some(Kind::LmStudio)),
    (&["api", "v0", "completions"], 3, Some(Kind::LmStudio)),
    (&["api", "v0", "embeddings"], 3, Some(Kind::LmStudio)),
    (&["api", "v0", "models"], 3, Some(Kind::LmStudio)),
    (&["api", "v0"], 2, Some(Kind::LmStudio)),
    (&["api", "extra", "generate", "stream"], 4, Some(Kind::KoboldCpp)),
    (&["api", "extra", "version"], 3, Some(Kind::KoboldCpp)),
    (&["api", "v1", "generate"], 3, Some(Kind::KoboldCpp)),
    (&["api", "v1", "model"], 3, Some(Kind::KoboldCpp)),
    (&["v1", "internal", "model", "info"], 3, Some(Kind::TextGenerationWebUi)),
    (&["chat", "completions"], 2, None),
    (&["messages", "count_tokens"], 2, Some(Kind::Anthropic)),
    (&["messages"], 1, Some(Kind::Anthropic)),
    (&["responses"], 1, Some(Kind::OpenAiResponses)),
    (&["v2", "chat"], 2, Some(Kind::Cohere)),
    (&["v1", "chat"], 1, None),
    (&["api", "chat"], 2, Some(Kind::Ollama)),
    (&["api", "generate"], 2, Some(Kind::Ollama)),
    (&["api", "tags"], 2, Some(Kind::Ollama)),
    (&["api", "show"], 2, Some(Kind::Ollama)),
    (&["api", "ps"], 2, Some(Kind::Ollama)),
    (&["api", "version"], 2, Some(Kind::Ollama)),
    (&["api", "embed"], 2, Some(Kind::Ollama)),
    (&["api", "embeddings"], 2, Some(Kind::Ollama)),
    (&["generate_stream"], 1, Some(Kind::Tgi)),
    (&["chat_tokenize"], 1, Some(Kind::Tgi)),
    (&["get_model_info"], 1, Some(Kind::SgLang)),
    (&["completions"], 1, None),
    (&["embeddings"], 1, None),
    (&["models"], 1, None),
    (&["completion"], 1, None),
    (&["infill"], 1, None),
    (&["health"], 1, None),
    (&["healthz"], 1, None),
    (&["props"], 1, None),
    (&["slots"], 1, None),
    (&["metrics"], 1, None),
    (&["tokenize"], 1, None),
    (&["detokenize"], 1, None),
    (&["apply-template"], 1, None),
    (&["generate"], 1, None),
    (&["info"], 1, None),
    (&["version"], 1, None),
    (&["ping"], 1, None),
    (&["docs"], 1, None),
    (&["redoc"], 1, None),
    (&["openapi.json"], 1, None),
    (&["index.html"], 1, None),
];

/// What Gemini's routes of a model end with.
const METHODS: [&str; 4] = ["generateContent", "streamGenerateContent", "countTokens", "embedContent"];

/// Takes a route's end off the path.
pub(super) fn strip(segments: &mut Vec<String>) -> Told {
    if let Some(told) = of_model(segments) {
        return told;
    }
    let ends = |(end, ..): &&End| {
        let from = segments.len().checked_sub(end.len());
        let tail = from.and_then(|from| segments.get(from..)).unwrap_or_default();
        tail.len() == end.len() && tail.iter().zip(*end).all(|(part, known)| part.eq_ignore_ascii_case(known))
    };
    let Some((end, dropped, kind)) = ENDS.iter().find(ends) else { return Told::default() };
    segments.truncate(segments.len() - dropped);
    Told { chat: end.ends_with(&["chat", "completions"]), list: end.ends_with(&["models"]), kind: *kind, model: None }
}

/// The route of one model: `v1/models/NAME`, `v1beta/models/NAME:streamGenerateContent`.
fn of_model(segments: &mut Vec<String>) -> Option<Told> {
    let list = segments.iter().rposition(|segment| segment == "models")?;
    let name = segments.get(list + 1..).filter(|name| !name.is_empty())?.join("/");
    let method = name.rsplit_once(':').filter(|(_, method)| METHODS.contains(method));
    let versioned = list.checked_sub(1).and_then(|before| segments.get(before)).is_some_and(|before| is_version(before));
    let (model, kind) = match method {
        Some((model, _)) => (model.to_owned(), Some(Kind::Gemini)),
        None if versioned => (name, None),
        None => return None,
    };
    segments.truncate(list);
    Some(Told { chat: false, list: false, kind, model: Some(model) })
}

/// Takes the server's own interface off the path: that of `OpenAI` stands beside it.
pub(super) fn pop_own_interface(segments: &mut Vec<String>) {
    if let [.., api, version] = segments.as_slice()
        && api == "api"
        && is_version(version)
    {
        segments.truncate(segments.len() - 2);
    } else if segments.last().is_some_and(|last| last == "api") {
        segments.pop();
    }
}

/// `v1`, `v4`, `v1beta`, `v1alpha2`.
pub(super) fn is_version(segment: &str) -> bool {
    let number = segment.strip_prefix('v').unwrap_or_default();
    let rest = number.trim_start_matches(|part: char| part.is_ascii_digit());
    rest.len() < number.len() && (rest.is_empty() || rest.starts_with("beta") || rest.starts_with("alpha"))
}
