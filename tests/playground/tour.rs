//! The guided tour: its stops tell the truth, with the real models.

use specfuse::engine::fusion::conversation::Conversation;
use specfuse::engine::fusion::event::{Event, ExitReason, Record};
use specfuse::engine::fusion::run::Run;
use specfuse::engine::round::Command;
use specfuse::playground::state::answer::Answer;
use specfuse::playground::state::pages::Page;
use specfuse::playground::state::presenting::Presenting;
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

/// The words of the card, its lines joined.
fn card(state: &Screen) -> String {
    let lines = state.scene.card.iter().flatten();
    let lines: Vec<String> =
        lines.map(|line| line.iter().map(|(_, text)| text.to_string()).collect::<String>().trim().to_owned()).collect();
    lines.join(" ")
}

/// The tour at a stop before anything of its answer is there.
fn asked_at(at: usize, width: u16, height: u16) -> Screen {
    let mut state = support::state(width, height);
    state.state.settings.linger = Linger { ms: 2500.0, on: true, built_in_only: false };
    state.update(Message::Tour);
    for _ in 0..at {
        press(&mut state, ";");
    }
    state.prepare();
    state
}

#[test]
fn every_decision_of_a_stop_stays_as_long_as_the_setting_says() {
    for at in 0..STOPS.len() {
        let mut state = support::state(120, 40);
        state.state.settings.linger = Linger { ms: 2500.0, on: true, built_in_only: false };
        let mut effects = state.update(Message::Tour);
        for _ in 0..at {
            effects = press(&mut state, ";");
        }
        assert!(effects.contains(&Effect::Order(Command::Linger { ms: 2500.0 })), "stop {at}");
    }
}

#[test]
fn a_card_promises_nothing_that_is_not_there_yet_and_fits() {
    for (width, height) in [(80, 24), (120, 40)] {
        for at in 0..STOPS.len() {
            let mut state = asked_at(at, width, height);
            for record in played(at, &[]) {
                let complete = state.answers.session.newest().is_some_and(Answer::is_closed);
                let (text, lines) = (card(&state), state.scene.card.as_ref().unwrap().len());
                assert!(lines <= 5, "{text}");
                for late in ["came out", "drafted the same. It", "won, but", "shows the chart", "looks at an earlier"] {
                    assert!(complete || !text.contains(late), "stop {at}: {text}");
                }
                let left = state.answers.session.newest().is_some_and(|answer| !answer.run.departures().is_empty());
                assert!(left || !text.contains("left after"), "{text}");
                state.update(Message::Record(record));
                state.prepare();
            }
        }
    }
}

#[test]
fn a_card_says_what_came_of_the_answer() {
    let said = [
        "looks at an earlier round",
        "In round 4 all that took part drafted the same",
        "babble left after round 3",
        "With 20 tokens a segment the answer came out wrong",
        "In round 2 the draft of abacus won",
    ];
    for (at, part) in said.into_iter().enumerate() {
        let text = card(&stop(at, 120, 40));
        assert!(text.contains(part), "{text}");
    }
    let chart = stop(2, 120, 40);
    assert!(card(&chart).contains("`esc` closes the chart"));
    let last = card(&stop(4, 120, 40));
    assert!(last.contains("`D` plays it at three lengths"), "{last}");
}

#[test]
fn before_an_audience_the_card_names_the_key_that_goes_on() {
    let mut state = support::state(120, 40);
    state.state.presenting = Some(Presenting::default());
    state.update(Message::Tour);
    state.prepare();
    assert!(card(&state).contains("`space` shows the next moment"), "{}", card(&state));
}

#[test]
fn behind_the_last_stop_the_way_back_stays() {
    let mut state = stop(4, 80, 24);
    press(&mut state, ";");
    assert!(!state.writing.active && card(&state).contains("`i` asks a question of your own"), "{}", card(&state));
    assert!(card(&state).contains("`D`") && card(&state).contains("`d`"));
    press(&mut state, ";");
    assert!(state.tour.is_some_and(Tour::is_over) && state.notices.notice.is_some());
    assert!(press(&mut state, ",").is_empty(), "the last answer is still there");
    assert_eq!(state.tour, Some(Tour { at: 4, shown: true }));
    press(&mut state, ";");
    press(&mut state, "i");
    state.update(Message::Ask("Why?".to_owned()));
    state.prepare();
    assert_eq!(state.scene.card, None);
    assert_eq!(asked(&press(&mut state, ",")).params, STOPS[4].params());
}

/// The recipe of the fourth stop, key by key, with what the card says of each.
#[test]
fn the_recipe_of_the_fourth_stop_holds() {
    let records = played(3, &[]);
    let mut state = stop(3, 80, 24);
    assert!(press(&mut state, "d").is_empty() && state.looking.overlay.is_none());
    assert!(state.notices.notice.as_ref().unwrap().text.contains("`R` takes a round back"));
    assert!(card(&state).contains("`R` takes round 1 back"), "{}", card(&state));
    let effects = press(&mut state, "R");
    let [Effect::TakeUp(taken)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(taken.commands, [Command::Pause, Command::Rewind { to_round: 0 }], "no decision waits");
    let rewind = Command::Rewind { to_round: 0 };
    let back = support::taken_up(&records, support::built_in(), vec![rewind]);
    let rewound = back.iter().position(|record| matches!(record.event, Event::Rewound { .. })).unwrap() + 1;
    support::feed(&mut state, &back[records.len()..rewound]);
    state.prepare();
    assert!(card(&state).contains("All rounds were taken back and kept. Segments are 20 tokens long now."), "{}", card(&state));
    assert!(card(&state).contains("`-` makes them 10 tokens long"), "{}", card(&state));
    let effects = press(&mut state, "-");
    let [Effect::Order(Command::SetParameters { values })] = &effects[..] else { panic!("{effects:?}") };
    for (name, value) in values.clone() {
        let event = Event::ParamsChanged { name, value, together: false };
        support::feed(&mut state, &[Record { round: 0, t_ms: 0.0, event }]);
    }
    support::feed(&mut state, &played(3, &[("segment-tokens", "10")])[1..]);
    state.prepare();
    let text = card(&state);
    assert!(text.contains("With 20 tokens a segment the answer came out wrong.") && text.contains("With 10 tokens"), "{text}");
    assert!(text.contains("`d` shows both side by side"), "{text}");
    press(&mut state, "d");
    assert_eq!(state.looking.page(), Some(Page::Compare));
}
