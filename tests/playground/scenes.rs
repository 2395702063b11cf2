//! What is shown of a run is what the run recorded, live and when the user looks back.

use specfuse::engine::fusion::MemberIndex;
use specfuse::engine::fusion::event::{Event, Record};
use specfuse::engine::fusion::run::DraftState;
use specfuse::playground::state::answer::Answer;
use specfuse::playground::state::log::Level;
use specfuse::playground::state::scene::matrix::Cell;
use specfuse::playground::state::scene::pane::Activity;
use specfuse::playground::state::scene::status::RunState;
use specfuse::playground::state::scene::table::{Row, Table};
use specfuse::playground::state::scene::timeline::Mark;
use specfuse::playground::state::{Look, Message, Screen};

use super::runs;
use super::support::{self, answer, feed, newest, press};

/// A screen on which a run is played; keys are commands.
fn playing(records: &[Record]) -> Screen {
    let mut state = support::state(160, 50);
    state.state.writing.active = false;
    feed(&mut state, records);
    state.prepare();
    state
}

fn look(state: &mut Screen, round: usize) {
    state.state.looking.round = Some(Look { answer: 0, round });
    state.prepare();
}

fn row(table: &Table, member: usize) -> &Row {
    table.rows.iter().find(|row| row.member == MemberIndex(member)).unwrap()
}

/// The table of an accepted round is the recorded ranking.
fn check_table(table: &Table, play: &Answer, place: usize) {
    let round = &play.run.rounds[place];
    let (ranked, accepted) = (round.ranked.as_ref().unwrap(), round.accepted.as_ref().unwrap());
    assert_eq!((table.number, table.margin, table.unanimous), (round.number, ranked.margin, ranked.unanimous));
    let shown: Vec<MemberIndex> = table.rows.iter().filter(|row| row.rank.is_some()).map(|row| row.member).collect();
    let scored = ranked.candidates.iter().filter(|candidate| candidate.score.is_some());
    let recorded: Vec<MemberIndex> =
        scored.flat_map(|candidate| candidate.authors.iter().map(|author| play.run.index(author).unwrap())).collect();
    assert_eq!(shown, recorded, "the order");
    for (rank, candidate) in ranked.candidates.iter().enumerate() {
        for author in &candidate.authors {
            let row = row(table, play.run.index(author).unwrap().0);
            assert_eq!((row.score, row.rank), (candidate.score, candidate.score.map(|_| rank + 1)), "{author}");
        }
    }
    for standing in &ranked.standings {
        let row = row(table, play.run.index(&standing.member).unwrap().0);
        assert_eq!((row.cumulative, row.retention), (Some(standing.cumulative), Some((standing.retention, standing.threshold))));
    }
    for (name, weight) in &ranked.weights {
        assert_eq!(row(table, play.run.index(name).unwrap().0).weight, Some(*weight));
    }
    for row in &table.rows {
        assert_eq!(row.accepted, accepted.authors.contains(&row.member));
        assert!(row.cells.is_empty() || row.cells.len() == table.verifiers.len());
    }
}

/// What each member did in a round that is over.
fn check_activities(state: &Screen, place: usize) {
    let play = &state.answers.session.answers()[0];
    let round = &play.run.rounds[place];
    let accepted = round.accepted.as_ref().unwrap();
    for pane in &state.scene.panes {
        let expected = match round.draft(pane.member) {
            _ if pane.away => continue,
            Some(DraftState::Failed(_)) => Activity::Failed,
            Some(_) if accepted.authors.contains(&pane.member) => Activity::Won,
            Some(_) => Activity::Lost,
            None => panic!("{} neither drafted nor is away in round {}", play.name(pane.member), round.number),
        };
        assert_eq!(pane.activity, expected, "{} in round {}", play.name(pane.member), round.number);
    }
}

