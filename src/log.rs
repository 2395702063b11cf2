//! The log: what is sent to servers, what comes back, and what is decided. Off unless `--log FILE`.
//!
//! Owns the file and the form of a line: JSON, one object per line, `time`, `member` and `event` first. Entries are made where
//! things happen, as `tracing` events with the target [`TARGET`]; no other event gets in, whichever crate makes it. The code that
//! makes an entry masks the secrets it knows; here logins and keys in addresses are masked again, and texts are cleaned and then
//! shortened. A log that can no longer be written never stops a run.

use std::fmt::{self, Write as _};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::clean::clean_line;

/// The target of the events that are entries.
pub const TARGET: &str = "specfuse";

/// How many characters of a text an entry holds.
const LONGEST: usize = 2000;

/// The error that the log's file cannot be written to.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, thiserror::Error)]
#[error("--log {}: {}", path.display(), reason(source))]
pub struct LogError {
    pub path: PathBuf,
    pub source: io::Error,
}

fn reason(source: &io::Error) -> String {
    match source.kind() {
        io::ErrorKind::AlreadyExists => "the file exists, and no log overwrites one: name another".to_owned(),
        io::ErrorKind::IsADirectory => "this is a folder: name a file in it".to_owned(),
        _ => format!("the log cannot be written: {source}"),
    }
}

/// The log. Clones write to the same file.
#[derive(Clone)]
pub struct Log {
    sink: Arc<Mutex<Sink>>,
    clock: fn() -> SystemTime,
    mask: fn(&str) -> String,
}

struct Sink {
    out: Box<dyn Write + Send>,
    failed: Option<io::Error>,
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log").finish_non_exhaustive()
    }
}

impl Log {
    /// A log in a new file, private to the user. An existing file is never overwritten; a pipe or a device is written to. `mask`
    /// removes secrets from a text.
    pub fn create(path: &Path, clock: fn() -> SystemTime, mask: fn(&str) -> String) -> Result<Self, LogError> {
        let file = open(path).map_err(|source| LogError { path: path.to_owned(), source })?;
        Ok(Self::new(file, clock, mask))
    }

    /// A log written to `out`.
    #[must_use]
    pub fn new(out: impl Write + Send + 'static, clock: fn() -> SystemTime, mask: fn(&str) -> String) -> Self {
        Self { sink: Arc::new(Mutex::new(Sink { out: Box::new(out), failed: None })), clock, mask }
    }

    /// Takes the entries of the whole process from now on. If several logs are started, the first one stays.
    pub fn start(&self) {
        // There is one log per process, and nothing else subscribes.
        let _ = tracing::subscriber::set_global_default(self.clone());
    }

    /// Why the log is incomplete, if it is.
    #[must_use]
    pub fn failure(&self) -> Option<String> {
        self.sink.lock().unwrap_or_else(PoisonError::into_inner).failed.as_ref().map(ToString::to_string)
    }

