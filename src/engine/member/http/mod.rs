//! The one HTTP client: requests to model servers and remote APIs, their replies, and what can go wrong in between.
//!
//! Owns connections, time limits, retries, redirects, reading JSON and streamed messages, and keeping secrets in. Each dialect
//! owns what is requested and what a reply means. A call is retried only as long as no byte of its reply's body has come, and
//! dropping a call or a reply closes its connection immediately: that is how work on a server is cancelled.

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
