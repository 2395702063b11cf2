//! What the tests of the playground share: states, runs of the real ensemble and of scripted members, key presses, screens.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use specfuse::config::{MemberConfig, Source};
use specfuse::engine::fusion::conversation::Conversation;
use specfuse::engine::fusion::event::{Event, MemberHeader, Record};
use specfuse::engine::fusion::params::Params;
use specfuse::engine::fusion::run::Run;
use specfuse::engine::member::scripted::{Line, ScriptedMember};
use specfuse::engine::round::Command;
use specfuse::engine::{Engine, Seat, Setup, TakeUp, trace};
use specfuse::ensemble::{MemberSpec, OpenOptions, built_in_specs, open};
use specfuse::playground::state::overlay::Overlay;
use specfuse::playground::state::picker::Picker;
use specfuse::playground::state::roster::{News, Roster, RowId};
use specfuse::playground::state::{Effect, Message, Options, Screen, Settings};
use specfuse::playground::view;
use specfuse::playground::view::theme::{ColourLevel, Theme};

pub const QUESTION: &str = "What is the capital of Japan? What is 27 plus 48? What is the opposite of brave?";

/// The user's reaction to a record: the first matching record sends the command.
pub type Reaction = (fn(&Record) -> bool, Command);

async fn play(setup: Setup, reactions: Vec<Reaction>) -> Vec<Record> {
    let mut engine = Engine::start(setup).await.unwrap();
    let mut waiting = reactions.into_iter().peekable();
    let mut records = Vec::new();
    while let Some(record) = engine.next_event().await {
        if let Some((_, command)) = waiting.next_if(|(fits, _)| fits(&record)) {
            engine.commands().send(command).await.unwrap();
        }
        records.push(record);
    }
    assert!(waiting.next().is_none(), "a command was never given");
    records
}

/// A run whose clock counts calls, so that it is the same on every machine.
pub fn run(seats: Vec<Seat>, params: Params, seed: u64, conversation: Conversation, reactions: Vec<Reaction>) -> Vec<Record> {
    let ticks = AtomicU32::new(0);
    let clock = Box::new(move || f64::from(ticks.fetch_add(1, Ordering::Relaxed)));
    let setup = Setup { seats, params, seed, conversation, answers: Vec::new(), journal: None, clock };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(play(setup, reactions))
}

/// A recorded run that is resumed, and the result of these commands one after another; each is done before the next.
pub fn taken_up(records: &[Record], seats: Vec<Seat>, commands: Vec<Command>) -> Vec<Record> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let ticks = AtomicU32::new(0);
        let clock = Box::new(move || f64::from(ticks.fetch_add(1, Ordering::Relaxed)));
        let run = TakeUp { records: records.to_vec(), seats, journal: None, clock };
        let mut engine = Engine::take_up(run).await.unwrap();
        let mut all = records.to_vec();
        all.push(engine.next_event().await.unwrap());
        for command in commands {
            let accepts = match &command {
                Command::Override { .. }
                | Command::Edit { .. }
                | Command::Write { .. }
                | Command::Redraft { .. }
                | Command::Step => true,
                other => {
                    assert!(!matches!(other, Command::Pause | Command::Resume), "{other:?} is over at no time of its own");
                    false
                }
            };
            engine.commands().send(command).await.unwrap();
            while let Some(record) = engine.next_event().await {
                let over = !accepts || matches!(record.event, Event::Accepted { .. } | Event::Warning { .. });
                all.push(record);
                if over {
                    break;
                }
            }
        }
        engine.commands().send(Command::Stop).await.unwrap();
        while let Some(record) = engine.next_event().await {
            all.push(record);
        }
        all
    })
}

/// The built-in ensemble.
pub fn built_in() -> Vec<Seat> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let opened = runtime.block_on(open(built_in_specs(), &OpenOptions::default(), &|_, _| {}));
    opened.into_iter().map(|opened| opened.seat).collect()
}

