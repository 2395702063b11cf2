//! Decisions of the user or the system about opening members, and what openings share.

use std::path::PathBuf;

use super::known::Known;
use super::servers::Servers;
use super::warnings::Warnings;
use crate::files::Folders;

/// How members are opened.
#[derive(Debug, Clone, Default)]
pub struct OpenOptions {
    /// What is known about servers and files from earlier.
    pub(super) known: Known,
    /// The program that tries a GGUF file in a separate process, which has to be this one; `None` finds it.
    #[cfg_attr(not(feature = "llama-cpp"), expect(dead_code, reason = "only llama.cpp needs a trial"))]
    pub(super) program: Option<PathBuf>,
    pub(super) servers: Servers,
    /// Whether the llama.cpp servers of this machine take turns; found out unless the user has decided.
    pub(super) in_turn: Option<bool>,
    /// Other things that the user should know about the members.
    pub(crate) warnings: Warnings,
}

impl OpenOptions {
    /// Keeps findings in the platform's folder.
    #[must_use]
    pub(crate) fn of_platform() -> Self {
        Self { known: Known::new(Folders::of_platform().map(|folders| folders.servers())), ..Self::default() }
    }

    /// The same, with the user's decision whether servers of this machine take turns.
    #[must_use]
    pub(crate) fn taking_turns(self, in_turn: Option<bool>) -> Self {
        Self { in_turn, ..self }
    }

    /// The same, but every server is probed again.
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
