//! The one HTTP client: requests to model servers and remote APIs, their replies, and what can go wrong between.
//!
//! Owns connections, time limits, retries, redirects, the reading of JSON and of streamed messages, and that no secret gets out.
//! What is asked and what a reply means is each dialect's. A call is tried again only as long as no byte of its reply's body has
//! come, and dropping a call or a reply closes its connection at once: that is how work is cancelled on a server.

mod advice;
mod at;
mod attempt;
mod blame;
mod body;
mod classify;
mod client;
mod context;
mod detail;
mod endpoint;
mod error;
mod follow;
mod framing;
mod key;
mod limits;
mod lines;
mod look;
mod messages;
mod proxy;
mod redact;
mod refusal;
mod repeats;
mod shared;
#[cfg(test)]
mod tests;
mod tls;
mod trouble;

pub use at::At;
pub use client::Http;
pub use context::ContextLength;
pub use detail::Detail;
pub(super) use endpoint::percent_decoded;
pub use endpoint::{Endpoint, Key};
pub use error::{HttpError, Place};
pub use framing::Framing;
pub use key::{KeyError, KeySource, KeyWarning, ResolvedKey};
pub use limits::{Backoff, Limits};
pub use messages::{Message, Messages};
pub use redact::{MASK, Secrets, names_secret, redact};
pub use refusal::Refusal;
