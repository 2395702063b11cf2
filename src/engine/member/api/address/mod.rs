//! From an address as pasted to the base that requests are sent below.
//!
//! Owns, as pure functions: which part of a pasted address is a route and not the base, what a known service's address lacks,
//! which kind of API host and path reveal, and in which form the chat route continues the base. `probe` finds out what a given
//! server really has: if the forms leave a doubt, it tries both.

mod azure;
mod ends;
mod login;
mod scheme;
mod services;
#[cfg(test)]
mod tests;

use reqwest::Url;
use serde::{Deserialize, Serialize};

use self::ends::{Told, is_version};
use self::services::Service;
use super::kind::Kind;

/// Where the routes of `OpenAI`'s interface are below an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Route {
    /// Directly below it: `chat/completions`.
    Direct,
    /// Below `v1/`: `v1/chat/completions`.
    Versioned,
}

/// The routes that exist in both forms; a dialect's other routes are always where the dialect has them.
const ROUTES: [&str; 4] = ["chat/completions", "completions", "responses", "models"];

impl Route {
    /// A route in this form, or as the dialect has it if the form is not known.
    pub(super) fn placed(route: Option<Self>, path: &str) -> String {
        route.map_or_else(|| path.to_owned(), |route| route.path(path))
    }

    /// A route as the dialect has it, in this form.
    pub(super) fn path(self, path: &str) -> String {
        let tail = path.strip_prefix("v1/").unwrap_or(path);
        match self {
            Self::Direct | Self::Versioned if !ROUTES.contains(&tail) => path.to_owned(),
            Self::Direct => tail.to_owned(),
            Self::Versioned => format!("v1/{tail}"),
        }
    }
}

/// What a pasted address reveals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The base of every request's path, with the query that every request carries. If the pasted text is not an address, that
    /// text.
    pub base: String,
    /// The API, if host or path reveals it.
    pub kind: Option<Kind>,
    /// The possible forms of the routes, the likeliest first; empty if only the dialect's own is possible.
    pub routes: Vec<Route>,
    /// The model, if the address names one.
    pub model: Option<String>,
    /// The usual environment variable of this service's key; `None` if the host is not a known service.
    pub variable: Option<&'static str>,
}

impl Address {
    /// Reads an address if it is not known what is served there.
    #[must_use]
    pub fn read(pasted: &str) -> Self {
        read(pasted, None)
    }

    /// Reads an address where this API is served.
    #[must_use]
    pub fn of(kind: Kind, pasted: &str) -> Self {
        read(pasted, Some(kind))
    }

    /// The text as an address with a scheme, if it can be one: `http` for the user's own hosts and if there is a port, `https`
    /// for names on the internet. `None` for what looks like a path or a name of something else.
    #[must_use]
    pub fn with_scheme(text: &str) -> Option<String> {
        scheme::completed(tidy(text))
    }

    /// An address without user, password and query, for the user.
    #[must_use]
    pub fn without_secrets(url: &str) -> String {
        let url = Self::with_scheme(url).unwrap_or_else(|| url.to_owned());
        let (scheme, rest) = url.split_once("://").unwrap_or(("http", &url));
        let path = rest.split('?').next().unwrap_or(rest);
        let (authority, path) =
            path.split_once('/').map_or((path, String::new()), |(authority, path)| (authority, format!("/{path}")));
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        format!("{scheme}://{host}{path}").trim_end_matches('/').to_owned()
    }
}

impl Kind {
    /// The address of its API: the given one, read, or the usual one; `None` if neither exists.
    #[must_use]
    pub fn address(self, given: Option<&str>) -> Option<Address> {
        given.or(self.dialect().address).map(|given| Address::of(self, given))
    }
}

