//! What can be wrong with a GGUF file or with opening a member from one.

/// Why a member could not be opened. Every message names the file and what in it is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EmbeddedError {
    /// The file could not be read.
    Read {
        /// The file.
        file: String,
        /// What the operating system said.
        problem: String,
    },
    /// The file is larger than this engine takes.
    TooLarge {
        /// The file.
        file: String,
        /// Its size.
        bytes: u64,
        /// The largest size taken.
        limit: u64,
    },
    /// The container itself is damaged or is none.
    Container {
        /// The file.
        file: String,
        /// What is wrong, and where.
        problem: String,
    },
    /// The file ends before all is there that it announces.
    Cut {
        /// The file.
        file: String,
        /// What is missing.
        problem: String,
    },
    /// A metadata field is missing or has a value that cannot be used.
    Metadata {
        /// The file.
        file: String,
        /// The field.
        key: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A tensor is missing, or its type, shape or data cannot be used.
    Tensor {
        /// The file.
        file: String,
        /// The tensor.
        tensor: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The thread that does the member's work could not be started.
    Thread {
        /// The file.
        file: String,
        /// What the operating system said.
        problem: String,
    },
}

impl std::fmt::Display for EmbeddedError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Read { file, .. }
            | Self::TooLarge { file, .. }
            | Self::Container { file, .. }
            | Self::Cut { file, .. }
            | Self::Metadata { file, .. }
            | Self::Tensor { file, .. }
            | Self::Thread { file, .. } => write!(formatter, "{file}: {}", self.without_file()),
        }
    }
}

impl EmbeddedError {
    /// The error for a reader who knows which file it is about.
    #[must_use]
    pub fn without_file(&self) -> String {
        match self {
            Self::Read { problem, .. } | Self::Container { problem, .. } => problem.clone(),
            Self::TooLarge { bytes, limit, .. } => {
                format!("{bytes} bytes, but the built-in engine takes at most {limit}; run larger models with a llama.cpp server")
            }
            Self::Cut { problem, .. } => format!("the file is cut or damaged: {problem}: download or copy it again"),
            Self::Metadata { key, problem, .. } => format!("{key}: {problem}"),
            Self::Tensor { tensor, problem, .. } => format!("tensor {tensor}: {problem}"),
            Self::Thread { problem, .. } => format!("no thread for it: {problem}"),
        }
    }

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
