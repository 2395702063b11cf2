//! The only code that touches the terminal.
//!
//! [`run`] is the one loop: signals, keys, events of the run and the next frame, whatever comes first; each becomes a message
//! for the state, and what the state asks for is carried out [`effects`]; the members are [`pool`]'s, a sweep `sweeping`'s, a
//! question at several lengths `lengths`'s. Each other piece has one duty: [`guard`] takes the screen and gives it back
//! whatever happens, [`panics`] keeps what goes wrong off the screen, [`input`] hands keys over,
//! [`signals`] what the system asks of the program, [`suspend`] stops it, [`editor`] lends the terminal to an editor,
//! [`clipboard`] copies, [`background`] asks which one the terminal has, [`frames`] says when to draw, [`ui_recorder`] writes a recording of it all, and [`outside`] says whether
//! there is a terminal at all.

mod background;
pub mod clipboard;
pub mod editor;
pub mod effects;
mod exporting;
pub mod filming;
pub mod frames;
pub mod guard;
pub mod input;
#[cfg(all(unix, feature = "llama-cpp"))]
pub mod keeper;
mod lengths;
pub mod member_pool;
pub mod outside;
pub mod panics;
mod recordings;
mod run_source;
mod screen;
pub mod signals;
pub mod suspend;
mod sweeping;
pub mod ui_recorder;
mod words;

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crossterm::event::{Event, KeyEventKind};

use super::state::key::Key;
use super::state::{Effect, Message, Options};
use super::view;
use super::view::theme::library::AUTO;
use super::view::theme::{ColourLevel, Ground};
use crate::engine::trace::Chosen;
use effects::{Effects, Hands, Next};
use frames::{FRAME_MS, Frames};
use guard::Terminal;
use input::Input;
use lengths::LengthRuns;
use run_source::RunSource;
pub use signals::Signal;
use signals::Signals;
use suspend::Whom;
use sweeping::Sweeping;
use ui_recorder::{RecordedScreen, UiRecorder};

/// While a run continues the time on the screen moves so often.
const TICK: Duration = Duration::from_millis(100);
/// How long the news that the terminal is gone may take.
const GONE: Duration = Duration::from_millis(200);
/// Keys that are taken over at once.
const KEYS: usize = 256;

/// What the playground opens with.
pub enum Opening {
    /// The prompt.
    Prompt,
    /// A question that is asked at once.
    Question(String),
    /// The guided tour.
    Tour,
    /// A recorded run: its file, its records, and what is worth telling of it.
    Replay {
        /// The file.
        path: PathBuf,
        /// The conversation that is played.
        chosen: Chosen,
        /// What is worth telling of it.
        warning: Option<String>,
        /// How fast it plays.
        speed: f64,
        /// Whether it stands still at first.
        paused: bool,
    },
}

/// How the playground was left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// The signal that ended it.
    pub ended_by: Option<Signal>,
    /// The trace of the last live run, if one was kept.
    pub trace: Option<PathBuf>,
}

/// What woke the loop.
enum Woken {
    Signal(Signal),
    Key(Option<io::Result<Event>>),
    Messages(Vec<Message>),
    Tick,
    Frame,
}

/// Everything that the loop works with.
struct Loop {
    terminal: Terminal,
    input: Input,
    signals: Signals,
    source: RunSource,
    sweeping: Sweeping,
    length_runs: LengthRuns,
    screen: RecordedScreen,
    effects: Effects,
    frames: Frames,
    since: Instant,
    ended_by: Option<Signal>,
    /// Whether the terminal had another size since the last frame.
    resized: bool,
}

