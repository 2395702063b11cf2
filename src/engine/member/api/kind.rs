//! The kinds of APIs, with their names in configuration and tables.

use super::dialect::Dialect;
use super::table::{hosted, local};
use crate::engine::fusion::choice::{Choice, choice};

choice! {
    /// A kind of API.
    #[allow(missing_docs, reason = "the names say it")]
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Kind {
        OpenAi = "openai",
        OpenAiResponses = "openai-responses",
        /// The model is the deployment's name.
        Azure = "azure",
        Anthropic = "anthropic",
        Gemini = "gemini",
        Mistral = "mistral",
        DeepSeek = "deepseek",
        Groq = "groq",
        /// Pin the provider, or every call may go to another.
        OpenRouter = "openrouter",
        XAi = "xai",
        Cohere = "cohere",
        Together = "together",
        Fireworks = "fireworks",
        /// vLLM, and its fork Aphrodite.
        Vllm = "vllm",
        SgLang = "sglang",
        /// Text Generation Inference.
        Tgi = "tgi",
        Ollama = "ollama",
        LmStudio = "lm-studio",
        /// The server of llama-cpp-python.
        LlamaCppPython = "llama-cpp-python",
        TextGenerationWebUi = "text-generation-webui",
        TabbyApi = "tabbyapi",
        KoboldCpp = "koboldcpp",
        /// The server of MLX-LM.
        MlxLm = "mlx-lm",
        /// Any other server with `OpenAI`'s chat completions: the probe finds out what it can do.
        OpenAiCompatible = "openai-compatible",
    }
}

impl Kind {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Choice::name(self)
    }

    /// The kind of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Choice::from_name(name)
    }

    /// How it differs from the others.
    #[must_use]
    pub fn dialect(self) -> &'static Dialect {
        match self {
            Self::OpenAi => &hosted::OPENAI,
            Self::OpenAiResponses => &hosted::OPENAI_RESPONSES,
            Self::Azure => &hosted::AZURE,
            Self::Anthropic => &hosted::ANTHROPIC,
            Self::Gemini => &hosted::GEMINI,
            Self::Mistral => &hosted::MISTRAL,
            Self::DeepSeek => &hosted::DEEPSEEK,
            Self::Groq => &hosted::GROQ,
            Self::OpenRouter => &hosted::OPENROUTER,
            Self::XAi => &hosted::XAI,
            Self::Cohere => &hosted::COHERE,
            Self::Together => &hosted::TOGETHER,
            Self::Fireworks => &hosted::FIREWORKS,
            Self::Vllm => &local::VLLM,
            Self::SgLang => &local::SGLANG,
            Self::Tgi => &local::TGI,
            Self::Ollama => &local::OLLAMA,
            Self::LmStudio => &local::LM_STUDIO,
            Self::LlamaCppPython => &local::LLAMA_CPP_PYTHON,
            Self::TextGenerationWebUi => &local::TEXT_GENERATION_WEBUI,
            Self::TabbyApi => &local::TABBYAPI,
            Self::KoboldCpp => &local::KOBOLDCPP,
            Self::MlxLm => &local::MLX_LM,
            Self::OpenAiCompatible => &local::OPENAI_COMPATIBLE,
        }
    }

    /// Whether users run its servers themselves, each with its own models: such a server's name for its model identifies it.
    #[must_use]
    pub fn is_own(self) -> bool {
        self == Self::OpenAiCompatible || self.dialect().address.is_some_and(|address| address.starts_with("http://"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_again_and_unique() {
        for (kind, name) in Kind::NAMES {
            assert_eq!(kind.name(), *name);
            assert_eq!(Kind::named(name), Some(*kind));
        }
        assert_eq!(Kind::named("gpt"), None);
    }

    #[test]
    fn every_kind_has_an_address_but_those_that_cannot() {
        let without: Vec<&str> =
            Kind::NAMES.iter().filter(|(kind, _)| kind.address(None).is_none()).map(|(_, name)| *name).collect();
        assert_eq!(without, ["azure", "openai-compatible"]);
    }

    #[test]
    fn a_usual_address_is_read_as_it_stands() {
        for (kind, name) in Kind::NAMES {
            if let Some(usual) = kind.dialect().address {
                let read = kind.address(None).unwrap();
                assert_eq!((read.base.as_str(), read.kind), (usual, Some(*kind)), "{name}");
            }
        }
    }
}
