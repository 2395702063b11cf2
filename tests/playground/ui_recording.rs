//! Messages as JSON, and recordings of the screen: written, read, played again.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier, Style};
use specfuse::config::{MemberConfig, Server, Source};
use specfuse::engine::fusion::event::Record;
use specfuse::engine::fusion::params::{OwnPreset, Presets, Value};
use specfuse::engine::member::http::KeySource;
use specfuse::engine::member::model_file::available::Memory;
use specfuse::engine::member::model_file::header::{ModelHeader, Purpose};
use specfuse::engine::member::{Local, Overrides};
use specfuse::ensemble::MemberSpec;
use specfuse::ensemble::found::{Finding, FoundModel};
use specfuse::playground::state::keymap::{Bindings, Keymap};
use specfuse::playground::state::lengths::RunNews;
use specfuse::playground::state::prompt::Dress;
use specfuse::playground::state::roster::{News, Roster, RowId};
use specfuse::playground::state::ui_recording::{Header, Step, UiRecording, line, parse};
use specfuse::playground::state::{Listing, Message, Options, Screen};
use specfuse::playground::view;
use specfuse::playground::view::theme::{ColourLevel, Theme};
use specfuse::sweep::{Answer, Cell, Finished};

use super::anything::{all_runs, messages, step};
use super::support;

/// A table of all kinds of messages with samples of each. A kind that is missing does not compile.
macro_rules! kinds {
    ($($kind:pat => $samples:expr),* $(,)?) => {
        fn kinds() -> Vec<Vec<Message>> {
            let _ = |message: &Message| match message { $($kind => ()),* };
            vec![$({
                let samples: Vec<Message> = $samples.into();
                assert!(!samples.is_empty() && samples.iter().all(|sample| matches!(sample, $kind)));
                samples
            }),*]
        }
    };
}

kinds! {
    Message::Begin => [Message::Begin],
    Message::Key(_) => key_events(),
    Message::Ask(_) => [Message::Ask("Why?\n\u{1b}[2J\u{202e} 日本".to_owned())],
    Message::Tour => [Message::Tour],
    Message::Gone => [Message::Gone],
    Message::Paste(_) => [Message::Paste("a\r\nb\t\"c\"".to_owned())],
    Message::Typed(_) => [Message::Typed("é".to_owned())],
    Message::Mouse(_) => [MouseEventKind::ScrollUp, MouseEventKind::Drag(MouseButton::Right)]
        .map(|kind| Message::Mouse(MouseEvent { kind, column: 3, row: 200, modifiers: KeyModifiers::ALT })),
    Message::Resize(..) => [Message::Resize(1, 65535)],
    Message::Laid(_) => [support::answered(120, 40), support::answering(60, 16), support::state(10, 3)]
        .map(|screen| Message::Laid(Box::new(screen.looking.laid.clone()))),
    Message::Dressed(_) => [view::dress(&Theme::default_theme(ColourLevel::None)), view::dress(&Theme::default_theme(ColourLevel::True)), Dress {
        text: Style::new().fg(Color::Rgb(1, 2, 3)).bg(Color::Indexed(200)),
        placeholder: Style::new().fg(Color::LightBlue).add_modifier(Modifier::ITALIC | Modifier::DIM),
        cursor: Style::new().fg(Color::Reset).remove_modifier(Modifier::BOLD),
    }].map(Message::Dressed),
    Message::Record(_) => all_runs().iter().flatten().cloned().map(Message::Record).collect::<Vec<_>>(),
    Message::Tick(_) => [0.0, 1234.5678, 1e9 / 3.0].map(Message::Tick),
    Message::AskFailed(_) => [Message::AskFailed("no".to_owned())],
    Message::RunEnded(_) => [Message::RunEnded(None), Message::RunEnded(Some("disk full".to_owned()))],
    Message::Opened { .. } => [None, Some("torn".to_owned())].map(|warning| Message::Opened { file: "x.jsonl".to_owned(), warning }),
    Message::Replayed { .. } => [Message::Replayed { playing: true, speed: 0.25, over: false }],
    Message::Member(..) => members_news(),
    Message::Found(_) => [Message::Found(vec![spec("http://127.0.0.1:8080#a"), spec("name=openai:b"), spec("./c.gguf")])],
    Message::Files(_) => [Ok(Box::new(finding())), Err("a disk does not answer".to_owned())].map(Message::Files),
    Message::Traces(..) => [Listing::Open, Listing::Compare]
        .map(|listing| Message::Traces(listing, vec![("one".to_owned(), "just now".to_owned(), PathBuf::from("/t/one.jsonl"))])),
    Message::Read { .. } => [&all_runs()[0][..], &[]]
        .map(|records| Message::Read { file: "x.jsonl".to_owned(), records: records.to_vec(), warning: None }),
    Message::Swept { .. } => [None, Some(PathBuf::from("3.jsonl"))].map(|trace| Message::Swept { finished: Box::new(finished()), trace }),
    Message::SweepEnded(_) => [None, Some("no member".to_owned())].map(Message::SweepEnded),
    Message::Lengths(..) => run_news(),
    Message::Edited(_) => [Ok("text".to_owned()), Err("no editor".to_owned())].map(Message::Edited),
    Message::Done(_) => [Message::Done("copied".to_owned())],
    Message::Failed(_) => [Message::Failed("not saved".to_owned())],
    Message::Warned(_) => [Message::Warned("no trace".to_owned())],
}