/// Opens the playground and stays in it until the person leaves. Needs a tokio runtime with threads of its own, because the
/// terminal may be lent to an editor meanwhile. The terminal is as before however this ends. What reaches the screen goes to the
/// recorder, if there is one.
pub async fn run(options: Options, mut effects: Effects, opening: Opening, recorder: Option<UiRecorder>) -> io::Result<Left> {
    let signals = Signals::listen()?;
    #[cfg(all(unix, feature = "llama-cpp"))]
    keeper::start(screen::modes_in_numbers());
    let mut terminal = Terminal::enter(guard::Options { mouse: options.settings.mouse })?;
    let mut input = Input::new();
    if effects.level != ColourLevel::None {
        let answer = background::ask(&mut terminal, &mut input).await?;
        effects.library.set_ground(Ground::decide(answer, std::env::var("COLORFGBG").ok().as_deref()));
        // Any other choice was loaded before, and is the same on every background.
        if options.settings.theme == AUTO
            && let Ok(theme) = effects.library.load(AUTO, effects.level)
        {
            effects.theme = theme;
        }
    }
    let size = terminal.size()?;
    let mut screen = RecordedScreen::new(options, size.width, size.height, recorder);
    screen.update(Message::Dressed(view::dress(&effects.theme)));
    let mut playground = Loop {
        input,
        signals,
        source: RunSource::new(),
        sweeping: Sweeping::default(),
        length_runs: LengthRuns::default(),
        screen,
        effects,
        frames: Frames::new(FRAME_MS),
        since: Instant::now(),
        ended_by: None,
        resized: false,
        terminal,
    };
    playground.open(opening).await?;
    let played = playground.play().await;
    if played.is_err() {
        // A terminal that is gone fails at once; the signal that says so may still be on its way.
        playground.ended_by = tokio::time::timeout(GONE, playground.signals.next()).await.ok().or(playground.ended_by);
    }
    // First the runs, so that their traces are whole even where the terminal is gone.
    futures_util::future::join(playground.source.finish(), playground.length_runs.finish()).await;
    playground.effects.filming.finish().await;
    playground.terminal.leave();
    #[cfg(all(unix, feature = "llama-cpp"))]
    keeper::stop();
    // A terminal that is gone is how the user leaves by closing the window; its trace is whole.
    if playground.ended_by.is_none() {
        played?;
    }
    Ok(Left { ended_by: playground.ended_by, trace: playground.source.kept().map(ToOwned::to_owned) })
}

/// The process that keeps the terminal for another of this program ([`keeper`]), which had these modes.
#[cfg(all(unix, feature = "llama-cpp"))]
pub fn keep(modes: &[String]) {
    keeper::keep(|| screen::give_back_for_another(modes));
}

impl Loop {
    fn now_ms(&self) -> f64 {
        self.since.elapsed().as_secs_f64() * 1000.0
    }

    async fn open(&mut self, opening: Opening) -> io::Result<Next> {
        self.frames.request(self.now_ms());
        match opening {
            Opening::Prompt => self.take_in(vec![Message::Begin]).await,
            Opening::Question(question) => self.take_in(vec![Message::Begin, Message::Ask(question)]).await,
            Opening::Tour => self.take_in(vec![Message::Begin, Message::Tour]).await,
            Opening::Replay { path, chosen, warning, speed, paused } => {
                let mut messages = vec![self.source.replay(chosen, path, warning)];
                messages.extend(self.source.order(super::state::ReplayOrder::Speed(speed)));
                if paused {
                    messages.extend(self.source.order(super::state::ReplayOrder::Pause));
                }
                self.take_in(messages).await
            }
        }
    }

    async fn play(&mut self) -> io::Result<()> {
        loop {
            if self.frames.deadline().is_some_and(|due| due <= self.now_ms()) {
                self.draw()?;
            }
            let messages = match self.wait().await {
                Woken::Frame => continue,
                Woken::Tick => vec![Message::Tick(self.source.run_ms())],
                Woken::Messages(messages) => messages,
                Woken::Key(event) => self.keys(event)?,
                Woken::Signal(Signal::Suspend) => {
                    let failed = effects::stop(&mut self.terminal, &mut self.input, Whom::Process)?;
                    failed.into_iter().chain([self.resized()?]).collect()
                }
                Woken::Signal(signal @ (Signal::Terminate | Signal::HangUp | Signal::Interrupt | Signal::Quit)) => {
                    self.ended_by = Some(signal);
                    return Ok(());
                }
            };
            match self.take_in(messages).await? {
                Next::GoOn => {}
                Next::Leave => return Ok(()),
                Next::Ended(signal) => {
                    self.ended_by = Some(signal);
                    return Ok(());
                }
            }
        }
    }

    /// Whatever comes first. Keys before events, so that a flood of these keeps nobody from stopping it.
    async fn wait(&mut self) -> Woken {
        let frame = self.frames.deadline().map(|due| Duration::from_secs_f64((due - self.now_ms()).max(0.0) / 1000.0));
        let busy = self.screen.is_busy();
        tokio::select! {
            biased;
            signal = self.signals.next() => Woken::Signal(signal),
            event = self.input.next() => Woken::Key(event),
            messages = self.source.next() => Woken::Messages(messages),
            news = self.effects.pool.next() => Woken::Messages(vec![news]),
            swept = self.sweeping.next() => Woken::Messages(vec![swept]),
            messages = self.length_runs.next() => Woken::Messages(messages),
            filmed = self.effects.filming.next() => Woken::Messages(vec![filmed]),
            () = tokio::time::sleep(frame.unwrap_or_default()), if frame.is_some() => Woken::Frame,
            () = tokio::time::sleep(TICK), if busy => Woken::Tick,
        }
    }

