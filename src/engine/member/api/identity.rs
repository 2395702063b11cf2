//! Whether it is still the model that was probed which replies.
//!
//! A server may be stopped and started with another model while a member is on it. What was found out no longer holds then, and
//! scores of two models must not be taken for one's. Servers say in each reply what they call their model; the name need not be the
//! one that requests give, but it stays the same.

use std::sync::{Arc, Mutex, PoisonError};

use super::super::MemberError;

/// What a server calls the model that replies; clones are the same.
#[derive(Debug, Clone, Default)]
pub(super) struct Identity(Arc<Mutex<Names>>);

#[derive(Debug, Default)]
struct Names {
    first: Option<String>,
    /// Another name that came later.
    other: Option<String>,
}

impl Identity {
    /// What it was called when it was probed.
    pub(super) fn known(name: Option<&str>) -> Self {
        Self(Arc::new(Mutex::new(Names { first: name.map(str::to_owned), other: None })))
    }

    /// A reply names its model.
    pub(super) fn saw(&self, name: &str) {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &names.first {
            None => names.first = Some(name.to_owned()),
            Some(first) if first != name => names.other = Some(name.to_owned()),
            Some(_) => {}
        }
    }

    /// What the first reply called it.
    pub(super) fn first(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).first.clone()
    }

    /// Whether all replies were of one model.
    pub(super) fn is_one(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).other.is_none()
    }

    /// An error that names both models where there were two.
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