fn key_events() -> Vec<Message> {
    let codes =
        [KeyCode::Enter, KeyCode::F(5), KeyCode::BackTab, KeyCode::Char('"'), KeyCode::Char('\u{1b}'), KeyCode::Char('日')];
    let mut events: Vec<KeyEvent> = codes.map(|code| KeyEvent::new(code, KeyModifiers::CONTROL | KeyModifiers::SHIFT)).into();
    events.push(KeyEvent::new_with_kind(KeyCode::Up, KeyModifiers::NONE, KeyEventKind::Release));
    events.into_iter().map(Message::Key).collect()
}

fn members_news() -> Vec<Message> {
    let ready = support::members().iter().map(support::ready).collect::<Vec<_>>();
    let others = [News::Doing("loading".to_owned()), News::Away("refused".to_owned())];
    ready.into_iter().chain(others).enumerate().map(|(row, news)| Message::Member(RowId(row), news)).collect()
}

fn run_news() -> Vec<Message> {
    let started = RunNews::Record(all_runs()[0][0].clone());
    let ended =
        [None, Some(PathBuf::from("3.jsonl"))].map(|trace| RunNews::Ended { trace, incomplete: Some("disk full".to_owned()) });
    let others = [started, RunNews::Failed("no member".to_owned())];
    others.into_iter().chain(ended).enumerate().map(|(column, news)| Message::Lengths(column, news)).collect()
}

fn spec(text: &str) -> MemberSpec {
    MemberSpec::parse(text, &["openai"]).unwrap()
}

fn finding() -> Finding {
    let header = ModelHeader {
        architecture: "llama".to_owned(),
        name: Some("A model".to_owned()),
        purpose: Purpose::Text,
        quantisation: Some("Q4_K_M".to_owned()),
        parameters: 7_000_000_000,
        context_tokens: Some(8192),
        chat_template: None,
        parts: 1,
        vocabulary: 32_000,
        kept_per_token: 1024,
        width: 4096,
    };
    let model = FoundModel {
        name: "a".to_owned(),
        path: PathBuf::from("/models/a.gguf"),
        whose: "Ollama".into(),
        bytes: 4 << 30,
        header: Some(header),
        parameters: 7_000_000_000,
        problem: None,
    };
    let broken =
        FoundModel { header: None, problem: Some("cut".to_owned()), path: PathBuf::from("/models/b.gguf"), ..model.clone() };
    let memory = Some(Memory { available: 8 << 30, total: 16 << 30 });
    Finding { models: vec![model, broken], memory, notes: vec!["a folder cannot be read".to_owned()] }
}

