//! Which proxy calls to an address go through, so that its failures are not blamed on the server.
//!
//! Decides nothing: the rules are those of the HTTP library, evaluated again.

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::Url;

use super::redact::redact;

/// A proxy, fit to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Proxy {
    address: String,
    /// The environment variable that names it; `None` if the system does.
    variable: Option<&'static str>,
}

impl Proxy {
    /// The proxy for this address, if any.
    pub(super) fn of(url: &Url) -> Option<Self> {
        let found = Matcher::from_system().intercept(&url.as_str().parse().ok()?)?;
        let names: [&'static str; 4] = match url.scheme() {
            "https" => ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"],
            _ => ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"],
        };
        let variable = names.into_iter().find(|name| std::env::var(name).is_ok_and(|value| !value.is_empty()));
        let address = redact(&found.uri().to_string(), &[]);
        Some(Self { address: address.trim_end_matches('/').to_owned(), variable })
    }
}

impl std::fmt::Display for Proxy {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.variable {
            Some(variable) => write!(formatter, "the proxy {} of {variable}", self.address),
            None => write!(formatter, "the system's proxy {}", self.address),
        }
    }
}
