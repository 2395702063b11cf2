//! Whatever comes, in whatever order and at whatever size: the playground stays up, and a frame can be drawn.

use std::sync::OnceLock;

use crossterm::event::{KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use specfuse::engine::fusion::event::{Capabilities, Record};
use specfuse::ensemble::MemberSpec;
use specfuse::playground::state::action::ACTIONS;
use specfuse::playground::state::roster::{News, RowId};
use specfuse::playground::state::scene::whole::scene;
use specfuse::playground::state::{Effect, Listing, Message, Screen};
use specfuse::playground::view;
use specfuse::playground::view::theme::{ColourLevel, Theme};

use super::runs;
use super::support::{self, feed, frame, keys};
use super::ui_recording::samples;

#[derive(Debug, Clone)]
pub enum Step {
    Keys(&'static str),
    Type(char),
    Resize(u16, u16),
    Paste(String),
    Mouse(u8, u16, u16),
    /// So many records more of the run.
    Records(usize),
    /// Another run starts, from the first record.
    Run(usize, bool),
    AskFailed,
    Begin,
    /// News of a member by its row, of any kind.
    Member(usize, u8, String),
    /// So many servers were found.
    Found(u16),
    Ended,
    Replayed(bool, bool),
    Traces,
    /// A sample of any other kind, by its place.
    Sample(prop::sample::Index),
    Draw,
}

pub fn step() -> impl Strategy<Value = Step> {
    let all: Vec<&'static str> = ACTIONS.iter().flat_map(|entry| entry.keys).copied().collect();
    prop_oneof![
        12 => prop::sample::select(all).prop_map(Step::Keys),
        2 => any::<char>().prop_map(Step::Type),
        2 => (1_u16..=250, 1_u16..=100).prop_map(|(width, height)| Step::Resize(width, height)),
        1 => (55_u16..=85, 14_u16..=30).prop_map(|(width, height)| Step::Resize(width, height)),
        1 => ".{0,80}".prop_map(Step::Paste),
        2 => (0_u8..3, 0_u16..250, 0_u16..100).prop_map(|(kind, x, y)| Step::Mouse(kind, x, y)),
        8 => (1_usize..40).prop_map(Step::Records),
        1 => (0_usize..20, any::<bool>()).prop_map(|(run, replay)| Step::Run(run, replay)),
        1 => Just(Step::AskFailed),
        1 => Just(Step::Begin),
        4 => (0_usize..9, 0_u8..3, ".{0,60}").prop_map(|(row, kind, text)| Step::Member(row, kind, text)),
        1 => (0_u16..4).prop_map(Step::Found),
        1 => Just(Step::Ended),
        1 => (any::<bool>(), any::<bool>()).prop_map(|(playing, over)| Step::Replayed(playing, over)),
        1 => Just(Step::Traces),
        2 => any::<prop::sample::Index>().prop_map(Step::Sample),
        4 => Just(Step::Draw),
    ]
}

pub fn all_runs() -> &'static [Vec<Record>] {
    static RUNS: OnceLock<Vec<Vec<Record>>> = OnceLock::new();
    RUNS.get_or_init(|| runs::all().into_iter().map(|(_, records)| records).collect())
}

fn news(kind: u8, text: &str) -> News {
    match kind {
        0 => News::Doing(text.to_owned()),
        1 => News::Away(text.to_owned()),
        _ => {
            let capabilities = Capabilities { advice: vec![text.to_owned()], ..Capabilities::in_process(text, text) };
            News::Ready { name: text.to_owned(), capabilities: Box::new(capabilities) }
        }
    }
}

pub fn messages(step: &Step, run: &mut &'static [Record]) -> Vec<Message> {
    let one = |message| vec![message];
    match step {
        Step::Keys(chord) => keys(chord).into_iter().map(Message::Key).collect(),
        Step::Type(character) => {
            one(Message::Key(KeyEvent::new(crossterm::event::KeyCode::Char(*character), KeyModifiers::NONE)))
        }
        Step::Resize(width, height) => one(Message::Resize(*width, *height)),
        Step::Paste(text) => one(Message::Paste(text.clone())),
        Step::Mouse(kind, column, row) => {
            let kind = match kind {
                0 => MouseEventKind::ScrollUp,
                1 => MouseEventKind::ScrollDown,
                _ => MouseEventKind::Down(MouseButton::Left),
            };
            one(Message::Mouse(MouseEvent { kind, column: *column, row: *row, modifiers: KeyModifiers::NONE }))
        }
        Step::Records(count) => {
            let (now, later) = run.split_at((*count).min(run.len()));
            *run = later;
            now.iter().cloned().map(Message::Record).collect()
        }
        Step::Run(which, replay) => {
            *run = &all_runs()[which % all_runs().len()];
            let opened = replay.then(|| Message::Opened { file: "x".to_owned(), warning: None });
            opened.into_iter().collect()
        }
        Step::AskFailed => one(Message::AskFailed("no".to_owned())),
        Step::Begin => one(Message::Begin),
        Step::Member(row, kind, text) => one(Message::Member(RowId(*row), news(*kind, text))),
        Step::Found(count) => {
            let spec = |port: u16| MemberSpec::parse(&format!("http://127.0.0.1:{}", 8080 + port), &[]).unwrap();
            one(Message::Found((0..*count).map(spec).collect()))
        }
        Step::Ended => one(Message::RunEnded(None)),
        Step::Replayed(playing, over) => one(Message::Replayed { playing: *playing, speed: 2.0, over: *over }),
        Step::Traces => one(Message::Traces(Listing::Open, vec![("one".to_owned(), String::new(), "one".into())])),
        Step::Sample(place) => one(place.get(samples()).clone()),
        Step::Draw => Vec::new(),
    }
}

/// A scene made without what was kept from the frames before is the same. Texts out of sight are not kept up to date.
fn check_memory(screen: &Screen) -> Result<(), TestCaseError> {
    let (mut kept, mut fresh) = (screen.scene.clone(), scene(&screen.state));
    let in_sight: Vec<usize> = kept.layout.iter().flat_map(|layout| &layout.panes).map(|(member, _)| member.0).collect();
    for texts in [&mut kept.texts, &mut fresh.texts] {
        let mut place = 0;
        texts.retain(|_| (in_sight.contains(&place), place += 1).0);
    }
    prop_assert_eq!(kept, fresh);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn nothing_brings_it_down(steps in prop::collection::vec(step(), 1..120), ascii in any::<bool>()) {
        let mut state = support::state(120, 40);
        state.state.settings.ascii = ascii;
        let mut run: &'static [Record] = &all_runs()[0];
        for step in &steps {
            for message in messages(step, &mut run) {
                let effects = state.update(message);
                // Nobody is asked anything while an answer is awaited: what is asked goes with what was asked.
                prop_assert!(effects.iter().filter(|effect| matches!(effect, Effect::Ask(_))).count() <= 1);
            }
            if matches!(step, Step::Draw | Step::Resize(..) | Step::Run(..)) {
                frame(&mut state);
            } else {
                state.prepare();
            }
        }
        let (width, height) = state.size();
        prop_assert_eq!(frame(&mut state).area, ratatui::layout::Rect::new(0, 0, width, height));
    }

    /// The state and its frames are what the messages make of them, and nothing else: neither what was kept from frame to frame nor
    /// when a frame was drawn.
    #[test]
    fn a_session_played_again_from_its_messages_shows_the_same_frames(steps in prop::collection::vec(step(), 1..60)) {
        let mut run: &'static [Record] = &all_runs()[0];
        let batches: Vec<Vec<Message>> = steps.iter().map(|step| messages(step, &mut run)).collect();
        let (mut live, mut again) = (support::state(120, 40), support::state(120, 40));
        for batch in batches {
            for screen in [&mut live, &mut again] {
                for message in batch.clone() {
                    screen.update(message);
                }
                screen.prepare();
            }
            prop_assert_eq!(&live.scene, &again.scene);
            prop_assert_eq!(frame(&mut live), frame(&mut again));
            check_memory(&live)?;
        }
    }

    #[test]
    fn a_frame_fits_every_size(
        width in 1_u16..=250, height in 1_u16..=100, run in 0_usize..11, played in 0.0_f64..=1.0,
        key in prop::sample::select(vec!["esc", "?", "e", "c", "L", ":", "T", "M", "z", "q"]),
    ) {
        let records = &all_runs()[run % all_runs().len()];
        let mut state = support::state(width, height);
        state.state.writing.active = false;
        feed(&mut state, &records[..(records.len() as f64 * played) as usize]);
        support::press(&mut state, key);
        let drawn = frame(&mut state);
        prop_assert!(drawn.content.iter().any(|cell| cell.symbol() != " "));
    }
}

#[test]
fn a_frame_can_be_drawn_at_the_edges_of_every_class() {
    let records = &all_runs()[1];
    for width in [1, 2, 3, 59, 60, 61, 83, 84, 85, 159, 160, 161, 250] {
        for height in [1, 2, 3, 15, 16, 17, 23, 24, 25, 44, 45, 46, 100] {
            let mut state = support::state(width, height);
            feed(&mut state, &records[..records.len() / 2]);
            frame(&mut state);
        }
    }
}

/// A terminal can change its size between the state's being prepared and the frame's being drawn.
#[test]
fn a_frame_of_another_size_than_was_prepared_for_stays_empty() {
    let theme = Theme::default_theme(ColourLevel::Ansi16);
    for (width, height) in [(20, 5), (80, 24), (250, 100)] {
        let mut state = support::answered(120, 40);
        state.prepare();
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| view::draw(frame, &state, &theme)).unwrap();
        assert!(terminal.backend().buffer().content.iter().all(|cell| cell.symbol() == " "));
    }
}

/// Both first drafts start at the same moment of the first answer, with as many tokens or fewer.
#[test]
fn a_recording_opened_in_the_middle_of_another_run_shows_its_own_drafts() {
    let mut screen = support::state(120, 40);
    let records = |run: usize, count: usize| all_runs()[run].iter().take(count).cloned().map(Message::Record);
    for message in records(0, 46) {
        screen.update(message);
        screen.prepare();
    }
    screen.update(Message::Opened { file: "x".to_owned(), warning: None });
    for message in records(1, 5) {
        screen.update(message);
    }
    screen.prepare();
    check_memory(&screen).unwrap();
}