fn finished() -> Finished {
    let answer = Answer { score: Some(0.1 + 0.2), right: Some(true), rounds: 4, elapsed_ms: 12.5, ..Answer::default() };
    Finished { cell: Cell { setting: 3, prompt: 0 }, answer }
}

/// A sample of every kind that needs no particular place among the others: records come in the order of their run, and places
/// from frames.
pub fn samples() -> &'static [Message] {
    static SAMPLES: OnceLock<Vec<Message>> = OnceLock::new();
    SAMPLES.get_or_init(|| {
        let of_run = |sample: &Message| matches!(sample, Message::Record(_) | Message::Laid(_) | Message::Resize(..));
        kinds().into_iter().flatten().filter(|sample| !of_run(sample)).collect()
    })
}

#[test]
fn every_kind_of_message_is_written_and_read_back() {
    for message in kinds().into_iter().flatten() {
        let json = serde_json::to_string(&message).unwrap();
        let read: Message = serde_json::from_str(&json).unwrap_or_else(|error| panic!("{json}: {error}"));
        // Two keys that differ in their case may be equal.
        assert_eq!((format!("{read:?}"), &read), (format!("{message:?}"), &message), "{json}");
    }
}

/// Options with something of everything in them.
fn options() -> Options {
    let changes = Bindings::from([("step".to_owned(), vec![".".to_owned()]), ("mouse".to_owned(), Vec::new())]);
    let own = OwnPreset::new("mine", [("segment-tokens", Value::Integer(5)), ("temperature", Value::Real(1.0))]).unwrap();
    let mut options = support::options(&support::members());
    options.keymap = Keymap::new(&changes).unwrap();
    options.presets = Presets::with(vec![own]);
    options.system = Some("Answer briefly.".to_owned());
    options.history = vec!["one".to_owned(), "two".to_owned()];
    options.warnings = vec!["careful".to_owned()];
    options.roster.files(finding());
    options.roster.found(vec![spec("http://127.0.0.1:8080#a")]);
    options
}

#[test]
fn what_the_state_starts_with_is_written_and_read_back() {
    let written = options();
    let read: Options = serde_json::from_str(&serde_json::to_string(&written).unwrap()).unwrap();
    assert_eq!(format!("{read:?}"), format!("{written:?}"));
}

fn drawn(screen: &Screen) -> Buffer {
    let (width, height) = screen.size();
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| view::draw(frame, screen, &Theme::default_theme(ColourLevel::Ansi16))).unwrap();
    terminal.backend().buffer().clone()
}

/// The file of a session: its batches, with a frame after each.
fn recorded(options: Options, batches: &[Vec<Message>]) -> Vec<u8> {
    let mut file = line(&Header::new(options, 120, 40)).unwrap();
    for batch in batches {
        for message in batch {
            file.extend(line(&Step::Message(message)).unwrap());
        }
        file.extend(line(&Step::<&Message>::Frame).unwrap());
    }
    file
}

fn read(file: &[u8]) -> Result<UiRecording, String> {
    parse(Path::new("session.jsonl"), file).map_err(|error| error.to_string())
}

/// Random things that happen in an hour, every few seconds.
fn an_hour() -> Vec<Vec<Message>> {
    const SECONDS: usize = 3;
    let (mut runner, happens) = (TestRunner::deterministic(), step());
    let mut run: &'static [Record] = &all_runs()[0];
    let batches = (0..3600 / SECONDS).map(|batch| {
        let mut happened = messages(&happens.new_tree(&mut runner).unwrap().current(), &mut run);
        happened.push(Message::Tick((batch * SECONDS * 1000) as f64));
        happened
    });
    batches.collect()
}

