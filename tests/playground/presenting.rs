//! Presenter mode: one moment a key, live and recorded alike; nothing is lost, and nothing comes early.

use specfuse::engine::fusion::candidate::Candidate;
use specfuse::engine::fusion::event::{Event, Record};
use specfuse::engine::fusion::run::DraftState;
use specfuse::engine::round::Command;
use specfuse::playground::state::{Effect, Message, ReplayOrder, Screen};

use super::support::{self, press, recorded};

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
