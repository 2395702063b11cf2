//! Model servers and remote APIs as members, all through one client.
//!
//! Owns everything between the HTTP client and the engine: how each API is called and read (as data: `dialect`, `endpoints`,
//! `table`), what a given model can really do (`probe`), drafting, scoring given text, and asking for judgements. Leaves to
//! others: connections and retries (`http`), what judges ask and how their replies count (`judge`), which part of a reply
//! continues a text (`continuation`). llama.cpp's own server is a separate member, because it can do more than these APIs offer.
//!
//! Why no client library: none of them returns the log-probabilities of a prompt, which the method needs.

mod account;
mod address;
mod advice;
mod ask;
mod begun;
mod client;
mod dialect;
mod draft;
mod endpoints;
mod error;
mod finish;
mod gauge;
mod hidden;
mod identity;
mod kind;
mod logprob;
mod member;
mod models;
mod negotiation;
mod path;
mod probe;
mod probed;
mod render;
mod reply;
mod request;
mod score;
mod settings;
mod table;
mod tokens;
mod work;

pub use address::{Address, Route};
pub use dialect::{Auth, Dialect, Scoring};
pub use error::ConnectError;
pub use finish::Finish;
pub use gauge::Known;
pub use kind::Kind;
pub use member::ApiMember;
pub use probed::Probed;
pub use request::{Part, Tuning};
pub use settings::Settings;
