//! Carries out what the state asks for: runs, files, the clipboard, the editor, themes.
//!
//! Owns everything that lasts and is not on the screen: the members, their pace, the folders, the theme. Decides nothing; what
//! comes of an effect goes back to the state as a message.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::clipboard::osc52;
use super::editor::{Editor, Running, folder};
use super::exporting::{at_home, export_to, exported};
use super::filming::{Filming, Order};
use super::guard::Terminal;
use super::input::Input;
use super::lengths::LengthRuns;
use super::member_pool::MemberPool;
use super::recordings::{Budget, details};
use super::run_source::RunSource;
use super::screen;
use super::signals::{Signal, Signals, Urgency};
use super::suspend::{self, Whom};
use super::sweeping::Sweeping;
use crate::engine::fusion::conversation::Conversation;
use crate::engine::fusion::event::Record;
use crate::engine::member::paced::Pace;
use crate::engine::trace::{Chosen, Journal, TraceError};
use crate::engine::{Engine, Seat, Setup, TakeUp, trace, wall_clock};
use crate::export;
use crate::files::Folders;
use crate::files::history::History;
use crate::files::traces::{self, Found, Opened, Wanted};
use crate::playground::film::{self, stage::Stage};
use crate::playground::state::lengths::COLUMNS;
use crate::playground::state::prompt::{EXAMPLE, EXAMPLE_ANSWERS};
use crate::playground::state::{Ask, Effect, FilmFormat, Listing, Message, TakenUp};
use crate::playground::view::theme::{ColourLevel, Library, Theme};

/// What the playground works with.
pub struct Effects {
    /// The members.
    pub pool: MemberPool,
    /// The pace of those in this process.
    pub pace: Pace,
    /// Where this program keeps its files, if there is a home.
    pub folders: Option<Folders>,
    /// What was asked before.
    pub history: History,
    /// How many traces are kept.
    pub traces_kept: usize,
    /// The themes there are.
    pub library: Library,
    /// How many colours the terminal has.
    pub level: ColourLevel,
    /// The theme in force.
    pub theme: Theme,
    /// The film that is being made.
    pub filming: Filming,
}

/// Whether to continue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    GoOn,
    Leave,
    /// A signal said so.
    Ended(Signal),
}

/// What effects act upon.
pub(super) struct Hands<'a> {
    pub(super) terminal: &'a mut Terminal,
    pub(super) input: &'a mut Input,
    pub(super) signals: &'a mut Signals,
    pub(super) source: &'a mut RunSource,
    pub(super) sweeping: &'a mut Sweeping,
    pub(super) length_runs: &'a mut LengthRuns,
}

/// Lends the terminal to the user's editor; its text is added to `messages`.
async fn lend_to_editor(text: String, hands: Hands<'_>, messages: &mut Vec<Message>) -> std::io::Result<Next> {
    let Hands { terminal, input, signals, source, sweeping, length_runs } = hands;
    input.release();
    terminal.suspend();
    let running = Running::default();
    let waited = running.clone();
    let editing = tokio::task::spawn_blocking(move || edit(&text, &waited));
    let editing = meanwhile(editing, Beside { source, sweeping, length_runs }, messages);
    let (modes, mut killed) = (screen::modes(), false);
    let end = |urgency| {
        killed |= urgency == Urgency::Forced;
        running.end(urgency);
    };
    let (edited, ending) = signals.while_lent(editing, end).await;
    if let Some(signal) = ending {
        // An editor that had to be ended may have left its own.
        screen::put_back(modes, killed);
        return Ok(Next::Ended(signal));
    }
    let edited = edited.unwrap_or_else(|| Ok(Err("the editor does not end".to_owned())));
    terminal.resume()?;
    input.take_back();
    messages.push(Message::Edited(edited.unwrap_or_else(|fault| Err(fault.to_string()))));
    Ok(Next::GoOn)
}

