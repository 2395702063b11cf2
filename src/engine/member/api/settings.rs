//! The user's settings of a member behind an API.

use serde_json::{Map, Value, json};

use super::super::Overrides;
use super::super::http::{Endpoint, Limits};
use super::address::Route;
use super::kind::Kind;
use super::path;
use super::render::Renderer;

/// A member behind an API.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone)]
pub struct Settings {
    /// Its name in the ensemble.
    pub name: String,
    pub kind: Kind,
    /// Where, and with which key; [`Kind::address`] makes the address, [`Dialect::auth`](super::Dialect) defines how to send the
    /// key. The dialect's own headers are added.
    pub endpoint: Endpoint,
    /// Possible forms of the routes below the address, in the order in which they are tried; empty: as the dialect has them.
    pub routes: Vec<Route>,
    pub limits: Limits,
    /// The model; `None` for the only one that the server has.
    pub model: Option<String>,
    /// What the member can do, if the user knows better than the probe.
    pub overrides: Overrides,
    /// `OpenRouter`: the only providers that may answer, in order.
    pub providers: Vec<String>,
    /// The model's chat template (Jinja), for servers that complete raw prompts but do not render conversations.
    pub chat_template: Option<String>,
    /// Fields of every request to the model, merged last.
    pub extra: Map<String, Value>,
}

impl Settings {
    /// A member with only an address.
    #[must_use]
    pub fn new(name: &str, kind: Kind, endpoint: Endpoint) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            endpoint,
            routes: Vec::new(),
            limits: Limits::default(),
            model: None,
            overrides: Overrides::default(),
            providers: Vec::new(),
            chat_template: None,
            extra: Map::new(),
        }
    }

    /// Concurrent calls.
    #[must_use]
    pub fn concurrency(&self) -> usize {
        self.overrides.concurrency.unwrap_or(self.kind.dialect().concurrency).max(1)
    }

    /// What renders conversations, if anything; `plain`: the model takes no conversation.
    pub(super) fn renderer(&self, plain: bool) -> Option<Renderer> {
        match &self.chat_template {
            None if plain => Some(Renderer::plain(self.kind.dialect().rendering)),
            Some(template) => Some(Renderer::template(template)),
            None => self.kind.dialect().rendering.map(Renderer::server),
        }
    }

    /// Fields of every request: the providers, the context that the server is to hold, and the user's own.
    pub(super) fn extra_with(&self, context_tokens: Option<usize>) -> Map<String, Value> {
        let mut extra = Map::new();
        if !self.providers.is_empty() {
            let pinned = json!({"order": self.providers, "allow_fallbacks": false, "require_parameters": true});
            path::set(&mut extra, "provider", pinned);
        }
        if let (Some(place), Some(tokens)) = (self.kind.dialect().context_place, context_tokens) {
            path::set(&mut extra, place, json!(tokens));
        }
        path::merge(&mut extra, &self.extra);
        extra
    }
}
