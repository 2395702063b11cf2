//! What members whose model runs in this process have in common.
//!
//! Owns everything that does not depend on how a model computes: the tree of what was evaluated after the accepted text (`tree`),
//! the session that answers a call with as few evaluations as possible (`session`), sampling (`sampler`), the chat template and
//! the tokens of texts (`template`, `known`, `decoder`), and the thread with its calls (`worker`, `desk`). Each kind of member
//! supplies an [`Engine`] with its [`Vocabulary`].

mod decoder;
mod desk;
mod engine;
mod known;
mod sampler;
mod session;
mod template;
mod tree;
mod vocabulary;
mod worker;

pub(super) use self::desk::Desk;
pub(super) use self::engine::{Engine, Sum};
pub(super) use self::session::Session;
#[cfg(any(test, feature = "llama-cpp"))]
pub(super) use self::session::{Stop, Until};
pub(super) use self::template::Template;
pub(super) use self::tree::{Moved, Tree};
pub(super) use self::vocabulary::{Part, TooLong, Vocabulary};
#[cfg(test)]
pub(super) use self::worker::Call;
#[cfg(feature = "llama-cpp")]
pub(super) use self::worker::work;
