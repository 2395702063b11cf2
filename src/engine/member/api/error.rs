//! Why a member cannot be opened, and what a failed call means for a member.

use super::super::MemberError;
use super::super::http::HttpError;
use super::reply::Ending;

/// How many names of a server's models an error shows.
const MODELS_SHOWN: usize = 20;

/// Why an API cannot be a member.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    Http(#[from] HttpError),
    UnknownModel {
        member: String,
        model: String,
        at: String,
        there: Vec<String>,
    },
    WhichModel {
        member: String,
        at: String,
        there: Vec<String>,
    },
    /// No model was named, and the server does not list what it serves.
    NoModel {
        member: String,
        at: String,
        /// Why there is no list.
        reason: String,
    },
    /// The server answers, but without text.
    Useless {
        member: String,
        /// What came instead.
        reason: String,
    },
}

impl ConnectError {
    /// The error for a reader who already knows which member it is about.
    #[must_use]
    pub fn without_name(&self) -> String {
        match self {
            Self::Http(error) => error.without_name(),
            Self::UnknownModel { model, at, there, .. } => {
                format!("there is no model {model:?} at {at}; there {}", listed(there))
            }
            Self::WhichModel { at, there, .. } => {
                format!("{at} serves several models, so the member has to name one; there {}", listed(there))
            }
            Self::NoModel { at, reason, .. } => format!("name the model: {at} does not list any ({reason})"),
            Self::Useless { reason, .. } => reason.clone(),
        }
    }
}

impl std::fmt::Display for ConnectError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Http(error) => error.fmt(formatter),
            Self::UnknownModel { member, .. }
            | Self::WhichModel { member, .. }
            | Self::NoModel { member, .. }
            | Self::Useless { member, .. } => write!(formatter, "{member}: {}", self.without_name()),
        }
    }
}

fn listed(there: &[String]) -> String {
    let shown: Vec<&str> = there.iter().take(MODELS_SHOWN).map(String::as_str).collect();
    let more = there.len().saturating_sub(MODELS_SHOWN);
    match (shown.as_slice(), more) {
        ([], _) => "are none".to_owned(),
        ([only], 0) => format!("is {only}"),
        (shown, 0) => format!("are {}", shown.join(", ")),
        (shown, more) => format!("are {} and {more} more", shown.join(", ")),
    }
}

/// What a failed call means for a member. `needed` is roughly how many tokens the prompt has, `limit` the known size of the
/// context.
pub(super) fn of_call(error: &HttpError, needed: usize, limit: Option<usize>) -> MemberError {
    if let Some(context) = error.context_length() {
        let limit = context.limit.or(limit).unwrap_or(needed);
        return MemberError::ContextFull { needed: context.needed.unwrap_or(needed).max(limit), limit };
    }
    let lasting = error.detail().is_some_and(|detail| detail.is("insufficient_quota"));
    match error.status() {
        Some(401..=404) => MemberError::Refused(error.without_name()),
        Some(_) | None if lasting => MemberError::Refused(error.without_name()),
        Some(_) | None => MemberError::Failed(error.without_name()),
    }
}

/// What makes a reply useless, if anything does.
pub(super) fn of_ending(ending: &Ending) -> Option<MemberError> {
    let fault = ending.finish.fault()?;
    Some(MemberError::Failed(match &ending.reason {
        Some(reason) => format!("{fault}: {reason}"),
        None => fault.to_owned(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_listed_in_words() {
        let names = |count: usize| (0..count).map(|number| format!("m{number}")).collect::<Vec<_>>();
        assert_eq!(listed(&names(0)), "are none");
        assert_eq!(listed(&names(1)), "is m0");
        assert_eq!(listed(&names(2)), "are m0, m1");
        assert!(listed(&names(23)).ends_with("m19 and 3 more"));
    }
}