#[test]
fn every_accepted_round_shows_the_recorded_ranking_when_it_is_accepted_and_when_it_is_looked_at_later() {
    for (name, records) in runs::all() {
        println!("{name}");
        let mut state = playing(&[]);
        for record in &records {
            feed(&mut state, std::slice::from_ref(record));
            if matches!(record.event, Event::Accepted { .. }) {
                state.prepare();
                check_table(&state.scene.table, &state.answers.session.answers()[0], newest(&state).rounds.len() - 1);
            }
        }
        for place in 0..newest(&state).rounds.len() {
            if newest(&state).rounds[place].accepted.is_some() {
                look(&mut state, place);
                check_table(&state.scene.table, &state.answers.session.answers()[0], place);
                check_activities(&state, place);
            }
        }
    }
}

#[test]
fn the_timeline_marks_each_round_with_its_winner_and_what_is_special_about_it() {
    for (name, records) in runs::all() {
        println!("{name}");
        let state = playing(&records);
        let play = &state.answers.session.answers()[0];
        assert_eq!(state.scene.timeline.ticks.len(), play.run.rounds.len());
        for (tick, round) in state.scene.timeline.ticks.iter().zip(&play.run.rounds) {
            assert_eq!((tick.number, tick.winner), (round.number, round.accepted.as_ref().and_then(|accepted| accepted.author)));
            assert!((0.0..=1.0).contains(&tick.margin));
            assert_eq!(tick.selected, tick.place + 1 == play.run.rounds.len());
        }
    }
    let marks = |records: &[Record]| playing(records).scene.timeline.ticks.iter().map(|tick| tick.mark).collect::<Vec<_>>();
    assert_eq!(marks(&runs::unanimous()), [Mark::Unanimous; 3]);
    assert_eq!(marks(&runs::overridden())[0], Mark::Overridden);
    assert_eq!(marks(&runs::stopped_at_once()), [Mark::Open]);
    assert_eq!(marks(&runs::faulty())[..3], [Mark::Failed; 3]);
}

#[test]
fn a_verifier_that_failed_is_an_error_in_its_column_and_in_the_log() {
    let mut state = playing(&runs::faulty());
    look(&mut state, 0);
    let table = &state.scene.table;
    let column = table.verifiers.iter().position(|verifier| *verifier == MemberIndex(2)).unwrap();
    assert_eq!(row(table, 0).cells[column], Cell::Failed("no scores today".into()));
    assert!(matches!(row(table, 2).cells[column], Cell::Score { own: true, .. }), "its own draft it knows");
    let screen = support::screen(&mut state);
    assert!(screen.contains("err"), "{screen}");
    for said in ["no scores today", "out of memory", "never works"] {
        assert!(state.notices.log.entries().any(|entry| entry.level == Level::Warning && entry.text.contains(said)), "{said}");
    }
}

#[test]
fn a_draft_that_failed_says_why_in_its_pane_and_its_member_goes_on() {
    let mut state = playing(&runs::faulty());
    look(&mut state, 1);
    let pane = &state.scene.panes[1];
    assert_eq!((pane.activity, pane.away, pane.note.as_str()), (Activity::Failed, false, "out of memory"));
    assert_eq!((row(&state.scene.table, 1).rank, row(&state.scene.table, 1).score), (None, None));
    look(&mut state, 2);
    assert_ne!(state.scene.panes[1].activity, Activity::Failed);
}

#[test]
fn a_member_that_left_is_away_from_then_on_and_present_before() {
    let mut state = playing(&runs::exiting());
    let left = state.answers.session.answers()[0].run.departures()[0].round;
    assert!(left > 1 && left < newest(&state).rounds.len(), "the run shows an exit in its middle");
    for place in 0..newest(&state).rounds.len() {
        look(&mut state, place);
        let number = place + 1;
        let pane = &state.scene.panes[2];
        assert_eq!(pane.away, number > left, "round {number}");
        assert_eq!(pane.activity == Activity::Exited, number > left);
        assert_eq!(row(&state.scene.table, 2).leaves, number >= left);
        assert_eq!(state.scene.timeline.ticks[place].exit, number == left);
        assert_eq!(state.scene.story.contains("leaves"), number == left, "{}", state.scene.story);
    }
    assert!(state.notices.log.entries().any(|entry| entry.text.contains("c left after round")));
}

