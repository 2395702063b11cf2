//! A replay shows what the live run showed: the same messages from a file lead to the same state.

use std::path::Path;

use specfuse::engine::fusion::event::Record;
use specfuse::engine::fusion::run::Run;
use specfuse::engine::replay::Player;
use specfuse::engine::trace::{self, Journal};
use specfuse::playground::state::{Message, Screen, Source};

use super::runs;
use super::support::{self, QUESTION, feed, newest};

/// The records as a trace keeps them.
fn written_and_read(records: &[Record], folder: &Path) -> Vec<Record> {
    let path = folder.join("run.trace.jsonl");
    let mut journal = Journal::create(&path).unwrap();
    for record in records {
        journal.append(record).unwrap();
    }
    journal.flush().unwrap();
    trace::read(&path).unwrap().records
}

fn live(records: &[Record]) -> Screen {
    let mut state = support::state(160, 50);
    state.update(Message::Ask(QUESTION.to_owned()));
    for record in records {
        feed(&mut state, std::slice::from_ref(record));
        state.prepare();
    }
    state.update(Message::RunEnded(None));
    state.prepare();
    state
}

fn opened() -> Screen {
    let mut state = support::state(160, 50);
    state.update(Message::Opened { file: "run.trace.jsonl".to_owned(), warning: None });
    state
}

/// Compares everything that does not name its source.
fn check_equal(live: &Screen, replayed: &Screen) {
    assert_eq!(live.answers.session, replayed.answers.session);
    assert_eq!(live.answers.transcript, replayed.answers.transcript);
    // The text of a hidden pane is brought up to date when it becomes visible.
    for (member, _) in &live.scene.layout.as_ref().unwrap().panes {
        assert_eq!(live.scene.texts[member.0], replayed.scene.texts[member.0]);
    }
    assert_eq!(live.notices.log, replayed.notices.log);
    let (one, other) = (&live.scene, &replayed.scene);
    assert_eq!((&one.layout, &one.panes, &one.table, &one.chart), (&other.layout, &other.panes, &other.table, &other.chart));
    assert_eq!((&one.timeline, &one.story, &one.why), (&other.timeline, &other.story, &other.why));
    assert_eq!(one.status.as_ref().unwrap().state, other.status.as_ref().unwrap().state);
}

#[test]
fn a_replay_ends_where_the_live_run_ended() {
    for (name, records) in runs::all() {
        println!("{name}");
        let folder = tempfile::tempdir().unwrap();
        let read = written_and_read(&records, folder.path());
        assert_eq!(read, records);
        let mut replayed = opened();
        let mut player = Player::new(read.clone());
        player.skip_to_end();
        while !player.is_over() {
            feed(&mut replayed, player.due(0.0));
            replayed.update(Message::Replayed { playing: true, speed: 1.0, over: player.is_over() });
        }
        replayed.prepare();
        check_equal(&live(&records), &replayed);
        assert_eq!(newest(&replayed), &Run::from_records(&read).unwrap());
    }
}

#[test]
fn on_its_way_too_a_replay_shows_what_the_live_run_showed() {
    for (name, records) in runs::all() {
        println!("{name}");
        let (mut live, mut replayed) = (support::state(160, 50), opened());
        live.update(Message::Ask(QUESTION.to_owned()));
        // The replay is drawn with every record, the live run with some: how often a frame is drawn must not matter.
        for (place, record) in records.iter().enumerate() {
            feed(&mut live, std::slice::from_ref(record));
            feed(&mut replayed, std::slice::from_ref(record));
            replayed.prepare();
            if place % 7 == 0 {
                live.prepare();
                check_equal(&live, &replayed);
            }
        }
    }
}

#[test]
fn a_replay_from_the_start_takes_the_place_of_what_was_played() {
    let records = runs::faulty();
    let mut state = opened();
    feed(&mut state, &records);
    state.prepare();
    let once = state.clone();
    super::support::press(&mut state, "esc");
    super::support::press(&mut state, "a");
    assert!(state.is_busy());
    feed(&mut state, &records);
    state.prepare();
    assert_eq!(state.answers.session.answers().len(), 1);
    assert_eq!((&state.answers.session, &state.answers.transcript), (&once.answers.session, &once.answers.transcript));
    assert_eq!((&state.scene.table, &state.scene.texts), (&once.scene.table, &once.scene.texts));
}

#[test]
fn a_recording_that_breaks_off_is_told_and_not_waited_for() {
    let records = runs::faulty();
    let mut state = opened();
    feed(&mut state, &records[..records.len() - 4]);
    state.update(Message::Replayed { playing: true, speed: 1.0, over: true });
    assert!(!state.is_busy());
}

#[test]
fn what_is_worth_telling_of_a_recording_is_told() {
    let mut state = support::answered(120, 40);
    state.update(Message::Opened { file: "\u{1b}[31mx".to_owned(), warning: Some("it was cut off".to_owned()) });
    assert!(state.answers.session.answers().is_empty() && state.answers.transcript.flow().is_empty());
    assert!(state.notices.notice.as_ref().is_some_and(|notice| notice.text.contains("cut off")));
    let Source::Replay(replay) = &state.answers.source else { panic!("{:?}", state.answers.source) };
    assert_eq!((replay.file.as_str(), replay.playing), ("x", true));
}

#[test]
fn a_conversation_that_is_replayed_again_takes_the_place_of_all_its_answers() {
    let records = [runs::unanimous(), runs::exiting()].concat();
    let mut state = opened();
    feed(&mut state, &records);
    state.update(Message::Replayed { playing: true, speed: 1.0, over: true });
    let once = state.answers.session.clone();
    assert_eq!(once.answers().len(), 2);
    support::press(&mut state, "a");
    feed(&mut state, &records);
    assert_eq!(state.answers.session, once);
}