    /// A key and what else is there already.
    fn keys(&mut self, event: Option<io::Result<Event>>) -> io::Result<Vec<Message>> {
        let Some(event) = event.transpose()? else {
            // Standard input is gone, and with it the user.
            self.ended_by = Some(Signal::HangUp);
            return Ok(vec![Message::Gone]);
        };
        let more = self.input.ready(KEYS);
        Ok(std::iter::once(event).chain(more).filter_map(message).collect())
    }

    fn resized(&self) -> io::Result<Message> {
        let size = self.terminal.size()?;
        Ok(Message::Resize(size.width, size.height))
    }

    /// Hands messages to the state and carries out what it asks for, until nothing is left to do.
    async fn take_in(&mut self, messages: Vec<Message>) -> io::Result<Next> {
        let mut waiting: VecDeque<Message> = messages.into();
        waiting.extend(panics::take().into_iter().map(Message::Warned));
        if !waiting.is_empty() {
            self.frames.request(self.now_ms());
        }
        while let Some(message) = waiting.pop_front() {
            let message = if self.screen.writes() { written(message, &mut waiting) } else { message };
            self.resized |= matches!(message, Message::Resize(..));
            for effect in self.screen.update(message) {
                let mut came = Vec::new();
                if let Effect::Picture(path) = &effect {
                    came.push(self.picture(path));
                }
                let lent = matches!(effect, Effect::Edit(_) | Effect::Suspend);
                let themed = matches!(effect, Effect::UseTheme(_));
                let hands = Hands {
                    terminal: &mut self.terminal,
                    input: &mut self.input,
                    signals: &mut self.signals,
                    source: &mut self.source,
                    sweeping: &mut self.sweeping,
                    length_runs: &mut self.length_runs,
                };
                let next = self.effects.carry_out(effect, hands, &mut came).await?;
                if next != Next::GoOn {
                    return Ok(next);
                }
                if themed {
                    self.screen.update(Message::Dressed(view::dress(&self.effects.theme)));
                }
                if lent {
                    // Keys that were typed before someone else had the terminal were not meant for what is there now.
                    waiting.retain(|message| !matches!(message, Message::Key(_) | Message::Paste(_) | Message::Mouse(_)));
                    came.push(self.resized()?);
                }
                waiting.extend(came);
            }
        }
        Ok(Next::GoOn)
    }

    /// Writes a picture of the screen as it is without what lies over it.
    fn picture(&mut self, path: &Path) -> Message {
        self.screen.prepare();
        let picture = view::picture::screen(&self.screen, &self.effects.theme);
        exporting::exported(exporting::export_to(&picture, path), path)
    }

    fn draw(&mut self) -> io::Result<()> {
        // The size of this moment: the news of a change may still wait behind other keys.
        let size = self.terminal.size()?;
        if (size.width, size.height) != self.screen.size() {
            self.resized = true;
            self.screen.update(Message::Resize(size.width, size.height));
        }
        self.screen.prepare();
        if std::mem::take(&mut self.resized) {
            // Also where the size is that of the last frame again: what stood there was cut meanwhile.
            self.terminal.forget_drawn()?;
        }
        let (screen, theme) = (&self.screen, &self.effects.theme);
        self.terminal.draw(|frame| view::draw(frame, screen, theme))?;
        self.frames.drawn(self.now_ms());
        Ok(())
    }
}

/// A key that types, together with those that wait behind it.
fn written(first: Message, waiting: &mut VecDeque<Message>) -> Message {
    let character = |message: &Message| match message {
        Message::Key(key) if key.kind != KeyEventKind::Release => Key::from(*key).character(),
        _ => None,
    };
    let Some(mut text) = character(&first).map(String::from) else { return first };
    while let Some(more) = waiting.front().and_then(character) {
        text.push(more);
        waiting.pop_front();
    }
    Message::Typed(text)
}

fn message(event: Event) -> Option<Message> {
    match event {
        Event::Key(key) => Some(Message::Key(key)),
        Event::Paste(text) => Some(Message::Paste(text)),
        Event::Mouse(mouse) => Some(Message::Mouse(mouse)),
        Event::Resize(width, height) => Some(Message::Resize(width, height)),
        Event::FocusGained | Event::FocusLost => None,
    }
}
