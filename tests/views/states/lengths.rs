//! The question at three lengths of segments: before the start, while the runs continue, when they are over, in every way.

use std::path::PathBuf;

use specfuse::engine::fusion::conversation::Conversation;
use specfuse::engine::fusion::event::{Event, Record};
use specfuse::playground::state::lengths::RunNews;
use specfuse::playground::state::{Message, Screen};

use super::{Size, State, after, pressed, recorded, told};
use crate::runs;
use crate::support;

pub fn states() -> Vec<State> {
    vec![
        State::new("lengths-of-nothing", |size| pressed(super::ready(size), "D")).over("keys"),
        State::new("lengths-offered", |size| pressed(after(size, recorded()), "D")).over("answered"),
        State::new("lengths-offered-meanwhile", |size| pressed(after(size, &super::under_way()), "D")).over("under-way"),
        State::new("lengths-without-models", without_models),
        State::new("lengths-waiting", started).over("answered"),
        State::new("lengths-going", going).over("answered"),
        State::new("lengths-done", done).over("answered"),
        State::new("lengths-done-elsewhere", |size| over(over(pressed(over(started(size), 0), "esc"), 1), 2)).over("answered"),
        State::new("lengths-kept", |size| pressed(done(size), "right right enter")).over("answered"),
        State::new("lengths-opened", |size| {
            let message = Message::Opened { file: "0001-0000.trace.jsonl".to_owned(), warning: None };
            let mut screen = told(done(size), message);
            let records: Vec<Record> = runs::at_three_lengths()[2].iter().map(timed).collect();
            support::feed(&mut screen, &records);
            screen
        }),
        State::new("lengths-stopped", |size| pressed(going(size), "x")).over("answered"),
        State::new("lengths-leaving", |size| pressed(going(size), "esc q")).over("answered"),
        State::new("lengths-failed", |size| {
            let failed = RunNews::Failed("http://192.168.10.20:8080: connection refused".to_owned());
            over(told(over(started(size), 0), Message::Lengths(1, failed)), 2)
        })
        .over("answered"),
        State::new("lengths-of-another-question", |size| {
            let mut started = recorded()[0].clone();
            if let Event::RunStarted(header) = &mut started.event {
                header.conversation = Conversation::question("What is the capital of France?");
            }
            told(done(size), Message::Record(started))
        })
        .over("answered"),
    ]
}

/// A recording is replayed where no model takes part.
fn without_models((width, height): Size) -> Screen {
    let mut screen = Screen::new(support::options(&[]), width, height);
    screen.update(Message::Opened { file: "0001-0000.trace.jsonl".to_owned(), warning: None });
    support::feed(&mut screen, recorded());
    pressed(screen, "D")
}

fn started(size: Size) -> Screen {
    pressed(after(size, recorded()), "D s")
}

/// The same however long it took.
fn timed(record: &Record) -> Record {
    let mut record = Record { t_ms: 40.0 * record.round as f64, ..record.clone() };
    if let Event::RunFinished(finished) = &mut record.event {
        finished.summary.elapsed_ms = record.t_ms;
    }
    record
}

/// So many rounds of a run happen, at a pace that is the same on every machine; right answers are known.
fn part(mut screen: Screen, column: usize, rounds: usize) -> Screen {
    for record in runs::at_three_lengths()[column].iter().filter(|record| record.round <= rounds) {
        let mut record = timed(record);
        if let Event::RunStarted(header) = &mut record.event {
            header.answers = ["Tokyo", "75", "cowardly"].map(str::to_owned).into();
        }
        screen.update(Message::Lengths(column, RunNews::Record(record)));
    }
    screen
}

/// A run happens to its end.
fn over(screen: Screen, column: usize) -> Screen {
    let trace = Some(PathBuf::from(format!("{column}.jsonl")));
    let ended = Message::Lengths(column, RunNews::Ended { trace, incomplete: None });
    told(part(screen, column, usize::MAX), ended)
}

/// The first is over, the second is under way, the third waits.
fn going(size: Size) -> Screen {
    part(over(started(size), 0), 1, 2)
}

fn done(size: Size) -> Screen {
    (0..3).fold(started(size), over)
}
