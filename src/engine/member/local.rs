//! The user's settings for running a model on this machine.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

/// How a model is run on this machine. What is not set is chosen for the machine.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Local {
    /// The device, by llama.cpp's name for it (`CUDA0`, `Vulkan1`, `Metal`) or `cpu`; by default the first GPU if the program is
    /// built for one, otherwise the processor.
    pub device: Option<String>,
    /// Compute threads, at least 1; more than the processor runs at the same time would wait for each other.
    pub threads: Option<usize>,
    /// Layers on the GPU; all by default.
    pub gpu_layers: Option<u32>,
    /// Tokens of prompt and answer together; [`Local::CONTEXT`] by default, and never more than the model was trained for.
    pub context: Option<usize>,
}

impl Local {
    /// The number of threads that a user may request.
    pub const THREADS: RangeInclusive<u32> = 1..=1024;

    /// The number of tokens of context that a user may request.
    pub const CONTEXTS: RangeInclusive<u32> = 16..=100_000_000;

    /// The default context in tokens: enough for a long answer, and little memory compared with the weights.
    pub const CONTEXT: usize = 4096;

    /// The context in tokens for a model that was trained for this many, if known.
    #[cfg_attr(not(feature = "llama-cpp"), allow(dead_code, reason = "only llama.cpp needs it"))]
    #[must_use]
    pub fn positions(&self, trained: Option<usize>) -> usize {
        self.context.unwrap_or(Self::CONTEXT).min(trained.unwrap_or(usize::MAX)).max(*Self::CONTEXTS.start() as usize)
    }

    /// Fills what is not set here from `other`.
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
