//! The kinds of APIs, with the names that configuration and tables use.

use super::address::Address;
use super::dialect::Dialect;
use super::table::{hosted, local};

/// A kind of API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// `OpenAI` chat completions.
    OpenAi,
    /// `OpenAI` responses.
    OpenAiResponses,
    /// Azure `OpenAI`; the model is the deployment's name.
    Azure,
    /// Anthropic messages.
    Anthropic,
    /// Google Gemini.
    Gemini,
    /// Mistral.
    Mistral,
    /// `DeepSeek`.
    DeepSeek,
    /// Groq.
    Groq,
    /// `OpenRouter`; pin the provider, or every call may go to another.
    OpenRouter,
    /// xAI.
    XAi,
    /// Cohere.
    Cohere,
    /// Together.
    Together,
    /// Fireworks.
    Fireworks,
    /// vLLM, and its fork Aphrodite.
    Vllm,
    /// `SGLang`.
    SgLang,
    /// Text Generation Inference.
    Tgi,
    /// Ollama.
    Ollama,
    /// LM Studio.
    LmStudio,
    /// The server of llama-cpp-python.
    LlamaCppPython,
    /// text-generation-webui.
    TextGenerationWebUi,
    /// `TabbyAPI`.
    TabbyApi,
    /// `KoboldCpp`.
    KoboldCpp,
    /// The server of MLX-LM.
    MlxLm,
    /// Any other server with `OpenAI`'s chat completions: what it can do is tried.
    OpenAiCompatible,
}

impl Kind {
    /// Every kind with its name.
    pub const NAMES: &'static [(Self, &'static str)] = &[
        (Self::OpenAi, "openai"),
        (Self::OpenAiResponses, "openai-responses"),
        (Self::Azure, "azure"),
        (Self::Anthropic, "anthropic"),
        (Self::Gemini, "gemini"),
        (Self::Mistral, "mistral"),
        (Self::DeepSeek, "deepseek"),
        (Self::Groq, "groq"),
        (Self::OpenRouter, "openrouter"),
        (Self::XAi, "xai"),
        (Self::Cohere, "cohere"),
        (Self::Together, "together"),
        (Self::Fireworks, "fireworks"),
        (Self::Vllm, "vllm"),
        (Self::SgLang, "sglang"),
        (Self::Tgi, "tgi"),
        (Self::Ollama, "ollama"),
        (Self::LmStudio, "lm-studio"),
        (Self::LlamaCppPython, "llama-cpp-python"),
        (Self::TextGenerationWebUi, "text-generation-webui"),
        (Self::TabbyApi, "tabbyapi"),
        (Self::KoboldCpp, "koboldcpp"),
        (Self::MlxLm, "mlx-lm"),
        (Self::OpenAiCompatible, "openai-compatible"),
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    /// The kind of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
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

    /// Whether its servers are people's own, each with models of its own: what such a server calls its model is one model.
    #[must_use]
    pub fn is_own(self) -> bool {
        self == Self::OpenAiCompatible || self.dialect().address.is_some_and(|address| address.starts_with("http://"))
    }

    /// The address of its API: the given one, read, or the usual one; `None` where none is given and there is no usual one.
    #[must_use]
    pub fn address(self, given: Option<&str>) -> Option<Address> {
        given.or(self.dialect().address).map(|given| Address::of(self, given))
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