#[test]
fn an_hour_of_random_keys_played_from_its_recording_shows_every_frame_again() {
    let batches = an_hour();
    assert!(batches.iter().map(Vec::len).sum::<usize>() > 3000);
    let recording = read(&recorded(options(), &batches)).unwrap();
    assert_eq!((recording.frames(), recording.warnings()), (batches.len(), Vec::new()));
    let (mut live, mut player, mut sizes) = (Screen::new(options(), 120, 40), recording.play(), Vec::new());
    for (place, batch) in batches.into_iter().enumerate() {
        for message in batch {
            live.update(message);
        }
        live.prepare();
        assert!(player.next_frame().is_some());
        assert_eq!(live.scene, player.screen().scene, "frame {place}");
        assert_eq!(drawn(&live), drawn(player.screen()), "frame {place}");
        sizes.push(live.size());
    }
    assert_eq!(player.next_frame(), None);
    sizes.dedup();
    assert!(sizes.len() > 20, "the session has {} sizes", sizes.len());
}

const SECRET: &str = "sk-c0ffee42";

/// Members that have the secret wherever one can be.
fn with_secrets() -> Vec<MemberSpec> {
    let server = Server {
        url: Some(format!("http://me:{SECRET}@127.0.0.1:8080/v1?key={SECRET}&x={SECRET}")),
        key: Some(KeySource::Command(format!("echo {SECRET}"))),
        headers: [("x-api-key".to_owned(), SECRET.to_owned())].into(),
        body: serde_json::Map::from_iter([("user".to_owned(), SECRET.into())]),
        overrides: Overrides::default(),
        ..Server::default()
    };
    let bare = Server {
        url: Some(format!("{SECRET}@my-host:8000")),
        key: Some(KeySource::Environment(SECRET.to_owned())),
        ..Server::default()
    };
    let arguments = vec!["--api-key".to_owned(), SECRET.to_owned()];
    let gguf = Source::Gguf { path: PathBuf::from("/models/a.gguf"), arguments, local: Local::default() };
    let sources = [("s", Source::Server(Box::new(server))), ("t", Source::Server(Box::new(bare))), ("g", gguf)];
    sources.map(|(name, source)| MemberSpec::new(name, MemberConfig { source, ..MemberConfig::default() })).into()
}

#[test]
fn no_secret_is_written_and_the_screen_is_the_same_without_it() {
    let mut options = support::options(&[]);
    options.roster = Roster::new(with_secrets(), Vec::new(), Vec::new());
    let keys = ["esc", "M", "down"].into_iter().flat_map(support::keys).map(Message::Key);
    let batches: Vec<Vec<Message>> =
        [Message::Begin, Message::Found(with_secrets())].into_iter().chain(keys).map(|one| vec![one]).collect();
    let file = recorded(options.clone(), &batches);
    let text = String::from_utf8(file.clone()).unwrap();
    assert!(text.contains("127.0.0.1:8080/v1") && text.contains("my-host:8000") && !text.contains(SECRET), "{text}");
    let (mut live, mut player) = (Screen::new(options, 120, 40), read(&file).unwrap().play());
    for batch in batches {
        for message in batch {
            live.update(message);
        }
        live.prepare();
        player.next_frame().unwrap();
        assert_eq!(drawn(&live), drawn(player.screen()));
    }
    assert!(support::screen(&mut live).contains("my-host:8000"), "the members were seen");
}

/// A recording of two keys.
fn short() -> String {
    let batches = ["L", "q"].map(|chord| support::keys(chord).into_iter().map(Message::Key).collect());
    String::from_utf8(recorded(support::options(&[]), &batches)).unwrap()
}

