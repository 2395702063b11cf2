//! Route ends: what an address copied from documentation, a browser or a `curl` line has after the base.

use super::super::dialect::RouteEnd;
use super::super::kind::Kind;

/// What the end of a path revealed.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Told {
    /// It was the chat route: what precedes it is the base.
    pub(super) chat: bool,
    /// It was the list of models.
    pub(super) list: bool,
    pub(super) kind: Option<Kind>,
    pub(super) model: Option<String>,
}

/// Ends that do not reveal the kind. Those that do are in the rows of the dialects.
const ENDS: &[RouteEnd] = &[
    (&["chat", "completions"], 2),
    (&["v1", "chat"], 1),
    (&["completions"], 1),
    (&["embeddings"], 1),
    (&["models"], 1),
    (&["completion"], 1),
    (&["infill"], 1),
    (&["health"], 1),
    (&["healthz"], 1),
    (&["props"], 1),
    (&["slots"], 1),
    (&["metrics"], 1),
    (&["tokenize"], 1),
    (&["detokenize"], 1),
    (&["apply-template"], 1),
    (&["generate"], 1),
    (&["info"], 1),
    (&["version"], 1),
    (&["ping"], 1),
    (&["docs"], 1),
    (&["redoc"], 1),
    (&["openapi.json"], 1),
    (&["index.html"], 1),
];

/// How Gemini's routes of a model end.
const METHODS: [&str; 4] = ["generateContent", "streamGenerateContent", "countTokens", "embedContent"];

/// Removes a route's end from the path.
pub(super) fn strip(segments: &mut Vec<String>) -> Told {
    if let Some(told) = of_model(segments) {
        return told;
    }
    let ends = |((end, _), _): &(&RouteEnd, Option<Kind>)| {
        let from = segments.len().checked_sub(end.len());
        let tail = from.and_then(|from| segments.get(from..)).unwrap_or_default();
        tail.len() == end.len() && tail.iter().zip(*end).all(|(part, known)| part.eq_ignore_ascii_case(known))
    };
    let own = Kind::ALL.iter().flat_map(|kind| kind.dialect().route_ends.iter().map(|end| (end, Some(*kind))));
    let all = own.chain(ENDS.iter().map(|end| (end, None)));
    let longest = all.filter(ends).max_by_key(|((end, _), _)| end.len());
    let Some(((end, dropped), kind)) = longest else { return Told::default() };
    segments.truncate(segments.len() - dropped);
    Told { chat: end.ends_with(&["chat", "completions"]), list: end.ends_with(&["models"]), kind, model: None }
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

/// Removes the server's own interface from the path: `OpenAI`'s interface is next to it.
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
