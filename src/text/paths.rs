//! Paths in what this program writes: a name that is not UTF-8 gets stand-ins there, since the formats are text and serde would
//! refuse the whole line.

use std::path::PathBuf;

use serde::{Serialize, Serializer};

/// A path, for `#[serde(serialize_with = "…")]`.
#[allow(clippy::ptr_arg, reason = "serde hands over the field")]
pub fn lossy<S: Serializer>(path: &PathBuf, serializer: S) -> Result<S::Ok, S::Error> {
    path.to_string_lossy().serialize(serializer)
}

/// A path that may not be given.
#[allow(clippy::ref_option, reason = "serde hands over the field")]
pub fn lossy_where_given<S: Serializer>(path: &Option<PathBuf>, serializer: S) -> Result<S::Ok, S::Error> {
    path.as_ref().map(|path| path.to_string_lossy()).serialize(serializer)
}
