//! Why there is no server, with or without the member's name.

use crate::engine::member::http::HttpError;

/// Why there is no server.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    File {
        name: String,
        file: String,
        problem: std::io::Error,
    },
    Start {
        name: String,
        program: String,
        problem: std::io::Error,
    },
    /// It ended before it could answer.
    Ended {
        name: String,
        program: String,
        /// What its end means, or its output about it.
        why: String,
    },
    /// It runs but does not answer as a server should.
    Http(#[from] HttpError),
}

impl LaunchError {
    /// The error for a reader who already knows which member it is about.
    #[must_use]
    pub fn without_name(&self) -> String {
        match self {
            Self::Http(error) => error.without_name(),
            Self::File { file, problem, .. } => format!("the model's file {file} cannot be read: {problem}"),
            Self::Start { program, problem, .. } => format!("{program} cannot be started: {problem}"),
            Self::Ended { program, why, .. } => format!("{program} ended while loading the model: {why}"),
        }
    }
}

impl std::fmt::Display for LaunchError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Http(error) => error.fmt(formatter),
            Self::File { name, .. } | Self::Start { name, .. } | Self::Ended { name, .. } => {
                write!(formatter, "{name}: {}", self.without_name())
            }
        }
    }
}