#[test]
fn a_member_that_failed_too_often_or_was_excluded_is_away_at_once() {
    let mut state = playing(&runs::faulty());
    for (place, away) in [(0, false), (1, false), (2, true), (3, true)] {
        look(&mut state, place);
        assert_eq!((state.scene.panes[3].away, state.scene.panes[3].activity), (away, Activity::Failed), "round {}", place + 1);
    }
    let mut state = playing(&runs::excluded());
    for (place, away) in [(0, false), (1, true), (2, true)] {
        look(&mut state, place);
        assert_eq!((state.scene.panes[2].away, state.scene.panes[2].activity == Activity::Excluded), (away, away));
    }
    assert!(newest(&state).steered);
}

#[test]
fn who_failed_before_a_rewind_is_away_after_it_too() {
    let records = runs::rewound();
    let mut state = playing(&records);
    let play = &state.answers.session.answers()[0];
    assert_eq!(play.run.tree.leaves().len(), 2);
    assert!(!play.run.member(MemberIndex(3)).is_active());
    for place in 1..newest(&state).rounds.len() {
        look(&mut state, place);
        assert!(state.scene.panes[3].away, "round {}", place + 1);
    }
    look(&mut state, 0);
    assert!(!state.scene.panes[3].away, "in round 1 it took part");
}

#[test]
fn a_rewind_takes_what_was_accepted_out_of_the_transcript() {
    let records = runs::rewound();
    let at = records.iter().position(|record| matches!(record.event, Event::Rewound { .. })).unwrap();
    let mut state = playing(&records[..at]);
    let before = state.answers.transcript.flow().text().to_owned();
    feed(&mut state, &records[at..=at]);
    let after = state.answers.transcript.flow().text().to_owned();
    assert!(before.starts_with(&after) && before.len() > after.len(), "{before:?} {after:?}");
    assert!(after.contains("a 1;") && !after.contains("a 2;"));
    feed(&mut state, &records[at + 1..]);
    assert!(state.answers.transcript.flow().text().ends_with(newest(&state).answer().trim_start()));
}

#[test]
fn the_transcript_is_the_questions_and_the_accepted_text() {
    for (name, records) in runs::all() {
        let state = playing(&records);
        let run = newest(&state);
        let shown = state.answers.transcript.flow().text();
        let question = format!("{}\n", run.header.conversation.prompt());
        let words = |text: &str| text.replace('▎', " ").split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let answer = shown.strip_prefix(&question).unwrap_or_else(|| panic!("{name}: {shown}"));
        assert_eq!(words(answer), words(&run.answer()), "{name}");
    }
}

#[test]
fn a_choice_by_hand_is_shown_as_such_everywhere() {
    let mut state = playing(&runs::overridden());
    look(&mut state, 0);
    let table = &state.scene.table;
    assert!(row(table, 1).accepted && row(table, 1).rank != Some(1), "not what the ranking put first");
    assert!(state.scene.status.as_ref().unwrap().items.iter().any(|item| item.strong && item.text.contains("steered")));
    press(&mut state, "e");
    let words: String = state.scene.overlay.iter().flatten().map(|(_, text)| text.as_str()).collect();
    assert!(words.contains("person"), "{words}");
}

#[test]
fn a_readmitted_member_is_present_in_the_next_round() {
    let mut state = playing(&runs::steered());
    let play = &state.answers.session.answers()[0];
    let departure = &play.run.departures()[0];
    let returned = departure.returned.unwrap();
    assert_eq!(departure.member, MemberIndex(2));
    for (place, round) in play.run.rounds.clone().iter().enumerate() {
        look(&mut state, place);
        let gone = (departure_round(&state)..=returned).contains(&round.number);
        assert_eq!(state.scene.panes[2].away, gone, "round {}", round.number);
    }
}

