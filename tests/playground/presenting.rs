//! Presenter mode: one moment a key, live and recorded alike; nothing is lost, and nothing comes early.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use specfuse::engine::fusion::candidate::Candidate;
use specfuse::engine::fusion::event::{Event, Record};
use specfuse::engine::fusion::run::DraftState;
use specfuse::engine::round::Command;
use specfuse::playground::state::pages::Page;
use specfuse::playground::state::{Effect, Linger, Message, ReplayOrder, Screen};

use super::support::{self, press, recorded};
use unicode_width::UnicodeWidthStr;

/// What is seen of the newest round.
#[derive(Debug, PartialEq)]
enum Moment {
    Question,
    Drafting,
    Drafts,
    Votes,
    Decision,
    Over,
}

fn presenting() -> Screen {
    let mut screen = support::state(120, 40);
    press(&mut screen, "esc");
    press(&mut screen, "P");
    screen
}

fn moment(screen: &Screen) -> Moment {
    let Some(answer) = screen.answers.session.newest() else { return Moment::Question };
    let Some(round) = answer.run.rounds.last() else { return Moment::Question };
    if answer.run.open_round().is_none() && !answer.is_going() {
        return Moment::Over;
    }
    if round.accepted.is_some() {
        return Moment::Decision;
    }
    if round.drafts.iter().any(|draft| matches!(draft, DraftState::Open(_))) {
        return Moment::Drafting;
    }
    let said = |candidate: &Candidate| {
        round.verifiers.iter().all(|who| round.score(*who, candidate.key).is_some() || candidate.authors.contains(who))
    };
    if round.candidates().iter().all(said) { Moment::Votes } else { Moment::Drafts }
}

fn give(screen: &mut Screen, records: &[Record]) {
    for record in records {
        assert_eq!(screen.update(Message::Record(record.clone())), []);
    }
}

#[test]
fn each_key_shows_the_next_moment_of_each_round_and_then_the_end() {
    let mut screen = presenting();
    give(&mut screen, &recorded());
    screen.update(Message::RunEnded(None));
    let mut seen = vec![moment(&screen)];
    for _ in 0..10 {
        assert_eq!(press(&mut screen, "space"), []);
        seen.push(moment(&screen));
    }
    let round = || [Moment::Drafts, Moment::Votes, Moment::Decision];
    let all: Vec<Moment> =
        [Moment::Question].into_iter().chain(round()).chain(round()).chain(round()).chain([Moment::Over]).collect();
    assert_eq!(seen, all);
    let mut whole = support::state(120, 40);
    give(&mut whole, &recorded());
    let same = screen.answers.session.newest() == whole.answers.session.newest();
    assert!(same, "nothing is lost");
    press(&mut screen, "space");
    assert!(screen.notices.notice.is_some(), "it is over");
}

#[test]
fn what_has_not_come_yet_is_shown_as_it_comes_until_the_moment() {
    let mut screen = presenting();
    let records = recorded();
    let started = records.iter().position(|record| matches!(record.event, Event::RoundStarted { .. })).unwrap();
    give(&mut screen, &records[..=started]);
    assert_eq!(moment(&screen), Moment::Question);
    press(&mut screen, "space");
    assert_eq!(moment(&screen), Moment::Drafting);
    let tokens = |screen: &Screen| screen.answers.session.newest().unwrap().run.rounds[0].drafts.clone();
    let before = tokens(&screen);
    give(&mut screen, &records[started + 1..started + 3]);
    assert_ne!(tokens(&screen), before, "tokens are seen as they come");
    give(&mut screen, &records[started + 3..]);
    assert_eq!(moment(&screen), Moment::Drafts);
}

/// The lines of the caption: which moment it is, then what happens in it.
fn caption(screen: &mut Screen) -> Vec<String> {
    screen.prepare();
    let lines = &screen.scene.presented[2].1;
    lines.iter().map(|line| line.iter().map(|(_, text)| text.as_ref()).collect()).collect()
}

/// The place of the first event of a kind in a round, behind the records before it.
fn before(records: &[Record], round: usize, is: fn(&Event) -> bool) -> usize {
    records.iter().position(|record| record.round == round && is(&record.event)).unwrap()
}

