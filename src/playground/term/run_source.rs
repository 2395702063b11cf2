//! Where the events come from: nothing yet, a run being prepared, a live run, a recorded one. To the state they are all alike.

use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use tokio::sync::mpsc::error::TrySendError;

use crate::engine::replay::Player;
use crate::engine::round::Command;
use crate::engine::trace::Chosen;
use crate::engine::{Ended, Engine};
use crate::playground::state::{Message, ReplayOrder};

/// Events that are taken over at once before the screen and the keys have their turn.
const BATCH: usize = 256;
/// How long runs may take to end when the program is left, so that their traces are whole.
pub(super) const ENDING: Duration = Duration::from_secs(3);

type Starting = Pin<Box<dyn Future<Output = Result<Engine, String>>>>;

/// What is playing.
enum Act {
    Nothing,
    Starting(Starting),
    Live(Box<Engine>),
    /// Every event was told; only how the driver's side went is left.
    Ending(Pin<Box<dyn Future<Output = Ended>>>),
    Replay(Box<Player>),
}

/// The source of events, with the file that holds them.
pub(super) struct RunSource {
    act: Act,
    /// Since when the run's own clock runs.
    since: Instant,
    /// The trace of what is playing or was played last.
    trace: Option<PathBuf>,
    /// Which conversation of that trace was played, if it is recorded.
    recorded: Option<usize>,
    /// The trace of the last live run.
    kept: Option<PathBuf>,
    /// What a run that is on its way is told when it is there.
    orders: Vec<Command>,
    /// What played before the recording that was opened last.
    before: Option<Box<Self>>,
    /// What is put back when the recording is left.
    aside: Option<Box<Self>>,
}

impl RunSource {
    /// Nothing plays.
    pub(super) fn new() -> Self {
        Self {
            act: Act::Nothing,
            since: Instant::now(),
            trace: None,
            recorded: None,
            kept: None,
            orders: Vec::new(),
            before: None,
            aside: None,
        }
    }

    /// The trace of what is playing or was played last.
    pub(super) fn trace(&self) -> Option<&Path> {
        self.trace.as_deref()
    }

    /// Which conversation of the trace was played, if it is recorded.
    pub(super) fn recorded(&self) -> Option<usize> {
        self.recorded
    }

    /// Starts a live run.
    pub(super) fn start(&mut self, starting: impl Future<Output = Result<Engine, String>> + 'static, trace: Option<PathBuf>) {
        self.orders.clear();
        self.act = Act::Starting(Box::pin(starting));
        self.since = Instant::now();
        self.kept.clone_from(&trace);
        (self.trace, self.recorded) = (trace, None);
    }

    /// Starts to continue with a run that has ended, or with the recorded one; `trace` is where it is kept from now on. What it is
    /// told first follows when it is there.
    pub(super) fn take_up(
        &mut self,
        starting: impl Future<Output = Result<Engine, String>> + 'static,
        orders: Vec<Command>,
        trace: Option<PathBuf>,
    ) {
        let before = std::mem::replace(&mut self.act, Act::Nothing);
        let whole = async move {
            if let Act::Ending(ending) = before {
                // Its trace is whole then.
                ending.await;
            }
            starting.await
        };
        self.start(whole, trace);
        self.orders = orders;
    }

    /// The records that a replay has not shown yet, at once.
    pub(super) fn rest(&mut self) -> Vec<Message> {
        let now_ms = self.elapsed_ms();
        let Act::Replay(player) = &mut self.act else { return Vec::new() };
        player.skip_to_end();
        let mut messages = Vec::new();
        while !player.is_over() {
            messages.extend(player.due(now_ms).iter().cloned().map(Message::Record));
        }
        messages
    }

    /// The trace of the last live run.
    pub(super) fn kept(&self) -> Option<&Path> {
        self.kept.as_deref()
    }

    /// Starts a replay; returns what the state is told of it before the first record.
    pub(super) fn replay(&mut self, chosen: Chosen, trace: PathBuf, warning: Option<String>) -> Message {
        let file = trace.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let aside = self.aside.take();
        let mut before = std::mem::replace(self, Self::new());
        before.before = None;
        (self.kept, self.before, self.aside) = (before.kept.clone(), Some(Box::new(before)), aside);
        self.act = Act::Replay(Box::new(Player::new(chosen.records)));
        (self.trace, self.recorded) = (Some(trace), Some(chosen.number));
        Message::Opened { file, warning }
    }

    /// Keeps what played before the recording that was opened last.
    pub(super) fn set_aside(&mut self) {
        self.aside = self.before.take();
    }

    /// Puts what was kept back in the place of the recording.
    pub(super) fn come_back(&mut self) {
        match self.aside.take() {
            Some(aside) => *self = *aside,
            None => self.clear(),
        }
    }

    /// Ends a replay; a live run continues.
    pub(super) fn clear(&mut self) {
        if matches!(self.act, Act::Replay(_)) {
            self.act = Act::Nothing;
        }
        (self.trace, self.before, self.aside) = (None, None, None);
    }

    /// Milliseconds since this started.
    fn elapsed_ms(&self) -> f64 {
        self.since.elapsed().as_secs_f64() * 1000.0
    }

    /// The time on the run's own clock, in milliseconds since its start.
    pub(super) fn run_ms(&self) -> f64 {
        match &self.act {
            Act::Replay(player) => player.run_ms(self.elapsed_ms()),
            Act::Nothing | Act::Starting(_) | Act::Live(_) | Act::Ending(_) => self.elapsed_ms(),
        }
    }

