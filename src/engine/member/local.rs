//! What a user may say about how a model is run on this machine.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

/// How a model is run on this machine. What is not said is chosen for the machine.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Local {
    /// The device, by llama.cpp's name for it (`CUDA0`, `Vulkan1`, `Metal`) or `cpu`; the first GPU where the program is built for
    /// one, else the processor.
    pub device: Option<String>,
    /// Threads that compute, at least 1; more than the processor runs at once would wait for each other.
    pub threads: Option<usize>,
    /// Layers on the GPU; all where not said.
    pub gpu_layers: Option<u32>,
    /// Tokens of prompt and answer together; [`Local::CONTEXT`] where not said, and never more than the model was trained for.
    pub context: Option<usize>,
}

impl Local {
    /// Threads that a user may ask for.
    pub const THREADS: RangeInclusive<u32> = 1..=1024;

    /// Tokens of context that a user may ask for.
    pub const CONTEXTS: RangeInclusive<u32> = 16..=100_000_000;

    /// Tokens of context where nothing is said: enough for a long answer, and little memory beside the weights.
    pub const CONTEXT: usize = 4096;

    /// Tokens of context of a model that was trained for so many, where that is known.
    #[must_use]
    pub fn positions(&self, trained: Option<usize>) -> usize {
        self.context.unwrap_or(Self::CONTEXT).min(trained.unwrap_or(usize::MAX)).max(*Self::CONTEXTS.start() as usize)
    }

    /// Takes what is not said here from there.
    pub fn fill(&mut self, other: &Self) {
        self.device = self.device.take().or_else(|| other.device.clone());
        self.threads = self.threads.or(other.threads);
        self.gpu_layers = self.gpu_layers.or(other.gpu_layers);
        self.context = self.context.or(other.context);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_member_says_goes_before_what_is_said_for_all() {
        let mut own = Local { threads: Some(2), ..Local::default() };
        own.fill(&Local { threads: Some(8), context: Some(100), ..Local::default() });
        assert_eq!(own, Local { threads: Some(2), context: Some(100), ..Local::default() });
        assert_eq!(
            (own.positions(None), own.positions(Some(50)), Local::default().positions(Some(131_072))),
            (100, 50, Local::CONTEXT)
        );
    }
}