#[test]
fn every_moment_is_called_what_it_is() {
    let mut screen = presenting();
    give(&mut screen, &recorded());
    screen.update(Message::RunEnded(None));
    let mut titles = vec![caption(&mut screen)[0].clone()];
    let mut stories = Vec::new();
    for _ in 0..10 {
        press(&mut screen, "space");
        let caption = caption(&mut screen);
        titles.push(caption[0].clone());
        stories.push(caption[1..].join(" "));
    }
    let round = |number| ["the drafts", "the votes", "the decision"].map(|what| format!("round {number} · {what}"));
    let all: Vec<String> =
        ["the question".to_owned()].into_iter().chain((1..=3).flat_map(round)).chain(["the end".to_owned()]).collect();
    assert_eq!(titles, all);
    assert!(stories[0].starts_with("5 members have drafted the next segment"), "{}", stories[0]);
    assert!(stories[1].contains("ahead") || stories[1].contains("of 5 votes are complete"), "{}", stories[1]);
}

#[test]
fn a_key_after_a_decision_is_acknowledged_at_once_and_a_second_one_skips_nothing() {
    let records = recorded();
    // The next round has not even started: a decision lingers, or the engine is busy.
    let second = before(&records, 2, |event| matches!(event, Event::RoundStarted { .. }));
    for begun in [second, second + 1] {
        let mut screen = presenting();
        give(&mut screen, &records[..begun]);
        for _ in 0..3 {
            press(&mut screen, "space");
        }
        assert_eq!(caption(&mut screen)[0], "round 1 · the decision");
        press(&mut screen, "space");
        assert_eq!(caption(&mut screen)[0], "round 2 · drafting · `space` again when the drafts are in");
        assert!(screen.notices.notice.is_none());
        press(&mut screen, "space");
        assert!(screen.notices.notice.as_ref().unwrap().text.contains("still drafting"));
        give(&mut screen, &records[begun..]);
        assert_eq!(caption(&mut screen)[0], "round 2 · the drafts");
    }
}

#[test]
fn a_decision_that_lingers_is_left_at_once() {
    let records = recorded();
    let mut screen = presenting();
    screen.state.settings.linger = Linger { ms: 2500.0, on: true, built_in_only: false };
    give(&mut screen, &records[..before(&records, 2, |event| matches!(event, Event::RoundStarted { .. }))]);
    for _ in 0..2 {
        assert_eq!(press(&mut screen, "space"), []);
    }
    assert_eq!(press(&mut screen, "space"), [Effect::Order(Command::Resume)], "the models work on");
    assert_eq!(caption(&mut screen)[0], "round 1 · the decision");
}

#[test]
fn votes_that_came_with_the_last_draft_are_a_moment_too() {
    let mut records = recorded();
    records.retain(|record| record.round != 1 || !matches!(record.event, Event::Score { .. }));
    let mut screen = presenting();
    give(&mut screen, &records);
    let titles: Vec<String> = (0..3)
        .map(|_| {
            press(&mut screen, "space");
            caption(&mut screen)[0].clone()
        })
        .collect();
    assert_eq!(titles, ["round 1 · the drafts", "round 1 · the votes", "round 1 · the decision"]);
}

#[test]
fn the_decision_says_who_leaves_on_every_screen() {
    for (width, height) in [(60, 16), (80, 24), (120, 40), (200, 60)] {
        let mut screen = support::state(width, height);
        press(&mut screen, "esc");
        press(&mut screen, "P");
        give(&mut screen, &recorded());
        for _ in 0..9 {
            press(&mut screen, "space");
        }
        let caption = caption(&mut screen);
        assert_eq!(caption[0], "round 3 · the decision");
        let said = caption[1..].join(" ");
        assert_eq!(said.matches("babble leaves: .096 is below .100").count(), 1, "{width}: {said}");
        assert!(said.contains("lexicon"), "who decided it: {said}");
    }
}

#[test]
fn no_part_fills_the_screen_and_nothing_of_a_draft_is_lost() {
    let mut screen = presenting();
    give(&mut screen, &recorded());
    press(&mut screen, "space");
    press(&mut screen, "tab");
    let before = support::screen(&mut screen);
    for key in ["z", "V"] {
        press(&mut screen, key);
        assert!(screen.notices.notice.as_ref().unwrap().text.contains("`P`"), "{key}");
        screen.state.notices.notice = None;
        assert_eq!(support::screen(&mut screen), before, "{key}");
    }
}

#[test]
fn under_a_page_nothing_moves_on() {
    let mut screen = presenting();
    give(&mut screen, &recorded());
    for _ in 0..3 {
        press(&mut screen, "space");
    }
    let decided = moment(&screen);
    press(&mut screen, "e");
    screen.prepare();
    let (text, top) = (screen.scene.overlay.clone(), screen.looking.overlay.as_ref().unwrap().scroll().unwrap().top);
    assert_eq!(press(&mut screen, "space"), []);
    screen.prepare();
    assert_eq!((moment(&screen), &screen.scene.overlay), (decided, &text));
    let scroll = *screen.looking.overlay.as_ref().unwrap().scroll().unwrap();
    assert!(screen.looking.page() == Some(Page::Why) && scroll.top > top || scroll.last == 0, "it scrolls");
    press(&mut screen, "esc");
    press(&mut screen, "space");
    assert_eq!(moment(&screen), Moment::Drafts);
}