/// A run of the built-in ensemble.
pub fn built_in_run(question: &str, seed: u64) -> Vec<Record> {
    let seats = built_in();
    run(seats, Params::default(), seed, Conversation::question(question), Vec::new())
}

/// The built-in ensemble's answer to [`QUESTION`], played once for all tests.
pub fn answer() -> &'static [Record] {
    static ANSWER: OnceLock<Vec<Record>> = OnceLock::new();
    ANSWER.get_or_init(|| built_in_run(QUESTION, 1))
}

pub fn seat(name: &str, member: ScriptedMember) -> Seat {
    Seat::new(name, Arc::new(member))
}

pub fn say(text: &str, logprob: f32, ends: bool) -> Line {
    Line::Say { text: text.to_owned(), logprob, ends }
}

/// The knobs for scripted members: short segments, and no exits unless the changes say so.
pub fn params(changes: &[(&str, &str)]) -> Params {
    let mut params = Params::default();
    for (name, value) in [("segment", "tokens"), ("exit", "off"), ("exit-min-members", "1")].iter().chain(changes) {
        params.set_text(name, value).unwrap();
    }
    params
}

/// A run of scripted members.
pub fn scripted_run(seats: Vec<Seat>, changes: &[(&str, &str)], reactions: Vec<Reaction>) -> Vec<Record> {
    run(seats, params(changes), 7, Conversation::question("Why?"), reactions)
}

/// A run of one member that drafts this many short sentences, each at least one line of any transcript.
pub fn long_run(rounds: usize) -> Vec<Record> {
    let segments: Vec<String> = (0..rounds).map(|round| format!("Sentence {round} of this answer stands here.\n")).collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    scripted_run(vec![seat("only", ScriptedMember::saying(&segments, -0.1))], &[("max-tokens", "8192")], Vec::new())
}

pub fn headers(seats: &[Seat]) -> Vec<MemberHeader> {
    seats.iter().map(Seat::header).collect()
}

/// This many members that are never asked anything.
pub fn crowd(count: usize) -> Vec<MemberHeader> {
    let seats: Vec<Seat> =
        (0..count).map(|place| seat(&format!("member {place}"), ScriptedMember::saying(&["x"], -0.1))).collect();
    headers(&seats)
}

pub fn members() -> Vec<MemberHeader> {
    static MEMBERS: OnceLock<Vec<MemberHeader>> = OnceLock::new();
    MEMBERS.get_or_init(|| headers(&built_in())).clone()
}

/// A member as the user would name it, for a roster.
pub fn spec(header: &MemberHeader) -> MemberSpec {
    let (role, weight) = (header.role, header.weight);
    let source = Source::BuiltIn(header.name.to_string());
    let config = MemberConfig { source, role, weight, price: header.price, sampling: header.sampling };
    MemberSpec::new(&header.name, config)
}

/// News that a member is ready.
pub fn ready(header: &MemberHeader) -> News {
    News::Ready { name: header.name.to_string(), capabilities: Box::new(header.capabilities.clone()) }
}

/// An ensemble of these members, all of them ready.
pub fn roster(members: &[MemberHeader]) -> Roster {
    let mut roster = Roster::new(members.iter().map(spec).collect(), Vec::new(), Vec::new());
    for (place, header) in members.iter().enumerate() {
        roster.news(RowId(place), ready(header));
    }
    roster
}

pub fn options(members: &[MemberHeader]) -> Options {
    let themes = ["dark", "default", "mono"].map(str::to_owned).into();
    let settings = Settings { themes, pace: Some(15), scan: true, ..Settings::default() };
    Options { roster: roster(members), seed: 1, settings, ..Options::default() }
}

pub fn state(width: u16, height: u16) -> Screen {
    Screen::new(options(&members()), width, height)
}

/// Passes records to the state, as a run or a replay does.
pub fn feed(state: &mut Screen, records: &[Record]) {
    for record in records {
        assert_eq!(state.update(Message::Record(record.clone())), []);
    }
}

