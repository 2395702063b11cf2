//! Checks that replies still come from the model that was probed.
//!
//! A server may be restarted with another model while a member uses it. Then the findings no longer hold, and scores of two
//! models must not be mixed. Servers name their model in each reply; the name need not be the one that requests give, but it
//! stays the same.

use std::sync::{Arc, Mutex, PoisonError};

use super::super::MemberError;

/// The server's name for the model that replies; clones are shared.
#[derive(Debug, Clone, Default)]
pub(super) struct Identity(Arc<Mutex<Names>>);

#[derive(Debug, Default)]
struct Names {
    first: Option<String>,
    /// A different name that came later.
    other: Option<String>,
}

impl Identity {
    /// Starts with the name from the probe.
    pub(super) fn known(name: Option<&str>) -> Self {
        Self(Arc::new(Mutex::new(Names { first: name.map(str::to_owned), other: None })))
    }

    /// Records the name in a reply.
    pub(super) fn saw(&self, name: &str) {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &names.first {
            None => names.first = Some(name.to_owned()),
            Some(first) if first != name => names.other = Some(name.to_owned()),
            Some(_) => {}
        }
    }

    /// The name in the first reply.
    pub(super) fn first(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).first.clone()
    }

    /// Whether all replies came from one model.
    pub(super) fn is_one(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).other.is_none()
    }

    /// An error that names both models if there were two.
    pub(super) fn check(&self) -> Result<(), MemberError> {
        let names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match (&names.first, &names.other) {
            (Some(before), Some(now)) => Err(MemberError::Refused(format!(
                "the server has another model now, `{now}` instead of `{before}`: connect to it again"
            ))),
            (Some(_) | None, _) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_name_is_another_model() {
        let identity = Identity::default();
        assert_eq!((identity.first(), identity.check()), (None, Ok(())));
        for name in ["a", "a"] {
            identity.saw(name);
        }
        assert!(identity.is_one() && identity.check().is_ok());
        identity.clone().saw("b");
        assert!(!identity.is_one());
        assert!(identity.check().unwrap_err().to_string().contains("`b` instead of `a`"));
        let known = Identity::known(Some("a"));
        known.saw("b");
        assert!(known.check().is_err());
    }
}
