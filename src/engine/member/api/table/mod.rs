//! The rows: one dialect each. What most share is in the first row of its file.

pub(super) mod hosted;
pub(super) mod local;

use super::dialect::{Auth, Listing};

const fn bearer(variable: &'static str) -> Auth {
    Auth { header: "authorization", prefix: "Bearer ", variable: Some(variable) }
}

/// `data[].id`, as `OpenAI` lists models.
const fn listing(path: &'static str, complete: bool) -> Listing {
    Listing { path, list: &["data"], id: "id", complete }
}
