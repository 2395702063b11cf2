//! What can be wrong with running a GGUF file by llama.cpp in this process.

/// Why a file is not run in this process. Every message names the file and what can be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LlamaCppError {
    /// llama.cpp does not load it, for the reason that its log gives.
    #[error("{file}: llama.cpp cannot load it: {reason}")]
    Load {
        /// The file.
        file: String,
        /// What llama.cpp says.
        reason: String,
    },
    /// llama.cpp ended the process that tried it.
    #[error("{file}: the file is damaged, or llama.cpp has a fault: trying it ended the process ({how}); {reason}")]
    Ended {
        /// The file.
        file: String,
        /// How the process ended.
        how: String,
        /// The last of what llama.cpp said.
        reason: String,
    },
    /// The processor lacks instructions that this program's llama.cpp was compiled with.
    #[error(
        "{file}: this program's llama.cpp was compiled for a newer processor than this one: build it again on this machine \
         (`cargo clean -p llama-cpp-sys-2`, then the command of `specfuse help models`)"
    )]
    Instructions {
        /// The file.
        file: String,
    },
    /// The system ended the process that tried it.
    #[error(
        "{file}: the system ended the process that tried it, most likely because memory ran out: choose a smaller model or \
         quantisation, or a smaller `context`"
    )]
    Killed {
        /// The file.
        file: String,
    },
    /// The process that tried it says why not.
    #[error("{file}: {problem}")]
    Tried {
        /// The file.
        file: String,
        /// What it says.
        problem: String,
    },
    /// It keeps a state that cannot be taken back.
    #[error("{file}: a {kind} model, whose state cannot go back to where the candidates differ: run it with a llama.cpp server")]
    Recurrent {
        /// The file.
        file: String,
        /// `recurrent` or `hybrid`.
        kind: &'static str,
    },
    /// It does not write.
    #[error("{file}: it is no model that writes text: {problem}")]
    NoText {
        /// The file.
        file: String,
        /// What it is or lacks.
        problem: String,
    },
    /// A chat template that cannot be used.
    #[error("{file}: tokenizer.chat_template: {problem}")]
    Template {
        /// The file.
        file: String,
        /// What is wrong with it.
        problem: String,
    },
    /// No such device.
    #[error("{file}: there is no device `{device}`; there are: {known}")]
    Device {
        /// The file.
        file: String,
        /// What was asked for.
        device: String,
        /// The devices there are.
        known: String,
    },
    /// No thread or process for it.
    #[error("{file}: {what} cannot be started: {problem}")]
    Start {
        /// The file.
        file: String,
        /// What was to be started.
        what: &'static str,
        /// What the operating system said.
        problem: String,
    },
}
