//! The destination of a call for errors: the endpoint's name and the address, both fit to show.

use std::fmt;
use std::sync::Arc;

/// The destination of a call; it prints as `name (address)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At {
    /// The endpoint's name in messages; `None` if the reader knows which it is.
    name: Option<Arc<str>>,
    address: Arc<str>,
}

impl At {
    pub(crate) fn new(name: &str, address: &str) -> Self {
        Self { name: Some(name.into()), address: address.into() }
    }

    pub(super) fn forget_name(&mut self) {
        self.name = None;
    }
}

impl fmt::Display for At {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(formatter, "{name} ({})", self.address),
            None => formatter.write_str(&self.address),
        }
    }
}
