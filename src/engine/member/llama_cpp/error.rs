//! What can be wrong with running a GGUF file by llama.cpp in this process.

/// Why a file is not run in this process. Every message names the file and what can be done.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LlamaCppError {
    /// llama.cpp does not load it.
    #[error("{file}: llama.cpp cannot load it: {reason}")]
    Load {
        file: String,
        /// The reason in llama.cpp's log.
        reason: String,
    },
    /// llama.cpp ended the process that tried it.
    #[error("{file}: the file is damaged, or llama.cpp has a fault: trying it ended the process ({how}); {reason}")]
    Ended {
        file: String,
        /// How the process ended.
        how: String,
        /// The last lines of llama.cpp's output.
        reason: String,
    },
    /// The processor lacks instructions that this program's llama.cpp was compiled with.
    #[error(
        "{file}: this program's llama.cpp was compiled for a newer processor than this one: build it again on this machine \
         (`cargo clean -p llama-cpp-sys-2`, then the command of `specfuse help models`)"
    )]
    Instructions { file: String },
    /// The system killed the process that tried it.
    #[error(
        "{file}: the system ended the process that tried it, most likely because memory ran out: choose a smaller model or \
         quantisation, or a smaller `context`"
    )]
    Killed { file: String },
    /// The process that tried it reported why it cannot be run.
    #[error("{file}: {problem}")]
    Tried { file: String, problem: String },
    /// It keeps a state that cannot be rewound.
    #[error("{file}: a {kind} model, whose state cannot go back to where the candidates differ: run it with a llama.cpp server")]
    Recurrent {
        file: String,
        /// `recurrent` or `hybrid`.
        kind: &'static str,
    },
    /// It does not write text.
    #[error("{file}: it is no model that writes text: {problem}")]
    NoText {
        file: String,
        /// What it is or lacks.
        problem: String,
    },
    #[error("{file}: tokenizer.chat_template: {problem}")]
    Template { file: String, problem: String },
    #[error("{file}: there is no device `{device}`; there are: {known}")]
    Device { file: String, device: String, known: String },
    #[error("{file}: {what} cannot be started: {problem}")]
    Start {
        file: String,
        /// What was to be started.
        what: &'static str,
        problem: String,
    },
}
