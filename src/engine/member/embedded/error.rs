//! What can be wrong with a GGUF file or with opening a member from one.

/// Why a member could not be opened. Every message names the file and what is wrong in it.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EmbeddedError {
    Read {
        file: String,
        problem: String,
    },
    TooLarge {
        file: String,
        bytes: u64,
        limit: u64,
    },
    /// The container itself is damaged, or the file is not one.
    Container {
        file: String,
        problem: String,
    },
    /// The file ends before all that it declares.
    Cut {
        file: String,
        problem: String,
    },
    /// A metadata field is missing or has an unusable value.
    Metadata {
        file: String,
        key: String,
        problem: String,
    },
    /// A tensor is missing, or its type, shape or data cannot be used.
    Tensor {
        file: String,
        tensor: String,
        problem: String,
    },
    /// The member's thread could not be started.
    Thread {
        file: String,
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
    /// The error for a reader who already knows which file it is about.
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

    /// Whether no other program could run this file either: it is missing, not a GGUF file, or damaged.
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
