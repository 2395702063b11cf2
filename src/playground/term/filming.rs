//! Makes a film of a recorded run beside everything else: it takes seconds, and keys and frames do not wait for it.

use std::path::{Path, PathBuf};

use tokio::task::JoinHandle;

use super::exporting::{export_to, exported};
use crate::engine::trace;
use crate::playground::film::{Film, Shot, animation, cast, stage::Stage};
use crate::playground::state::{FilmFormat, Message};

/// The film that is being made, if one is.
#[derive(Default)]
pub struct Filming(Option<JoinHandle<Message>>);

/// What is to be filmed.
pub(super) struct Order {
    pub(super) trace: PathBuf,
    /// The run's place in the trace; the newest without one.
    pub(super) number: Option<usize>,
    pub(super) format: FilmFormat,
    pub(super) stage: Stage,
    /// Where it goes.
    pub(super) path: PathBuf,
}

impl Filming {
    /// Starts it; returns what to say. One at a time: each holds a whole run.
    pub(super) fn start(&mut self, order: Order) -> Message {
        if self.0.is_some() {
            return Message::Failed("not exported: another film is still being made; try again when it is done".to_owned());
        }
        let said = format!("a film is being made: {}", order.path.display());
        self.0 = Some(tokio::task::spawn_blocking(move || make(order)));
        Message::Done(said)
    }

    /// What came of the film, once it is done.
    pub(super) async fn next(&mut self) -> Message {
        let Some(task) = &mut self.0 else { return std::future::pending().await };
        let made = task.await.unwrap_or_else(|fault| Message::Failed(format!("not exported: {fault}")));
        self.0 = None;
        made
    }

    /// Waits for the film that is being made, so that leaving loses none.
    pub(super) async fn finish(&mut self) {
        if self.0.is_some() {
            self.next().await;
        }
    }
}

fn make(order: Order) -> Message {
    match filmed(&order.trace, order.number, order.format, order.stage) {
        Ok(text) => exported(export_to(&text, &order.path), &order.path),
        Err(reason) => Message::Failed(format!("not exported: {reason}")),
    }
}

fn filmed(from: &Path, number: Option<usize>, format: FilmFormat, stage: Stage) -> Result<String, String> {
    let chosen = trace::read(from).and_then(|read| read.choose(from, number)).map_err(|error| error.to_string())?;
    let film = |most_frames| Film::new(Shot { records: &chosen.records, stage, speed: 1.0, most_frames });
    match format {
        FilmFormat::Animation => Ok(animation::animation(film(animation::MOST_FRAMES))),
        FilmFormat::Cast => cast::cast(film(usize::MAX)).map_err(|error| error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playground::view::theme::{ColourLevel, Theme};

    #[test]
    fn a_trace_becomes_either_film_and_a_missing_one_an_error() {
        let trace = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded/example.trace.jsonl");
        let stage = || Stage { size: (60, 16), theme: Theme::default_theme(ColourLevel::True), presents: false };
        let made = |format| filmed(&trace, None, format, stage()).unwrap();
        assert!(made(FilmFormat::Cast).starts_with("{\"version\":2,\"width\":60,\"height\":16"));
        let animation = made(FilmFormat::Animation);
        assert!(animation.starts_with("<svg") && animation.contains("@keyframes"));
        let error = filmed(Path::new("nowhere.trace.jsonl"), None, FilmFormat::Cast, stage()).unwrap_err();
        assert!(error.contains("nowhere.trace.jsonl"), "{error}");
    }

    #[tokio::test]
    async fn one_film_is_made_at_a_time_and_says_when_it_is_done() {
        let home = tempfile::tempdir().unwrap();
        let order = |name: &str| Order {
            trace: Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded/example.trace.jsonl"),
            number: None,
            format: FilmFormat::Cast,
            stage: Stage { size: (60, 16), theme: Theme::default_theme(ColourLevel::True), presents: false },
            path: home.path().join(name),
        };
        let mut filming = Filming::default();
        assert!(matches!(filming.start(order("one.cast")), Message::Done(text) if text.contains("being made")));
        assert!(matches!(filming.start(order("two.cast")), Message::Failed(text) if text.contains("another film")));
        assert!(matches!(filming.next().await, Message::Done(text) if text.contains("one.cast")));
        assert!(home.path().join("one.cast").exists() && !home.path().join("two.cast").exists());
        filming.start(order("two.cast"));
        filming.finish().await;
        assert!(home.path().join("two.cast").exists(), "leaving waits for it");
    }
}
