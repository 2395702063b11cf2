//! The built-in engine from outside: members opened from the project's own models.

#[path = "embedded/conversing.rs"]
mod conversing;
#[path = "support/requests.rs"]
mod requests;
#[path = "embedded/support.rs"]
mod support;
#[path = "embedded/templates.rs"]
mod templates;
