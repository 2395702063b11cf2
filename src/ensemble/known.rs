//! What was found out about servers, kept so that nobody pays twice for asking.
//!
//! A file of ours in the platform's folder. Losing it costs a few small calls, so no error of it stops anything; what is in it
//! names servers and models and holds no secret.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::files::write_private;

/// After this a server is asked anew: it may have been started otherwise.
const LASTS: Duration = Duration::from_secs(7 * 24 * 3600);

/// One server's model and what was found out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Entry {
    /// When, in seconds since 1970.
    at: u64,
    /// By which version of this program: another one asks otherwise.
    program: String,
    found: Value,
}

/// What was found out, by server and model.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    file: Option<PathBuf>,
}

impl Known {
    /// What this file holds; without one nothing is kept.
    pub(super) fn new(file: Option<PathBuf>) -> Self {
        Self { file }
    }

    /// What was found out about this server and model, unless it is too old.
    pub(super) fn get<T: for<'a> Deserialize<'a>>(&self, what: &str, now: SystemTime) -> Option<T> {
        let entry = self.read().remove(what)?;
        let age = seconds(now).checked_sub(entry.at)?;
        let current = entry.program == env!("CARGO_PKG_VERSION") && age <= LASTS.as_secs();
        current.then(|| serde_json::from_value(entry.found).ok()).flatten()
    }

    /// Keeps what was found out.
    pub(super) fn put(&self, what: &str, found: &impl Serialize, now: SystemTime) {
        let (Some(file), Ok(found)) = (&self.file, serde_json::to_value(found)) else { return };
        let mut entries = self.read();
        let program = env!("CARGO_PKG_VERSION").to_owned();
        entries.insert(what.to_owned(), Entry { at: seconds(now), program, found });
        entries.retain(|_, entry| seconds(now).saturating_sub(entry.at) <= LASTS.as_secs());
        if let Ok(text) = serde_json::to_string_pretty(&entries) {
            // See above: it is asked again.
            let _ = write_private(file, text.as_bytes());
        }
    }

    fn read(&self) -> BTreeMap<String, Entry> {
        let text = self.file.as_ref().and_then(|file| std::fs::read_to_string(file).ok());
        text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_found_until_it_is_old_and_a_damaged_file_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let known = Known::new(Some(folder.path().join("deep/servers.json")));
        let now = UNIX_EPOCH + Duration::from_secs(1_000_000);
        assert_eq!(known.get::<u32>("a", now), None);
        known.put("a", &7, now);
        known.put("b", &8, now + Duration::from_secs(1));
        assert_eq!((known.get("a", now), known.get::<u32>("b", now + LASTS)), (Some(7), Some(8)));
        assert_eq!(known.get::<u32>("a", now + LASTS + Duration::from_secs(1)), None);
        assert_eq!(known.get::<String>("a", now), None, "of another shape");
        std::fs::write(folder.path().join("deep/servers.json"), "{").unwrap();
        assert_eq!(known.get::<u32>("a", now), None);
    }
}
