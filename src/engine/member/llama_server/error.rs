//! What can go wrong with a llama.cpp server, in words that the user can act on.

use crate::engine::member::MemberError;
use crate::engine::member::http::HttpError;

/// Why a server cannot be a member.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ConnectError {
    Http(#[from] HttpError),
    OtherServer { name: String, problem: String },
    NoSuchModel { name: String, wanted: String, there: Vec<String> },
    SeveralModels { name: String, there: Vec<String> },
    Unusable { name: String, problem: String },
}

impl ConnectError {
    /// The error for a reader who already knows which member it is about.
    #[must_use]
    pub fn without_name(&self) -> String {
        match self {
            Self::Http(error) => error.without_name(),
            Self::OtherServer { problem, .. } => format!("what answers there is no llama.cpp server: {problem}"),
            Self::NoSuchModel { wanted, there, .. } => format!("the server has no model `{wanted}`; it has {}", listed(there)),
            Self::SeveralModels { there, .. } => format!("the server has several models: name one of {}", listed(there)),
            Self::Unusable { problem, .. } => problem.clone(),
        }
    }
}

impl std::fmt::Display for ConnectError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Http(error) => error.fmt(formatter),
            Self::OtherServer { name, .. }
            | Self::NoSuchModel { name, .. }
            | Self::SeveralModels { name, .. }
            | Self::Unusable { name, .. } => write!(formatter, "{name}: {}", self.without_name()),
        }
    }
}

/// Names, each in quotes; at most the first dozen.
fn listed(names: &[String]) -> String {
    const MOST: usize = 12;
    if names.is_empty() {
        return "none".to_owned();
    }
    let shown: Vec<String> = names.iter().take(MOST).map(|name| format!("`{name}`")).collect();
    let more = names.len().saturating_sub(MOST);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

/// What a failed call means for the member: whether its context is full, whether another request is of any use.
pub(super) fn told(error: &HttpError) -> MemberError {
    if let Some(context) = error.context_length() {
        let limit = context.limit.unwrap_or_default();
        return MemberError::ContextFull { needed: context.needed.unwrap_or(limit.saturating_add(1)), limit };
    }
    match error.status() {
        Some(401..=404) => MemberError::Refused(error.without_name()),
        Some(_) | None => MemberError::Failed(error.without_name()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_models_there_are_can_be_chosen_from() {
        let there: Vec<String> = (0..14).map(|number| format!("m{number}")).collect();
        let error = ConnectError::NoSuchModel { name: "a".into(), wanted: "x".into(), there: there.clone() }.to_string();
        assert!(error.starts_with("a: the server has no model `x`; it has `m0`, `m1`"), "{error}");
        assert!(error.ends_with("`m11` and 2 more"), "{error}");
        let none = ConnectError::SeveralModels { name: "a".into(), there: Vec::new() }.to_string();
        assert!(none.ends_with("name one of none"), "{none}");
    }
}