impl Effects {
    /// Does what is asked for; what came of it is added to `messages`.
    pub(super) async fn carry_out(
        &mut self,
        effect: Effect,
        hands: Hands<'_>,
        messages: &mut Vec<Message>,
    ) -> std::io::Result<Next> {
        let Hands { terminal, input, signals, source, sweeping, length_runs } = hands;
        match effect {
            Effect::Ask(ask) => self.ask(*ask, source, messages),
            Effect::Connect { members, again } => {
                for (row, spec) in members {
                    self.pool.connect(row, spec, again);
                }
            }
            Effect::LetGo(row) => self.pool.let_go(row),
            Effect::Scan => self.pool.scan(),
            Effect::FindFiles(known) => self.pool.find_files(known),
            Effect::TakeUp(taken) => self.take_up(*taken, source, messages),
            Effect::Export { run, format, path } => {
                messages.push(exported(export::render(&run, format).and_then(|text| export_to(&text, &path)), &path));
            }
            // Only the loop has the screen.
            Effect::Picture(_) => {}
            Effect::Film { format, path } => messages.push(self.film(format, path, source)),
            Effect::Read(path) => messages.push(read_to_compare(&path)),
            Effect::Order(command) => messages.extend(source.command(command)),
            Effect::Drop => source.clear(),
            Effect::Replay(order) => messages.extend(source.order(order)),
            Effect::Pace(pace) => self.pace.set(pace.map(f64::from)),
            Effect::Remember(question) => messages.extend(self.remember(&question)),
            Effect::Copy(text) => messages.push(copy(terminal, &text)?),
            Effect::Edit(text) => {
                return lend_to_editor(text, Hands { terminal, input, signals, source, sweeping, length_runs }, messages).await;
            }
            Effect::SaveTrace(path) => messages.push(save(source.trace(), &path)),
            Effect::ListTraces(listing) => messages.push(self.list(listing, source.trace())),
            Effect::Open(path) => messages.extend(open(&path, source)),
            Effect::SetAside => source.set_aside(),
            Effect::ComeBack => source.come_back(),
            Effect::Sweep(ask) => {
                let seats = self.pool.seats(&ask.members);
                sweeping.start(*ask, &seats, self.folders.as_ref());
            }
            Effect::StopSweep => sweeping.stop(),
            Effect::Lengths(ask) => {
                let journals: Vec<_> = (1..=COLUMNS).map(|turn| self.journal(turn, "these runs", messages)).collect();
                let seats = self.pool.seats(&ask.members);
                length_runs.start(*ask, &seats, journals.into_iter());
            }
            Effect::StopLengths => length_runs.stop(),
            Effect::UseTheme(name) => messages.extend(self.use_theme(&name)),
            Effect::Mouse(wanted) => terminal.set_mouse(wanted)?,
            Effect::Redraw => terminal.forget_drawn()?,
            Effect::Suspend => messages.extend(stop(terminal, input, Whom::Group)?),
            Effect::Quit => return Ok(Next::Leave),
        }
        Ok(Next::GoOn)
    }

    fn remember(&mut self, question: &str) -> Option<Message> {
        let error = self.history.append(question).err()?;
        Some(Message::Warned(format!("the question is not in the history file: {error}")))
    }

    fn use_theme(&mut self, name: &str) -> Option<Message> {
        match self.library.load(name, self.level) {
            Ok(theme) => self.theme = theme,
            Err(error) => return Some(Message::Failed(format!("theme: {error}"))),
        }
        None
    }

    fn ask(&mut self, ask: Ask, source: &mut RunSource, messages: &mut Vec<Message>) {
        let journal = self.journal(0, "this run", messages);
        let trace = journal.as_ref().map(|journal| journal.path().to_owned());
        let setup = Setup {
            seats: self.pool.seats(&ask.members),
            params: ask.params,
            seed: ask.seed,
            answers: known_answers(&ask.conversation),
            conversation: ask.conversation,
            journal,
            clock: wall_clock(),
        };
        source.start(async { Engine::start(setup).await.map_err(|error| error.to_string()) }, trace);
    }

