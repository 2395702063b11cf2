//! The kinds of APIs, with the names that configuration and tables use.

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

    /// The address of its API: the given one or the usual one. A local server's is its root, so `/v1` at the end is taken off;
    /// `None` where none is given and there is no usual one.
    #[must_use]
    pub fn address(self, given: Option<&str>) -> Option<String> {
        let dialect = self.dialect();
        let Some(given) = given else { return dialect.address.map(str::to_owned) };
        let below_root = dialect.chat.path.starts_with("v1/") || dialect.chat.path.starts_with("api/");
        let trimmed = given.trim().trim_end_matches('/');
        Some(if below_root { trimmed.strip_suffix("/v1").unwrap_or(trimmed) } else { trimmed }.to_owned())
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
    fn a_local_address_is_the_servers_root() {
        assert_eq!(Kind::Vllm.address(Some("http://localhost:8000/v1/")).as_deref(), Some("http://localhost:8000"));
        assert_eq!(Kind::Ollama.address(Some("http://localhost:11434")).as_deref(), Some("http://localhost:11434"));
        assert_eq!(Kind::OpenAi.address(Some("https://gateway.example/v1")).as_deref(), Some("https://gateway.example/v1"));
        assert_eq!(Kind::Anthropic.address(Some("https://api.example/v1")).as_deref(), Some("https://api.example"));
    }
}