fn read(pasted: &str, wanted: Option<Kind>) -> Address {
    let text = tidy(pasted);
    let text = scheme::completed(text).unwrap_or_else(|| text.to_owned());
    let none = |base| Address { base, kind: wanted, routes: Vec::new(), model: None, variable: None };
    let Ok(mut url) = Url::parse(&text) else { return none(text) };
    if !matches!(url.scheme(), "http" | "https") {
        return none(text);
    }
    // The address a server listens on cannot be connected to on every system, but it means this machine.
    let here = match url.host_str() {
        Some("0.0.0.0") => Some("127.0.0.1"),
        Some("[::]") => Some("[::1]"),
        Some(_) | None => None,
    };
    // Both are valid hosts.
    let _ = here.map(|here| url.set_host(Some(here)));
    let mut segments: Vec<String> = url.path().split('/').filter(|segment| !segment.is_empty()).map(str::to_owned).collect();
    let mut told = ends::strip(&mut segments);
    let service = services::of(url.host_str().unwrap_or_default(), &segments, wanted);
    let kind = wanted.or_else(|| kind(&url, &segments, &told, service.as_ref()));
    let routes = settled(&mut segments, &mut told, service.as_ref(), kind);
    url.set_path(&segments.join("/"));
    if url.fragment() == Some("") {
        url.set_fragment(None);
    }
    if url.query() == Some("") {
        url.set_query(None);
    }
    let mut base = url.to_string();
    if url.query().is_none() && url.fragment().is_none() {
        base.truncate(base.trim_end_matches('/').len());
    }
    Address { base, kind, routes, model: told.model, variable: service.as_ref().and_then(Service::variable) }
}

/// Removes what surrounds an address where it was copied from.
fn tidy(pasted: &str) -> &str {
    let around = |part: char| part.is_whitespace() || part.is_control() || "\"'`<>,;\u{feff}\u{200b}“”‘’".contains(part);
    pasted.trim_matches(around)
}

/// The API that host or path reveals.
fn kind(url: &Url, segments: &[String], told: &Told, service: Option<&Service>) -> Option<Kind> {
    if without_version(segments).last().is_some_and(|last| last == "anthropic") {
        return Some(Kind::Anthropic);
    }
    match (service.map(|service| service.kind), told.kind) {
        (Some(Kind::OpenAi), Some(Kind::OpenAiResponses)) => Some(Kind::OpenAiResponses),
        (Some(kind), _) => Some(kind),
        // Private servers offer these routes next to others that can do more: they are asked what they are.
        (None, Some(Kind::Anthropic | Kind::OpenAiResponses)) if url.scheme() == "http" => None,
        (None, told) => told.or_else(|| (is_ollama(url, segments)).then_some(Kind::Ollama)),
    }
}

/// Whether `…/api` is Ollama's: at its port, or below its name.
fn is_ollama(url: &Url, segments: &[String]) -> bool {
    match segments {
        [.., before, api] if api == "api" => before == "ollama",
        [api] => api == "api" && url.port() == Some(11434),
        _ => false,
    }
}

/// Reduces the path to the base of this kind's routes, and returns their possible forms.
fn settled(segments: &mut Vec<String>, told: &mut Told, service: Option<&Service>, kind: Option<Kind>) -> Vec<Route> {
    let endpoint = kind.unwrap_or(Kind::OpenAiCompatible).dialect().chat.path;
    let tail = endpoint.strip_prefix("v1/").unwrap_or(endpoint);
    let prefilled = kind.is_some_and(|kind| kind.dialect().prefill_path.is_some());
    if !ROUTES.contains(&tail) || prefilled {
        // Its routes contain their versions.
        while segments
            .last()
            .is_some_and(|last| is_version(last) || last == "beta" || (kind == Some(Kind::Ollama) && last == "api"))
        {
            segments.pop();
        }
        return Vec::new();
    }
    let known = told.chat || service.is_some();
    if let Some(service) = service {
        if service.kind == Kind::Azure {
            azure::complete(segments, told);
        } else {
            service.complete(segments);
        }
    } else if matches!(kind, Some(Kind::LmStudio | Kind::KoboldCpp)) {
        ends::pop_own_interface(segments);
    }
    // What is below `v1/` elsewhere is next to it here: a server's own routes are at the root.
    let below = endpoint != tail;
    if below && segments.last().is_some_and(|last| last == "v1") {
        segments.pop();
        return vec![Route::Versioned, Route::Direct];
    }
    let direct = !below || known || (!segments.is_empty() && matches!(kind, None | Some(Kind::OpenAiCompatible)));
    match segments.last() {
        Some(last) if is_version(last) => vec![Route::Direct],
        Some(_) | None if direct => vec![Route::Direct, Route::Versioned],
        Some(_) | None => vec![Route::Versioned, Route::Direct],
    }
}

/// The path without a trailing version.
fn without_version(segments: &[String]) -> &[String] {
    match segments {
        [before @ .., last] if is_version(last) => before,
        all => all,
    }
}
