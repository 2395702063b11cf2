//! What was found out about servers, kept so that it is only paid for once.
//!
//! Kept in this program's file in the platform's folder. Losing it costs a few small calls, so no error of it stops anything; it
//! names servers and models and contains no secret.

use std::collections::BTreeMap;
use std::fs::TryLockError;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::config::Server;
use crate::engine::member::http::names_secret;
use crate::files::lock::Locked;
use crate::files::{create_folder, private, write_private};
use crate::text;

/// After this time a server is probed again: it may have been started differently.
const LASTS: Duration = Duration::from_secs(7 * 24 * 3600);

/// How long to wait for another program that writes: a write takes about a millisecond.
const PATIENCE: Duration = Duration::from_secs(10);

/// The name of an entry: everything that the findings depend on. What cannot be shown, or is long, is included as a hash; for a
/// key only its source is, since a hash of a key could be attacked by guessing.
pub(super) fn name(kind: &str, address: &str, server: &Server, template: Option<&str>) -> String {
    let secret = |name: &str| names_secret(name);
    let mut hasher = DefaultHasher::new();
    template.hash(&mut hasher);
    format!("{:?} {:?}", server.key, server.overrides).hash(&mut hasher);
    server.providers.hash(&mut hasher);
    for (header, value) in &server.headers {
        (header, (!secret(header)).then_some(value)).hash(&mut hasher);
    }
    for (field, value) in &server.body {
        (field, (!secret(field)).then(|| value.to_string())).hash(&mut hasher);
    }
    let model = server.model.as_deref().unwrap_or_default();
    format!("{kind} {address} {model} {:016x}", hasher.finish())
}

/// One server's model and the findings about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Entry {
    /// When, in seconds since 1970.
    at: u64,
    /// The version of this program: another one asks differently.
    program: String,
    found: Value,
}

/// The findings, by server and model.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    file: Option<PathBuf>,
    /// Whether everything is probed again.
    passed_over: bool,
}

impl Known {
    /// The contents of this file; without one nothing is kept.
    pub(super) fn new(file: Option<PathBuf>) -> Self {
        Self { file, passed_over: false }
    }

    /// The same, but existing findings are ignored; new ones are still kept.
    pub(super) fn passed_over(self) -> Self {
        Self { passed_over: true, ..self }
    }

    /// The findings about this server and model, unless they are too old.
    pub(super) fn get<T: for<'a> Deserialize<'a>>(&self, what: &str, now: SystemTime) -> Option<T> {
        let entry = self.read().remove(what).filter(|_| !self.passed_over)?;
        let age = seconds(now).checked_sub(entry.at)?;
        let current = entry.program == env!("CARGO_PKG_VERSION") && age <= LASTS.as_secs();
        current.then(|| serde_json::from_value(entry.found).ok()).flatten()
    }

    /// Keeps findings.
    pub(super) fn put(&self, what: &str, found: &impl Serialize, now: SystemTime) {
        let (Some(file), Ok(found)) = (&self.file, serde_json::to_value(found)) else { return };
        let _alone = alone(file);
        let mut entries = self.read();
        let program = env!("CARGO_PKG_VERSION").to_owned();
        entries.insert(what.to_owned(), Entry { at: seconds(now), program, found });
        entries.retain(|_, entry| seconds(now).saturating_sub(entry.at) <= LASTS.as_secs());
        write(file, &entries);
    }

    /// Drops findings that led to nothing.
    pub(super) fn forget(&self, what: &str) {
        let Some(file) = &self.file else { return };
        let _alone = alone(file);
        let mut entries = self.read();
        if entries.remove(what).is_some() {
            write(file, &entries);
        }
    }

    fn read(&self) -> BTreeMap<String, Entry> {
        let bytes = self.file.as_ref().and_then(|file| std::fs::read(file).ok()).unwrap_or_default();
        let values: BTreeMap<String, Value> =
            text::text(&bytes).ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        // A malformed entry loses only itself.
        values.into_iter().filter_map(|(what, value)| Some((what, serde_json::from_value(value).ok()?))).collect()
    }
}

fn write(file: &Path, entries: &BTreeMap<String, Entry>) {
    if let Ok(text) = serde_json::to_string_pretty(entries) {
        // See above: it is probed again.
        let _ = write_private(file, text.as_bytes());
    }
}