    fn write(&self, line: &[u8]) {
        let mut sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
        if sink.failed.is_none() {
            sink.failed = sink.out.write_all(line).and_then(|()| sink.out.flush()).err();
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    let found = fs::metadata(path);
    if found.as_ref().is_ok_and(fs::Metadata::is_dir) {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.write(true).create_new(found.is_err() || found.is_ok_and(|found| found.is_file()));
    options.open(path)
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // `tracing::enabled!` asks whether an event would be taken with a hint instead of an event.
        !metadata.is_span() && metadata.target() == TARGET
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::INFO)
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line { text: format!("{{\"time\":\"{}\"", utc((self.clock)())), mask: self.mask };
        event.record(&mut line);
        line.text.push_str("}\n");
        self.write(line.text.as_bytes());
    }

    // Spans are not enabled.
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// A line being written.
struct Line {
    text: String,
    mask: fn(&str) -> String,
}

impl Line {
    fn put(&mut self, field: &Field, value: &serde_json::Value) {
        // Writing to a string cannot fail.
        let _ = write!(self.text, ",{}:{value}", serde_json::Value::from(field.name()));
    }
}

impl Visit for Line {
    fn record_str(&mut self, field: &Field, text: &str) {
        let text = String::from(clean_line(&(self.mask)(text)));
        let cut = text.char_indices().nth(LONGEST).map(|(end, _)| format!("{}…", text.get(..end).unwrap_or_default()));
        self.put(field, &cut.unwrap_or(text).into());
    }

    fn record_u64(&mut self, field: &Field, number: u64) {
        self.put(field, &number.into());
    }

    fn record_i64(&mut self, field: &Field, number: i64) {
        self.put(field, &number.into());
    }

    fn record_f64(&mut self, field: &Field, number: f64) {
        self.put(field, &number.into());
    }

    fn record_bool(&mut self, field: &Field, on: bool) {
        self.put(field, &on.into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

/// A time in RFC 3339 format, in UTC, to the millisecond.
fn utc(time: SystemTime) -> String {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let millis = time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.subsec_millis());
    // Sun, 06 Nov 1994 08:49:37 GMT
    let date = httpdate::fmt_http_date(time.max(SystemTime::UNIX_EPOCH));
    let mut parts = date.split(' ').skip(1);
    let (day, month, year, clock) = (parts.next(), parts.next(), parts.next(), parts.next());
    let month = month.and_then(|month| MONTHS.find(month)).map_or(0, |at| at / 3 + 1);
    let part = |part: Option<&str>| part.unwrap_or_default().to_owned();
    format!("{}-{month:02}-{}T{}.{millis:03}Z", part(year), part(day), part(clock))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn noon() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_millis(784_111_777_042)
    }

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn an_entry_is_one_line_of_json_clean_and_short() {
        let kept = Kept::default();
        let log = Log::new(kept.clone(), noon, |text| text.replace("sk-42", "…"));
        tracing::subscriber::with_default(log, || {
            let lengthy = "x".repeat(9000);
            tracing::info!(target: TARGET, member = "a", event = "request", bytes = 7_u64, body = "key sk-42\n\u{1b}[2J\u{202e}\"q\"", none = None::<u64>);
            tracing::info!(target: TARGET, event = "x", ms = 1.5, body = lengthy);
            tracing::info!(target: "h2", event = "of another crate");
            tracing::debug!(target: TARGET, event = "too fine");
        });
        let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        let (first, second) = text.split_once('\n').unwrap();
        assert_eq!(first, r#"{"time":"1994-11-06T08:49:37.042Z","member":"a","event":"request","bytes":7,"body":"key … \"q\""}"#);
        let second: serde_json::Value = serde_json::from_str(second.trim_end()).unwrap();
        assert_eq!((second["ms"].as_f64(), second["body"].as_str().unwrap().chars().count()), (Some(1.5), LONGEST + 1));
        assert_eq!(text.lines().count(), 2);
    }

    #[test]
    fn a_file_is_new_private_and_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let create = |name: &str| Log::create(&folder.path().join(name), noon, str::to_owned).map_err(|error| error.to_string());
        create("a.log").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(folder.path().join("a.log")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert!(create("a.log").unwrap_err().ends_with("the file exists, and no log overwrites one: name another"));
        assert!(create(".").unwrap_err().contains("this is a folder"));
        assert!(create("no/where.log").unwrap_err().contains("the log cannot be written: "));
    }

    #[test]
    fn a_full_disk_is_kept_in_mind_and_stops_nothing() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::Error::from(io::ErrorKind::StorageFull))
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let log = Log::new(Full, noon, str::to_owned);
        assert_eq!(log.failure(), None);
        tracing::subscriber::with_default(log.clone(), || {
            tracing::info!(target: TARGET, event = "x");
            tracing::info!(target: TARGET, event = "y");
        });
        assert!(log.failure().is_some());
    }
}