fn departure_round(state: &Screen) -> usize {
    state.answers.session.answers()[0].run.departures()[0].round
}

#[test]
fn an_open_round_shows_what_each_member_is_doing() {
    let state = support::answering(160, 50);
    let round = newest(&state).open_round().unwrap();
    assert!(state.scene.panes.iter().all(|pane| match round.draft(pane.member) {
        Some(DraftState::Open(_)) => pane.activity == Activity::Drafting,
        Some(DraftState::Finished(_)) | None => matches!(pane.activity, Activity::Scoring | Activity::Waiting),
        Some(DraftState::Failed(_)) => pane.activity == Activity::Failed,
    }));
    assert!(state.scene.panes.iter().any(|pane| pane.activity == Activity::Drafting));
    assert_eq!((state.answers.run_state(), state.is_busy()), (RunState::Answering, true));
}

#[test]
fn what_was_decided_stays_in_sight_until_something_of_the_next_round_comes() {
    let next = answer().iter().position(|record| record.round == 2).unwrap();
    let mut state = support::asked(120, 40, &answer()[..=next]);
    assert!(matches!(answer()[next].event, Event::RoundStarted { .. }));
    assert_eq!((state.shown(), state.scene.table.number, state.looking.round), ((0, Some(0)), 1, None));
    assert!(state.scene.panes.iter().any(|pane| pane.activity == Activity::Won));
    let token = answer()[next..].iter().position(|record| matches!(record.event, Event::Token { .. })).unwrap();
    feed(&mut state, &answer()[next + 1..=next + token]);
    state.prepare();
    // The drafts are the next round's; until it has a vote the ranking is that of the last.
    let before = |state: &Screen| (state.scene.table.number, state.scene.table.is_of_the_round_before);
    assert_eq!((state.shown(), before(&state)), ((0, Some(1)), (1, true)));
    let is_vote = |record: &Record| record.round == 2 && matches!(record.event, Event::Score { .. });
    let vote = answer().iter().position(is_vote).unwrap();
    feed(&mut state, &answer()[next + token + 1..=vote]);
    state.prepare();
    assert_eq!((state.shown(), before(&state)), ((0, Some(1)), (2, false)));
}

#[test]
fn scores_fill_the_table_as_they_arrive() {
    let records = runs::learning();
    let mut state = playing(&[]);
    let mut open = Vec::new();
    for record in records.iter().take_while(|record| !matches!(record.event, Event::Ranked(_))) {
        feed(&mut state, std::slice::from_ref(record));
        state.prepare();
        let cells = state.scene.table.rows.iter().flat_map(|row| &row.cells);
        open.push(cells.filter(|cell| **cell == Cell::Open).count());
    }
    assert!(open.iter().any(|count| *count > 0) && open.last() == Some(&0), "{open:?}");
}

#[test]
fn how_a_run_ended_is_said() {
    let ends = [
        (runs::unanimous(), RunState::Answered),
        (runs::stopped_at_once(), RunState::Stopped),
        (runs::failed(), RunState::Failed),
    ];
    for (records, expected) in ends {
        let state = playing(&records);
        assert_eq!((state.answers.run_state(), state.is_busy()), (expected, false));
    }
    let state = playing(&runs::failed());
    assert!(state.notices.log.entries().any(|entry| entry.level == Level::Error && entry.text.contains("gone for good")));
}

#[test]
fn a_trace_that_is_not_complete_is_told() {
    let mut state = support::answered(120, 40);
    state.update(Message::RunEnded(Some("disk full".to_owned())));
    assert!(state.state.notices.notice.is_some_and(|notice| notice.level == Level::Warning && notice.text.contains("disk full")));
}