/// Keeps other programs, and other threads, from writing between our reading and our writing. A separate file is locked, since
/// the main one is replaced; without the lock an entry may be lost, which costs some calls.
fn alone(file: &Path) -> Option<Locked> {
    create_folder(file.parent()?).ok()?;
    let lock = private().write(true).create(true).truncate(false).open(file.with_extension("lock")).ok()?;
    let began = Instant::now();
    loop {
        match lock.try_lock() {
            Ok(()) => return Some(Locked::held(lock)),
            // A program that is suspended while it writes must not stop this one too.
            Err(TryLockError::WouldBlock) if began.elapsed() < PATIENCE => std::thread::sleep(Duration::from_millis(2)),
            Err(TryLockError::WouldBlock | TryLockError::Error(_)) => return None,
        }
    }
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::member::http::KeySource;

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
        known.forget("b");
        assert_eq!((known.get::<u32>("a", now), known.get::<u32>("b", now)), (Some(7), None));
        std::fs::write(folder.path().join("deep/servers.json"), "{").unwrap();
        assert_eq!(known.get::<u32>("a", now), None);
    }

    #[test]
    fn all_that_a_server_depends_on_is_in_the_name() {
        let server = Server { model: Some("m".to_owned()), ..Server::default() };
        let with = |change: fn(&mut Server)| {
            let mut server = server.clone();
            change(&mut server);
            name("vllm", "http://h:1", &server, None)
        };
        let names = [
            with(|_| {}),
            with(|server| server.model = Some("n".to_owned())),
            with(|server| server.providers = vec!["acme".to_owned()]),
            with(|server| _ = server.headers.insert("x-route".to_owned(), "a".to_owned())),
            with(|server| _ = server.headers.insert("x-route".to_owned(), "b".to_owned())),
            with(|server| _ = server.body.insert("think".to_owned(), false.into())),
            with(|server| _ = server.body.insert("think".to_owned(), true.into())),
            with(|server| server.overrides.context_tokens = Some(1)),
            with(|server| server.key = Some(KeySource::Environment("A".to_owned()))),
            with(|server| server.key = Some(KeySource::Environment("B".to_owned()))),
            name("vllm", "http://h:1", &server, Some("{{ messages }}")),
            name("vllm", "http://h:2", &server, None),
            name("sglang", "http://h:1", &server, None),
        ];
        let different: std::collections::BTreeSet<&String> = names.iter().collect();
        assert_eq!(different.len(), names.len(), "{names:?}");
        assert_eq!(with(|_| {}), names[0]);
        let secret = |value: &str| {
            let headers = [("authorization".to_owned(), value.to_owned())].into();
            name("vllm", "http://h:1", &Server { headers, ..server.clone() }, None)
        };
        assert_eq!(secret("Bearer one"), secret("Bearer two"));
    }

    #[test]
    fn an_entry_of_another_shape_costs_itself_alone_however_the_file_was_saved() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("servers.json");
        let known = Known::new(Some(file.clone()));
        let now = UNIX_EPOCH + Duration::from_secs(1_000_000);
        known.put("a", &7, now);
        let text = std::fs::read_to_string(&file).unwrap().replacen('{', "{\"z\": [1],", 1).replace('\n', "\r\n");
        std::fs::write(&file, format!("\u{feff}{text}")).unwrap();
        known.put("b", &8, now);
        assert_eq!((known.get("a", now), known.get("b", now), known.get::<u32>("z", now)), (Some(7), Some(8), None));
    }

    #[test]
    fn writers_at_once_lose_no_entry() {
        let folder = tempfile::tempdir().unwrap();
        let now = UNIX_EPOCH + Duration::from_secs(1_000_000);
        let known = || Known::new(Some(folder.path().join("servers.json")));
        std::thread::scope(|scope| {
            for writer in 0..8 {
                scope.spawn(move || {
                    for number in 0..20 {
                        known().put(&format!("{writer} {number}"), &number, now);
                        assert_eq!(known().get(&format!("{writer} {number}"), now), Some(number));
                    }
                });
            }
        });
        assert_eq!(known().read().len(), 160);
        let names = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
        assert!(names.into_iter().all(|name| name == "servers.json" || name == "servers.lock"));
    }
}
