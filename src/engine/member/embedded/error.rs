//! What can be wrong with a GGUF file or with opening a member from one.

/// Why a member could not be opened. Every message names the file and what in it is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EmbeddedError {
    /// The file could not be read.
    #[error("{file}: {problem}")]
    Read {
        /// The file.
        file: String,
        /// What the operating system said.
        problem: String,
    },
    /// The file is larger than this engine takes.
    #[error("{file}: {bytes} bytes, but the built-in engine takes at most {limit}; run larger models with a llama.cpp server")]
    TooLarge {
        /// The file.
        file: String,
        /// Its size.
        bytes: u64,
        /// The largest size taken.
        limit: u64,
    },
    /// The container itself is damaged or is none.
    #[error("{file}: {problem}")]
    Container {
        /// The file.
        file: String,
        /// What is wrong, and where.
        problem: String,
    },
    /// The file ends before all is there that it announces.
    #[error("{file}: the file is cut or damaged: {problem}: download or copy it again")]
    Cut {
        /// The file.
        file: String,
        /// What is missing.
        problem: String,
    },
    /// A metadata field is missing or has a value that cannot be used.
    #[error("{file}: {key}: {problem}")]
    Metadata {
        /// The file.
        file: String,
        /// The field.
        key: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A tensor is missing, or its type, shape or data cannot be used.
    #[error("{file}: tensor {tensor}: {problem}")]
    Tensor {
        /// The file.
        file: String,
        /// The tensor.
        tensor: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The thread that does the member's work could not be started.
    #[error("{file}: no thread for it: {problem}")]
    Thread {
        /// The file.
        file: String,
        /// What the operating system said.
        problem: String,
    },
}

impl EmbeddedError {
    /// Whether no other program could run this file either: it is not there, is no GGUF file, or is damaged.
    #[must_use]
    pub fn is_final(&self) -> bool {
        match self {
            Self::Read { .. } | Self::Container { .. } | Self::Cut { .. } => true,
            Self::TooLarge { .. } | Self::Metadata { .. } | Self::Tensor { .. } | Self::Thread { .. } => false,
        }
    }

    pub(super) fn container(file: &str, problem: impl Into<String>) -> Self {
        Self::Container { file: file.into(), problem: problem.into() }
    }

    pub(super) fn cut(file: &str, problem: impl Into<String>) -> Self {
        Self::Cut { file: file.into(), problem: problem.into() }
    }

    pub(super) fn metadata(file: &str, key: &str, problem: impl Into<String>) -> Self {
        Self::Metadata { file: file.into(), key: key.into(), problem: problem.into() }
    }

    pub(super) fn tensor(file: &str, tensor: &str, problem: impl Into<String>) -> Self {
        Self::Tensor { file: file.into(), tensor: tensor.into(), problem: problem.into() }
    }
}