    /// The trace of a new run, the `turn`-th that starts now, if one is kept; `what` names the run in a warning.
    fn journal(&self, turn: usize, what: &str, messages: &mut Vec<Message>) -> Option<Journal> {
        let opened = traces::open(&Wanted::Default, self.folders.as_ref(), turn, self.traces_kept, SystemTime::now());
        let Opened { journal, warning } = opened.unwrap_or_default();
        messages.extend(warning.map(|error| Message::Warned(format!("no trace is kept of {what}: {error}"))));
        journal
    }

    /// Goes on with the run on the source. A live one continues in its own trace, a recorded one in a copy: its file stays as it is.
    fn take_up(&self, taken: TakenUp, source: &mut RunSource, messages: &mut Vec<Message>) {
        let Some(from) = source.trace().map(ToOwned::to_owned) else {
            return messages
                .push(Message::AskFailed("no trace was kept of this run, so nothing can be changed in it now".to_owned()));
        };
        messages.extend(source.rest());
        let seats = self.pool.recorded(&taken.members);
        if source.kept() == Some(&from) {
            let path = from.clone();
            let starting = async move {
                let (trace, journal) = Journal::reopen(&from).map_err(|error| error.to_string())?;
                taken_up(trace.records, seats, Some(journal)).await
            };
            return source.take_up(starting, taken.commands, Some(path));
        }
        let kept = self.journal(0, "what is changed", messages);
        let path = kept.as_ref().map(|journal| journal.path().to_owned());
        let number = source.recorded();
        let starting = async move {
            let read = trace::read(&from).and_then(|read| read.choose(&from, number));
            let records = read.map_err(|error| error.to_string())?.newest().to_vec();
            let journal = kept.map(|journal| journal.holding(&records)).transpose();
            taken_up(records, seats, journal.map_err(|error| error.to_string())?).await
        };
        source.take_up(starting, taken.commands, path);
    }

    /// Starts a film of the run that the trace holds.
    fn film(&mut self, format: FilmFormat, path: PathBuf, source: &RunSource) -> Message {
        let Some(trace) = source.trace().map(ToOwned::to_owned) else {
            return Message::Failed("no trace was kept of this run, so no film can be made of it".to_owned());
        };
        let stage = Stage { size: film::SIZE, theme: self.theme.clone(), presents: false };
        self.filming.start(Order { trace, number: source.recorded(), format, stage, path })
    }

    fn list(&self, listing: Listing, shown: Option<&Path>) -> Message {
        let mut found = self.folders.as_ref().map(|folders| traces::list(&folders.traces())).unwrap_or_default();
        // The run on the screen is not compared with itself.
        found.retain(|found| listing != Listing::Compare || shown != Some(found.path.as_path()));
        let now = SystemTime::now();
        let mut budget = Budget::new();
        let entry = |Found { path, modified, question }: Found| {
            let age = now.duration_since(modified).map_or(0, |age| age.as_secs());
            (question, details(&path, &ago(age), &mut budget), path)
        };
        Message::Traces(listing, found.into_iter().map(entry).collect())
    }
}

async fn taken_up(records: Vec<Record>, seats: Vec<Seat>, journal: Option<Journal>) -> Result<Engine, String> {
    let run = TakeUp { records, seats, journal, clock: wall_clock() };
    Engine::take_up(run).await.map_err(|error| error.to_string())
}

/// A recorded run that the answer is compared with.
fn read_to_compare(path: &Path) -> Message {
    let path = at_home(path);
    let (chosen, warning) = match chosen(&path) {
        Ok(read) => read,
        Err(error) => return Message::Failed(error.to_string()),
    };
    let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Message::Read { file, records: chosen.newest().to_vec(), warning }
}

/// What a right answer holds, where this program knows it.
fn known_answers(conversation: &Conversation) -> Vec<String> {
    let known = conversation.prompt() == EXAMPLE;
    EXAMPLE_ANSWERS.iter().filter(|_| known).map(ToString::to_string).collect()
}

/// How long ago, in the largest unit that fits.
fn ago(seconds: u64) -> String {
    match seconds {
        0..60 => "just now".to_owned(),
        60..3600 => format!("{} min ago", seconds / 60),
        3600..86_400 => format!("{} h ago", seconds / 3600),
        _ => format!("{} days ago", seconds / 86_400),
    }
}

