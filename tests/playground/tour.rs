//! The guided tour: its stops tell the truth, with the real models.

use specfuse::engine::fusion::conversation::Conversation;
use specfuse::engine::fusion::event::{ExitReason, Record};
use specfuse::engine::fusion::run::Run;
use specfuse::engine::round::Command;
use specfuse::playground::state::pages::Page;
use specfuse::playground::state::tour::{SEED, STOPS, Tour};
use specfuse::playground::state::{Ask, Effect, Linger, Message, Screen};

use crate::support::{self, press};

/// The records of a stop.
fn played(at: usize, changes: &[(&str, &str)]) -> Vec<Record> {
    let mut params = STOPS[at].params();
    for (name, value) in changes {
        params.set_text(name, value).unwrap();
    }
    support::run(support::built_in(), params, SEED, Conversation::question(STOPS[at].question), Vec::new())
}

fn run(at: usize, changes: &[(&str, &str)]) -> Run {
    Run::from_records(&played(at, changes)).unwrap()
}

fn author(run: &Run, round: usize) -> &str {
    let accepted = run.rounds[round - 1].accepted.as_ref().unwrap();
    &run.member(accepted.author.unwrap()).header.name
}

#[test]
fn each_stop_comes_out_as_it_says() {
    let first = run(0, &[]);
    assert_eq!([1, 2, 3].map(|round| author(&first, round)), ["atlas", "abacus", "lexicon"]);
    let second = run(1, &[]);
    assert!(second.rounds[3].ranked.as_ref().unwrap().unanimous && second.rounds[3].scores().is_empty());
    let third = run(2, &[]);
    let exit = third.members[third.index("babble").unwrap().0].exit.clone().unwrap();
    assert!(exit.round == 3 && matches!(exit.reason, ExitReason::Retention { .. }));
    assert!(!run(3, &[]).answer().contains("is cowardly."));
    assert!(run(3, &[("segment-tokens", "5")]).answer().contains("is cowardly."));
    assert_eq!(author(&run(4, &[]), 2), "abacus");
}

fn asked(effects: &[Effect]) -> &Ask {
    let ask = effects.iter().find_map(|effect| match effect {
        Effect::Ask(ask) => Some(ask),
        _ => None,
    });
    ask.unwrap()
}

/// The tour at a stop whose answer is complete.
fn stop(at: usize, width: u16, height: u16) -> Screen {
    let mut state = support::state(width, height);
    let mut effects = state.update(Message::Tour);
    for _ in 0..at {
        effects = press(&mut state, ";");
    }
    assert_eq!(asked(&effects).params, STOPS[at].params());
    support::feed(&mut state, &played(at, &[]));
    state.prepare();
    state
}

#[test]
fn a_stop_shows_what_it_speaks_of() {
    let looks = [(0, None), (1, Some(4)), (2, Some(3)), (3, Some(1)), (4, Some(2))];
    for (at, number) in looks {
        let state = stop(at, 120, 40);
        assert_eq!(state.tour, Some(Tour { at, shown: true }));
        assert_eq!(state.looking.round.map(|look| look.round + 1), number, "stop {at}");
        assert_eq!(state.looking.page() == Some(Page::Retention), at == 2);
    }
}

#[test]
fn the_tour_has_two_ends() {
    let mut state = stop(4, 80, 24);
    assert!(press(&mut state, ";").is_empty());
    let mut first = stop(0, 80, 24);
    assert!(press(&mut first, ",").is_empty());
    assert!(press(&mut support::answered(80, 24), ";").is_empty(), "without a tour there is none");
}

#[test]
fn a_stop_that_was_left_alone_is_not_shown_a_second_time() {
    let mut state = stop(3, 120, 40);
    press(&mut state, "esc");
    assert!(state.looking.round.is_none());
    support::feed(&mut state, &played(3, &[]).split_off(1));
    assert!(state.looking.round.is_none());
}

#[test]
fn of_a_stop_with_many_decisions_each_stays_a_shorter_time() {
    let rest = |at: usize| {
        let mut state = support::state(120, 40);
        state.state.settings.linger = Linger { ms: 2500.0, on: true, built_in_only: false };
        let mut effects = state.update(Message::Tour);
        for _ in 0..at {
            effects = press(&mut state, ";");
        }
        let rest = effects.iter().find_map(|effect| match effect {
            Effect::Order(Command::Linger { ms }) => Some(*ms),
            _ => None,
        });
        let contested = run(at, &[]).rounds.iter().filter(|round| round.is_contested() && !round.only_ends()).count();
        (rest.unwrap(), contested)
    };
    for at in 0..STOPS.len() {
        let (ms, decisions) = rest(at);
        assert!(ms >= 1000.0 && ms * decisions as f64 <= 12_000.0, "stop {at}: {decisions} decisions of {ms} ms");
    }
}
