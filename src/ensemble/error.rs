//! Why a member could not be opened. The seat identifies the member: no message repeats its name.

use std::path::PathBuf;
use std::time::Duration;

use super::connect::ServerError;
use crate::engine::member::embedded::EmbeddedError;
#[cfg(feature = "llama-cpp")]
use crate::engine::member::llama_cpp::LlamaCppError;

#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say it")]
pub enum OpenError {
    #[error("no model `{model}` is built in")]
    NotBuiltIn { model: String },
    #[error("{}: {problem}", path.display())]
    NotAModel { path: PathBuf, problem: String },
    #[error(transparent)]
    Embedded(EmbeddedError),
    #[error("{0}; it was written to just now: where it is still being downloaded, wait for its end")]
    Unfinished(EmbeddedError),
    #[cfg(feature = "llama-cpp")]
    #[error(transparent)]
    LlamaCpp(LlamaCppError),
    #[cfg(feature = "llama-cpp")]
    #[error("{}: {reason}", path.display())]
    NoMemory { path: PathBuf, reason: String },
    #[error(transparent)]
    Server(#[from] ServerError),
    #[error("{address} was not ready within {} s: it may still be loading its model; ask again later", limit.as_secs())]
    ServerNotReady { address: String, limit: Duration },
    #[error(
        "{}: the llama-server that was started for it was not ready within {} s: start one yourself, and give its address",
        path.display(),
        limit.as_secs()
    )]
    StartedServerNotReady { path: PathBuf, limit: Duration },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::member::http::{At, HttpError};
    use crate::engine::member::llama_server::ConnectError;

    #[test]
    fn a_reason_does_not_repeat_the_name() {
        let said = |error: ServerError| OpenError::from(error).to_string();
        let refused = || HttpError::Refused { at: At::new("a", "http://h:1/health") };
        let reason = "http://h:1/health: the connection was refused: check that the server runs, and its port";
        assert!(refused().to_string().starts_with("a (http://h:1/health): the connection was refused"));
        assert_eq!(said(refused().into()), reason);
        assert_eq!(said(ConnectError::Http(refused()).into()), reason);
        let absent = ConnectError::NoSuchModel { name: "a".to_owned(), wanted: "x".to_owned(), there: Vec::new() };
        assert_eq!(said(absent.into()), "the server has no model `x`; it has none");
        let unset = ServerError::NoKey { name: "the".to_owned(), variable: "X" };
        assert!(said(unset).starts_with("the environment variable X is not set"));
    }
}