/// What is drawn of a row of the screen.
fn drawn(frame: &Buffer, place: Rect, row: u16) -> String {
    let cells = place.x..place.x + place.width;
    cells.map(|x| frame[(x, place.y + row)].symbol()).collect::<String>().trim_end().to_owned()
}

#[test]
fn every_word_of_a_draft_is_shown_at_every_width() {
    let mut screen = presenting();
    give(&mut screen, &recorded());
    for _ in 0..7 {
        press(&mut screen, "space");
    }
    for docked in [false, true] {
        if docked {
            press(&mut screen, "t");
        }
        let every = if docked { 7 } else { 1 };
        let heights = |width| [30, if width % 2 == 0 { 40 } else { 24 }].map(|height| (width, height));
        for (width, height) in (60..=200).step_by(every).flat_map(heights) {
            screen.update(Message::Resize(width, height));
            let frame = support::frame(&mut screen);
            let layout = screen.scene.layout.clone().unwrap();
            assert_eq!(layout.panes.len(), 5, "{width}x{height}");
            for (member, place) in &layout.panes {
                let (inside, flow) = (layout.pane_text(*place), screen.scene.texts[member.0].flow());
                let line = |row: u16| flow.line(usize::from(row)).map(|piece| piece.text.to_string()).collect::<String>();
                for row in 0..inside.height.min(flow.lines() as u16) {
                    let shown = drawn(&frame, inside, row);
                    // A row of which more was drafted says so.
                    assert_eq!(shown.trim_end_matches('…'), line(row).trim_end(), "{width}x{height} {docked}");
                }
                let fits = flow.lines() <= inside.height.into();
                assert!(fits || docked || width < 80 && height < 40, "{width}x{height}: {layout:?}");
            }
            let dock = layout.dock.unwrap_or_default();
            for (place, prose) in &screen.scene.presented {
                assert!(place.intersection(dock).is_empty());
                for line in prose {
                    let columns: usize = line.iter().map(|(_, text)| text.width()).sum();
                    assert!(columns <= place.width.into(), "{width}x{height} {docked}: {line:?}");
                }
            }
        }
    }
}

#[test]
fn leaving_shows_everything_at_once() {
    let mut screen = presenting();
    give(&mut screen, &recorded());
    screen.update(Message::RunEnded(None));
    press(&mut screen, "space");
    press(&mut screen, "P");
    assert_eq!(moment(&screen), Moment::Over);
    assert!(screen.presenting.is_none());
}

#[test]
fn a_recording_or_a_run_that_stands_still_is_set_going() {
    let mut screen = presenting();
    screen.update(Message::Opened { file: "a.jsonl".to_owned(), warning: None });
    screen.update(Message::Replayed { playing: false, speed: 1.0, over: false });
    assert_eq!(press(&mut screen, "space"), [Effect::Replay(ReplayOrder::Resume)]);
    let mut live = presenting();
    let records = recorded();
    let second = records.iter().position(|record| record.round == 2).unwrap();
    give(&mut live, &records[..second]);
    let paused = Record { event: Event::Paused, ..records[second - 1].clone() };
    give(&mut live, &[paused]);
    let orders: Vec<Effect> = (0..3).flat_map(|_| press(&mut live, "space")).collect();
    assert_eq!(orders, [Effect::Order(Command::Resume)], "once everything that came is shown");
}

#[test]
fn another_recording_does_not_mix_with_what_waits_of_this_one() {
    let mut screen = presenting();
    let open = || Message::Opened { file: "a.jsonl".to_owned(), warning: None };
    screen.update(open());
    give(&mut screen, &recorded());
    assert!(screen.presenting.as_ref().unwrap().waits());
    screen.update(open());
    assert!(!screen.presenting.as_ref().unwrap().waits());
    assert!(screen.answers.session.answers().is_empty());
    give(&mut screen, &recorded()[..1]);
    assert_eq!(moment(&screen), Moment::Question);
    // From the start again, in the middle.
    give(&mut screen, &recorded()[1..]);
    press(&mut screen, "space");
    assert_eq!(press(&mut screen, "a"), [Effect::Replay(ReplayOrder::Restart)]);
    give(&mut screen, &recorded());
    assert_eq!((moment(&screen), screen.answers.session.answers().len()), (Moment::Question, 1));
}