fn copy(terminal: &mut Terminal, text: &str) -> std::io::Result<Message> {
    Ok(match osc52(text) {
        Ok(sequence) => {
            terminal.send(&sequence)?;
            let characters = text.chars().count();
            Message::Done(format!("{characters} characters copied, if this terminal allows it (OSC 52)"))
        }
        Err(error) => Message::Failed(error.to_string()),
    })
}

/// What continues by itself.
struct Beside<'a> {
    source: &'a mut RunSource,
    sweeping: &'a mut Sweeping,
    length_runs: &'a mut LengthRuns,
}

/// Waits for something else while the runs continue: one whose events nobody takes stands still, and its time limits do not.
async fn meanwhile<T>(other: impl Future<Output = T>, beside: Beside<'_>, messages: &mut Vec<Message>) -> T {
    let Beside { source, sweeping, length_runs } = beside;
    let mut other = std::pin::pin!(other);
    loop {
        tokio::select! {
            result = &mut other => return result,
            more = source.next() => messages.extend(more),
            swept = sweeping.next() => messages.push(swept),
            more = length_runs.next() => messages.extend(more),
        }
    }
}

fn edit(text: &str, running: &Running) -> Result<String, String> {
    let variable = |name: &str| std::env::var_os(name);
    let editor = Editor::choose(variable).map_err(|error| error.to_string())?;
    editor.edit(text, &folder(variable), running).map_err(|error| error.to_string())
}

fn save(trace: Option<&Path>, to: &Path) -> Message {
    let Some(from) = trace else {
        return Message::Failed("no trace was kept of this run, so there is nothing to save".to_owned());
    };
    let to = at_home(to);
    match traces::save_copy(from, &to) {
        Ok(()) => Message::Done(format!("saved as {}; `specfuse replay` plays it", to.display())),
        Err(error) => Message::Failed(format!("not saved: {error}")),
    }
}

/// Opens a recorded run and puts it on the source.
pub(super) fn open(path: &Path, source: &mut RunSource) -> Vec<Message> {
    let path = at_home(path);
    match chosen(&path) {
        Ok((chosen, warning)) => vec![source.replay(chosen, path, warning)],
        Err(error) => vec![Message::Failed(error.to_string())],
    }
}

/// The last run or conversation of a trace, and what is worth telling of it.
fn chosen(path: &Path) -> Result<(Chosen, Option<String>), TraceError> {
    let read = trace::read(path)?;
    let chosen = read.choose(path, None)?;
    let warning = read.warning().into_iter().chain(chosen.note()).reduce(|one, other| format!("{one}; {other}"));
    Ok((chosen, warning))
}

/// Stops the program until the shell brings it back.
pub(super) fn stop(terminal: &mut Terminal, input: &mut Input, whom: Whom) -> std::io::Result<Option<Message>> {
    input.release();
    let stopped = terminal.suspended(|| suspend::stop(whom))?;
    input.take_back();
    Ok(stopped.err().map(|error| Message::Failed(error.to_string())))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::engine::member::scripted::ScriptedMember;
    use crate::playground::state::lengths::RunNews;
    use crate::playground::term::lengths::tests::{ask, seats, without_traces};

    #[tokio::test(start_paused = true)]
    async fn runs_go_on_while_something_else_is_waited_for() {
        let segments: Vec<String> = (0..100).map(|segment| format!("Segment {segment}. ")).collect();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let (mut source, mut sweeping, mut length_runs) = (RunSource::new(), Sweeping::default(), LengthRuns::default());
        length_runs.start(ask(), &seats(ScriptedMember::saying(&segments, -0.1)), without_traces());
        let beside = Beside { source: &mut source, sweeping: &mut sweeping, length_runs: &mut length_runs };
        let mut messages = Vec::new();
        // The clock stands until nothing else can go on.
        meanwhile(tokio::time::sleep(Duration::from_secs(3600)), beside, &mut messages).await;
        let ended = messages.iter().filter(|message| matches!(message, Message::Lengths(_, RunNews::Ended { .. }))).count();
        assert_eq!(ended, COLUMNS, "of {} news", messages.len());
    }
}