#[test]
fn a_line_that_was_cut_off_at_the_end_is_left_out_and_a_damaged_one_is_named() {
    let whole = short();
    let lines: Vec<&str> = whole.lines().collect();
    assert_eq!(lines.len(), 5);
    let torn = read(&whole.as_bytes()[..whole.len() - 3]).unwrap();
    assert_eq!((torn.frames(), torn.warnings().len()), (1, 1));
    assert!(torn.warnings()[0].contains("its last 5 bytes are no whole line"), "{:?}", torn.warnings());
    let unended = read(&whole.as_bytes()[..whole.len() - 1]).unwrap();
    assert_eq!((unended.frames(), unended.warnings()), (2, Vec::new()), "only the line feed is missing");
    for damaged in 1..5 {
        let mut lines = lines.clone();
        lines[damaged] = "{\"message\":{\"kye\":1}}";
        let text = format!("{}\n", lines.join("\n"));
        let said = read(text.as_bytes()).unwrap_err();
        assert!(
            said.starts_with(&format!("session.jsonl: line {} is not a step of a recording: unknown variant `kye`", damaged + 1)),
            "{said}"
        );
    }
    let empty = whole.replacen('\n', "\n\n", 2);
    assert!(read(empty.as_bytes()).unwrap_err().contains("line 2 is not a step of a recording"));
}

#[test]
fn what_is_no_recording_of_this_program_is_refused() {
    let whole = short();
    let steps = whole.split_once('\n').unwrap().1;
    let trace = r#"{"format":"specfuse-trace","version":5,"t_ms":0.0,"round":0,"event":"run_started"}"#;
    for foreign in ["", "Roses are red,\n", "{}\n", "\n\n", trace, steps] {
        let said = read(foreign.as_bytes()).unwrap_err();
        assert!(
            said.contains("session.jsonl: this is not a recording of the screen: `specfuse --record-ui FILE` makes one"),
            "{said}"
        );
    }
    let newer = whole.replacen("\"version\":1", "\"version\":9", 1);
    assert!(read(newer.as_bytes()).unwrap_err().contains("the recording has version 9, this program reads up to 1"));
    let misspelt = whole.replacen("\"seed\":1", "\"seed\":\"x\"", 1);
    assert!(read(misspelt.as_bytes()).unwrap_err().contains("line 1 is not a step of a recording: invalid type: string"));
    assert!(read(b"\xff\xfe{\0").unwrap_err().starts_with("session.jsonl: "));
    let vast = whole.replacen("\"width\":120", "\"width\":65535", 1).replacen("\"height\":40", "\"height\":65535", 1);
    assert!(read(vast.as_bytes()).unwrap_err().contains("line 1 is not a step of a recording: no terminal has 65535 columns"));
    let resized = format!("{whole}{{\"message\":{{\"resize\":[65535,65535]}}}}\n");
    assert!(read(resized.as_bytes()).unwrap_err().contains("line 6 is not a step of a recording: no terminal has"));
    let other = whole.replacen(env!("CARGO_PKG_VERSION"), "9.9.9", 1);
    assert!(read(other.as_bytes()).unwrap().warnings()[0].starts_with("version 9.9.9 of the program wrote it"));
}

/// Serde refuses such a path, and with it the line.
#[cfg(unix)]
#[test]
fn a_path_that_is_not_text_does_not_end_a_recording() {
    use std::os::unix::ffi::OsStrExt;
    let path = || PathBuf::from(std::ffi::OsStr::from_bytes(b"/models/\xff.gguf"));
    let mut finding = finding();
    finding.models[0].path = path();
    let source = Source::Gguf { path: path(), arguments: Vec::new(), local: Local::default() };
    let messages = [
        Message::Files(Ok(Box::new(finding))),
        Message::Traces(Listing::Open, vec![(String::new(), String::new(), path())]),
        Message::Swept { finished: Box::new(finished()), trace: Some(path()) },
        Message::Lengths(0, RunNews::Ended { trace: Some(path()), incomplete: None }),
        Message::Found(vec![MemberSpec::new("a", MemberConfig { source, ..MemberConfig::default() })]),
    ];
    for message in messages {
        let line = String::from_utf8(line(&Step::Message(&message)).unwrap()).unwrap();
        assert!(line.contains("/models/\u{fffd}.gguf"), "{line}");
    }
}
