//! What the user or the system decides about opening members, and what openings share.

use std::path::PathBuf;

use super::known::Known;
use super::servers::Servers;
use super::warnings::Warnings;
use crate::files::Folders;

/// How members are opened.
#[derive(Debug, Clone, Default)]
pub struct OpenOptions {
    /// What was found out about servers and files before.
    pub(super) known: Known,
    /// The program that tries a GGUF file in a process of its own, which has to be this one; `None` finds it out.
    #[cfg_attr(not(feature = "llama-cpp"), expect(dead_code, reason = "only llama.cpp needs a trial"))]
    pub(super) program: Option<PathBuf>,
    pub(super) servers: Servers,
    /// Whether the llama.cpp servers of this machine are asked in turn; found out where the user has not decided.
    pub(super) in_turn: Option<bool>,
    /// What the user should know about the members besides.
    pub(crate) warnings: Warnings,
}

impl OpenOptions {
    /// Keeps what is found out in the platform's folder.
    #[must_use]
    pub(crate) fn of_platform() -> Self {
        Self { known: Known::new(Folders::of_platform().map(|folders| folders.servers())), ..Self::default() }
    }

    /// The same, with what the user has decided about servers of this machine: whether they are asked in turn.
    #[must_use]
    pub(crate) fn taking_turns(self, in_turn: Option<bool>) -> Self {
        Self { in_turn, ..self }
    }

    /// The same, but every server is asked again.
    #[must_use]
    pub(crate) fn asking_again(self) -> Self {
        Self { known: self.known.passed_over(), ..self }
    }

    /// The same, with GGUF files tried by this program.
    #[cfg(any(test, feature = "testing"))]
    #[must_use]
    pub fn tried_by(self, program: PathBuf) -> Self {
        Self { program: Some(program), ..self }
    }
}
