//! The rows, one dialect each. A row states everything that it claims; what it leaves out is what no API has ([`speaking`]).
//!
//! A new dialect is a row here and a variant of [`Kind`](super::kind::Kind).

pub(super) mod hosted;
pub(super) mod local;

use super::dialect::{Auth, Dialect, Listing, Prefill, TextEndpoint};

const NO_SCORING: &str = "this server returns no log-probabilities of given text: it can judge candidates, not score them";

/// A key is sent if the user gives one, and not looked for elsewhere.
const UNUSUAL_KEY: Auth = Auth { header: "authorization", prefix: "Bearer ", variable: None };

/// A dialect that chats and lists its models, and claims nothing else.
const fn speaking(chat: TextEndpoint, listing: Listing, auth: Auth) -> Dialect {
    Dialect {
        address: None,
        hosts: &[],
        route_ends: &[],
        owner: None,
        own_route: None,
        auth,
        headers: &[],
        listing,
        chat,
        raw: None,
        rendering: None,
        prefill: Prefill::Never,
        prefill_path: None,
        trimmed: false,
        unthinking: &[],
        less_thinking: &[],
        describing: None,
        context_place: None,
        scoring: &[],
        alternatives: 0,
        concurrency: 1,
        scoring_advice: NO_SCORING,
    }
}

const fn bearer(variable: &'static str) -> Auth {
    Auth { header: "authorization", prefix: "Bearer ", variable: Some(variable) }
}

/// `data[].id`, `OpenAI`'s list of models.
const fn listing(path: &'static str, complete: bool) -> Listing {
    Listing { path, list: &["data"], id: "id", complete }
}