/// A state that asked [`QUESTION`] and got these records of the answer; keys are commands.
pub fn asked(width: u16, height: u16, records: &[Record]) -> Screen {
    let mut state = state(width, height);
    state.update(Message::Ask(QUESTION.to_owned()));
    feed(&mut state, records);
    state.prepare();
    state
}

/// A state with the whole answer.
pub fn answered(width: u16, height: u16) -> Screen {
    asked(width, height, answer())
}

/// The answer's records up to the middle of its second round, and the rest.
fn halves() -> (&'static [Record], &'static [Record]) {
    let second = answer().iter().position(|record| record.round == 2).unwrap();
    answer().split_at(second + 8)
}

/// A state whose answer is in the middle of its second round.
pub fn answering(width: u16, height: u16) -> Screen {
    asked(width, height, halves().0)
}

/// What [`answering`] still awaits.
pub fn awaited() -> &'static [Record] {
    halves().1
}

/// The key events of a chord as the table writes it, made without the program's own parser.
pub fn keys(chord: &str) -> Vec<KeyEvent> {
    chord.split(' ').map(key).collect()
}

fn key(text: &str) -> KeyEvent {
    let mut modifiers = KeyModifiers::NONE;
    let mut name = text;
    for (prefix, modifier) in [("ctrl+", KeyModifiers::CONTROL), ("alt+", KeyModifiers::ALT), ("shift+", KeyModifiers::SHIFT)] {
        if let Some(rest) = name.strip_prefix(prefix) {
            modifiers |= modifier;
            name = rest;
        }
    }
    let code = match name {
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "tab" if modifiers.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
        "tab" => KeyCode::Tab,
        "space" => KeyCode::Char(' '),
        "backspace" => KeyCode::Backspace,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "pageup" => KeyCode::PageUp,
        "pagedown" => KeyCode::PageDown,
        other => {
            let mut characters = other.chars();
            let character = characters.next().unwrap();
            assert!(characters.next().is_none(), "`{other}` is no key of these tests");
            if character.is_uppercase() {
                modifiers |= KeyModifiers::SHIFT;
            }
            KeyCode::Char(character)
        }
    };
    KeyEvent::new(code, modifiers)
}

/// Presses the keys of a chord, with a frame between them as the user would see it.
pub fn press(state: &mut Screen, chord: &str) -> Vec<Effect> {
    let mut effects = Vec::new();
    for event in keys(chord) {
        state.prepare();
        effects.extend(state.update(Message::Key(event)));
    }
    state.prepare();
    effects
}

/// Types a text, key by key.
pub fn type_text(state: &mut Screen, text: &str) {
    for character in text.chars() {
        state.update(Message::Key(KeyEvent::new(KeyCode::Char(character), KeyModifiers::NONE)));
    }
    state.prepare();
}

/// The open list.
pub fn list(state: &Screen) -> &Picker {
    match &state.looking.overlay {
        Some(Overlay::List(picker)) => picker,
        other => panic!("no list is open but {other:?}"),
    }
}

/// The newest run.
pub fn newest(state: &Screen) -> &Run {
    &state.answers.session.newest().unwrap().run
}

/// The drawing in a theme, cell by cell.
pub fn draw(state: &mut Screen, theme: &Theme) -> Buffer {
    let (width, height) = state.size();
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    state.update(Message::Dressed(view::dress(theme)));
    state.prepare();
    terminal.draw(|frame| view::draw(frame, state, theme)).unwrap();
    terminal.backend().buffer().clone()
}

/// The drawing in the default theme, cell by cell.
pub fn frame(state: &mut Screen) -> Buffer {
    draw(state, &Theme::default_theme(ColourLevel::Ansi16))
}

/// The drawing as text.
pub fn screen(state: &mut Screen) -> String {
    let buffer = frame(state);
    let row = |y: u16| (0..buffer.area.width).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
    (0..buffer.area.height).map(row).collect::<Vec<_>>().join("\n")
}

/// The example as the built-in ensemble answered it once, slowed down to 15 tokens per second, with its real times.
pub fn recorded() -> Vec<Record> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded/example.trace.jsonl");
    trace::read(&path).unwrap().records
}