    /// Waits for what comes next. Nothing is lost when the future is dropped.
    pub(super) async fn next(&mut self) -> Vec<Message> {
        match &mut self.act {
            Act::Nothing => std::future::pending().await,
            Act::Starting(starting) => {
                let started = starting.await;
                match started {
                    Ok(engine) => {
                        self.act = Act::Live(Box::new(engine));
                        let orders = std::mem::take(&mut self.orders);
                        orders.into_iter().filter_map(|order| self.command(order)).collect()
                    }
                    Err(error) => {
                        self.act = Act::Nothing;
                        // A run that never started left no file.
                        self.kept = self.kept.take().filter(|path| path.exists());
                        if self.recorded.is_none() {
                            self.trace = self.trace.take().filter(|path| path.exists());
                        }
                        vec![Message::AskFailed(error)]
                    }
                }
            }
            Act::Live(engine) => {
                let Some(first) = engine.next_event().await else {
                    self.end();
                    return Vec::new();
                };
                let mut messages = vec![Message::Record(first)];
                while messages.len() < BATCH
                    && let Some(Some(record)) = engine.next_event().now_or_never()
                {
                    messages.push(Message::Record(record));
                }
                messages
            }
            Act::Ending(ending) => {
                let ended = ending.await;
                self.act = Act::Nothing;
                vec![Message::RunEnded(ended.journal_error.map(|error| error.to_string()))]
            }
            Act::Replay(_) => self.played().await,
        }
    }

    /// Goes from a live run whose last event was told to its end.
    fn end(&mut self) {
        if let Act::Live(engine) = std::mem::replace(&mut self.act, Act::Nothing) {
            self.act = Act::Ending(Box::pin(engine.ended()));
        }
    }

    async fn played(&mut self) -> Vec<Message> {
        let now_ms = self.elapsed_ms();
        let Act::Replay(player) = &mut self.act else { return Vec::new() };
        match player.deadline(now_ms) {
            None => std::future::pending().await,
            Some(due) if due > now_ms => tokio::time::sleep(Duration::from_secs_f64((due - now_ms) / 1000.0)).await,
            Some(_) => {}
        }
        let now_ms = self.since.elapsed().as_secs_f64() * 1000.0;
        let mut messages: Vec<Message> = player.due(now_ms).iter().cloned().map(Message::Record).collect();
        messages.push(said(player));
        messages
    }

    /// Tells a replay; returns how it continues.
    pub(super) fn order(&mut self, order: ReplayOrder) -> Option<Message> {
        let now_ms = self.elapsed_ms();
        let Act::Replay(player) = &mut self.act else { return None };
        match order {
            ReplayOrder::Pause => player.pause(now_ms),
            ReplayOrder::Resume => player.resume(now_ms),
            ReplayOrder::Step => player.step(now_ms),
            ReplayOrder::Speed(speed) => player.set_speed(now_ms, speed),
            ReplayOrder::Restart => player.restart(now_ms),
            ReplayOrder::ToEnd => player.skip_to_end(),
        }
        Some(said(player))
    }

    /// Tells a live run. One that has just ended takes no command any more, and needs none. Waiting for a run that waits for
    /// us to take its events would be for ever, so a command that finds no room is given back in words.
    pub(super) fn command(&mut self, command: Command) -> Option<Message> {
        if matches!(self.act, Act::Starting(_)) {
            self.orders.push(command);
            return None;
        }
        let Act::Live(engine) = &self.act else { return None };
        let full = matches!(engine.commands().try_send(command), Err(TrySendError::Full(_)));
        full.then(|| Message::Failed("too many commands at once: the last was not carried out".to_owned()))
    }

    /// Ends a live run so that its trace is whole: it writes its last event itself.
    pub(super) async fn finish(&mut self) {
        if let Act::Live(mut engine) = std::mem::replace(&mut self.act, Act::Nothing) {
            let commands = engine.commands();
            let stop = async move {
                // A run that has just ended needs none.
                let _ = commands.send(Command::Stop).await;
            };
            let ending = async {
                while engine.next_event().await.is_some() {}
                engine.ended().await
            };
            let ending = futures_util::future::join(stop, ending);
            // A member that cannot be stopped must not keep the person here; what was accepted is in the trace already.
            let _ = tokio::time::timeout(ENDING, ending).await;
        }
    }
}

fn said(player: &Player) -> Message {
    Message::Replayed { playing: player.is_playing(), speed: player.speed(), over: player.is_over() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replayed(source: &mut RunSource, file: &str) {
        source.replay(Chosen { records: Vec::new(), number: 1, of: 1 }, file.into(), None);
    }

    #[test]
    fn what_is_set_aside_comes_back_however_many_recordings_are_opened_over_it() {
        let mut source = RunSource::new();
        source.start(std::future::pending(), Some("own".into()));
        replayed(&mut source, "one");
        source.set_aside();
        replayed(&mut source, "two");
        assert_eq!((source.trace(), source.kept()), (Some(Path::new("two")), Some(Path::new("own"))));
        source.come_back();
        assert_eq!((source.trace(), source.recorded()), (Some(Path::new("own")), None));
        assert!(matches!(source.act, Act::Starting(_)));
    }

    #[test]
    fn without_anything_set_aside_a_recording_is_only_ended() {
        let mut source = RunSource::new();
        replayed(&mut source, "one");
        source.come_back();
        assert_eq!(source.trace(), None);
        assert!(matches!(source.act, Act::Nothing));
    }
}
