//! Hosted services by host: which API they speak, below which path, with which key.
//!
//! Owns the services that speak another vendor's API; a vendor's own hosts are in the row of its dialect. Source: each service's
//! documentation of the address for `OpenAI`'s client libraries.

use super::super::kind::Kind;

/// A service at a host.
#[derive(Debug, Clone, Copy)]
pub(super) struct Service {
    /// The host; `*` stands for one or more parts of it.
    host: &'static str,
    /// The path that its routes are below.
    path: &'static str,
    pub(super) kind: Kind,
    /// The usual variable of its key, if it is not the kind's.
    variable: Option<&'static str>,
}

const fn compatible(host: &'static str, path: &'static str, variable: &'static str) -> Service {
    Service { host, path, kind: Kind::OpenAiCompatible, variable: Some(variable) }
}

const fn anthropic(host: &'static str, path: &'static str, variable: &'static str) -> Service {
    Service { host, path, kind: Kind::Anthropic, variable: Some(variable) }
}

/// Services that speak another vendor's API.
const SERVICES: &[Service] = &[
    compatible("api.anthropic.com", "v1", "ANTHROPIC_API_KEY"),
    compatible("generativelanguage.googleapis.com", "v1beta/openai", "GEMINI_API_KEY"),
    anthropic("api.deepseek.com", "anthropic", "DEEPSEEK_API_KEY"),
    compatible("api.cohere.com", "compatibility/v1", "COHERE_API_KEY"),
    compatible("api.cohere.ai", "compatibility/v1", "COHERE_API_KEY"),
    compatible("bedrock-runtime.*.amazonaws.com", "openai/v1", "AWS_BEARER_TOKEN_BEDROCK"),
    compatible("bedrock-runtime-fips.*.amazonaws.com", "openai/v1", "AWS_BEARER_TOKEN_BEDROCK"),
    compatible("bedrock-mantle.*.api.aws", "v1", "AWS_BEARER_TOKEN_BEDROCK"),
    compatible("api.deepinfra.com", "v1/openai", "DEEPINFRA_API_KEY"),
    compatible("models.github.ai", "inference", "GITHUB_TOKEN"),
    compatible("models.inference.ai.azure.com", "", "GITHUB_TOKEN"),
    compatible("api.z.ai", "api/paas/v4", "ZAI_API_KEY"),
    anthropic("api.z.ai", "api/anthropic", "ZAI_API_KEY"),
    compatible("open.bigmodel.cn", "api/paas/v4", "ZAI_API_KEY"),
    compatible("api.perplexity.ai", "", "PERPLEXITY_API_KEY"),
    compatible("router.huggingface.co", "v1", "HF_TOKEN"),
    compatible("integrate.api.nvidia.com", "v1", "NVIDIA_API_KEY"),
    compatible("api.cerebras.ai", "v1", "CEREBRAS_API_KEY"),
    compatible("api.sambanova.ai", "v1", "SAMBANOVA_API_KEY"),
    compatible("api.hyperbolic.xyz", "v1", "HYPERBOLIC_API_KEY"),
    compatible("api.novita.ai", "v3/openai", "NOVITA_API_KEY"),
    compatible("api.moonshot.ai", "v1", "MOONSHOT_API_KEY"),
    anthropic("api.moonshot.ai", "anthropic", "MOONSHOT_API_KEY"),
    compatible("api.moonshot.cn", "v1", "MOONSHOT_API_KEY"),
    compatible("dashscope.aliyuncs.com", "compatible-mode/v1", "DASHSCOPE_API_KEY"),
    compatible("dashscope-intl.aliyuncs.com", "compatible-mode/v1", "DASHSCOPE_API_KEY"),
    compatible("dashscope-us.aliyuncs.com", "compatible-mode/v1", "DASHSCOPE_API_KEY"),
    compatible("api.minimax.io", "v1", "MINIMAX_API_KEY"),
    compatible("api.siliconflow.com", "v1", "SILICONFLOW_API_KEY"),
    compatible("api.siliconflow.cn", "v1", "SILICONFLOW_API_KEY"),
    compatible("api.studio.nebius.com", "v1", "NEBIUS_API_KEY"),
    compatible("api.tokenfactory.nebius.com", "v1", "NEBIUS_API_KEY"),
    compatible("ai-gateway.vercel.sh", "v1", "AI_GATEWAY_API_KEY"),
    compatible("inference.baseten.co", "v1", "BASETEN_API_KEY"),
    compatible("api.friendli.ai", "serverless/v1", "FRIENDLI_TOKEN"),
    compatible("api.featherless.ai", "v1", "FEATHERLESS_API_KEY"),
    compatible("llm.chutes.ai", "v1", "CHUTES_API_KEY"),
    compatible("ark.*.volces.com", "api/v3", "ARK_API_KEY"),
];

/// Every service. For a host with several APIs the first one, its own, applies if the path does not decide.
fn services() -> impl Iterator<Item = Service> {
    let own = |kind: &Kind| {
        let kind = *kind;
        kind.dialect().hosts.iter().map(move |(host, path)| Service { host, path, kind, variable: None })
    };
    Kind::ALL.iter().flat_map(own).chain(SERVICES.iter().copied())
}

/// The service at this host: among several APIs the wanted one, otherwise the one that the path names.
pub(super) fn of(host: &str, segments: &[String], wanted: Option<Kind>) -> Option<Service> {
    let host = host.trim_end_matches('.');
    let here = || services().filter(|service| service.is_at(host));
    let named = |service: &Service| {
        let mut words = service.path.split('/').filter(|part| !part.is_empty() && !super::is_version(part));
        words.next_back().is_some_and(|word| segments.iter().any(|segment| segment == word))
    };
    let asked = here().find(|service| wanted == Some(service.kind));
    asked.or_else(|| here().skip(1).find(named).filter(|_| wanted.is_none())).or_else(|| here().next())
}

impl Service {
    fn is_at(&self, host: &str) -> bool {
        match self.host.split_once('*') {
            Some((before, after)) => host.len() > before.len() + after.len() && host.starts_with(before) && host.ends_with(after),
            None => host == self.host,
        }
    }

    /// The usual variable of its key.
    pub(super) fn variable(&self) -> Option<&'static str> {
        self.variable.or(self.kind.dialect().auth.variable)
    }

    /// Completes a path of which the start or the end was pasted; any other path is a different API of the service.
    pub(super) fn complete(&self, segments: &mut Vec<String>) {
        let path: Vec<&str> = self.path.split('/').filter(|part| !part.is_empty()).collect();
        let given: Vec<&str> = segments.iter().map(String::as_str).collect();
        if path.starts_with(&given) || path.ends_with(&given) {
            *segments = path.into_iter().map(str::to_owned).collect();
        }
    }
}

/// Whether the host is a known service.
pub(super) fn knows(host: &str) -> bool {
    of(host, &[], None).is_some()
}
