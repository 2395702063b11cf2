//! What a user may say about how a model is run.

/// How a model is run. What is not said is chosen for the machine.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// The device, by llama.cpp's name for it (`CUDA0`, `Vulkan1`, `Metal`) or `cpu`; the first GPU where the program is built for
    /// one, else the processor.
    pub device: Option<String>,
    /// Threads that compute, 1 to 512.
    pub threads: Option<usize>,
    /// Layers on the GPU; all where not said.
    pub gpu_layers: Option<u32>,
    /// Tokens of prompt and answer together; 4,096 where not said, and never more than the model was trained for.
    pub context: Option<usize>,
}

impl Settings {
    /// Tokens of context where nothing is said: enough for a long answer, and little memory beside the weights.
    pub const CONTEXT: usize = 4096;

    /// Tokens of context of a model that was trained for so many.
    pub(super) fn positions(&self, trained: usize) -> usize {
        self.context.unwrap_or(Self::CONTEXT).min(trained).max(16)
    }
}
