//! What a frame costs, and that its cost does not grow with the text.

use std::time::Instant;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use specfuse::engine::fusion::event::{Event, Record};
use specfuse::playground::state::{Look, Message, Screen};
use specfuse::playground::view;
use specfuse::playground::view::theme::Theme;

use crate::load::{self, SIZE};
use crate::recording;
use crate::table::{Figures, Table, tell};

const MEMBERS: usize = 8;
/// As many as the built-in ensemble and the strips of the screen are made for.
const MANY: usize = 16;
/// Words of a round's segment.
const SEGMENT: usize = 10;
const SHORT: usize = 200;
/// Enough for the timeline and the chart to be as full as they get.
const FULL: usize = 2_000;
const LONG: usize = 20_000;
const FRAMES: usize = 600;
const PASSES: usize = 3;
/// Rounds beyond the text, whose events are the changes.
const CHANGES: usize = 12;

/// A screen with a text of this many words, and the events that come next.
struct Drawn {
    state: Screen,
    terminal: Terminal<TestBackend>,
    next: std::vec::IntoIter<Record>,
    times: Vec<f64>,
}

impl Drawn {
    fn new(members: usize, records: &[Record], words: usize) -> Self {
        let seats: Vec<_> = (0..members).map(recording::talker).collect();
        let mut state = Screen::new(load::options(&seats, recording::params(1)), SIZE.0, SIZE.1);
        let is_last = |record: &Record| record.round == words / SEGMENT && matches!(record.event, Event::Accepted { .. });
        let known = records.iter().position(is_last).expect("that many rounds") + 1;
        for record in &records[..known] {
            state.update(Message::Record(record.clone()));
        }
        let next: Vec<Record> = records[known..].to_vec();
        let terminal = Terminal::new(TestBackend::new(SIZE.0, SIZE.1)).expect("a screen");
        Self { state, terminal, next: next.into_iter(), times: Vec::new() }
    }

    /// Applies one event and draws.
    fn frame(&mut self, theme: &Theme) {
        let message = Message::Record(self.next.next().expect("enough events"));
        let start = Instant::now();
        self.state.update(message);
        self.state.prepare();
        self.terminal.draw(|frame| view::draw(frame, &self.state, theme)).expect("a frame");
        self.times.push(start.elapsed().as_secs_f64() * 1e3);
    }
}

/// The milliseconds of each frame, on all screens: at the end of a text, from short to long, the same while an early round is
/// selected, and at the end of a long text of many members. The screens take turns, so that other work on the machine affects all
/// equally.
fn times(records: &[Record], of_many: &[Record]) -> Vec<Vec<f64>> {
    let of_some = [SHORT, FULL, LONG, SHORT, LONG].map(|words| Drawn::new(MEMBERS, records, words));
    let [short, full, long, mut early, mut long_early] = of_some;
    for screen in [&mut early, &mut long_early] {
        screen.state.state.looking.round = Some(Look { answer: 0, round: 3 });
    }
    let mut screens = vec![short, full, long, early, long_early, Drawn::new(MANY, of_many, LONG)];
    let theme = load::theme();
    for _ in 0..FRAMES {
        for screen in &mut screens {
            screen.frame(&theme);
        }
    }
    screens.into_iter().map(|screen| screen.times).collect()
}

/// One event, one frame. Each frame's time is the minimum of several passes over the same events: the time of the frame itself,
/// without other work of the machine.
pub fn measure(table: &mut Table) {
    let [records, of_many] = [MEMBERS, MANY].map(|members| {
        let mut records = Vec::new();
        recording::play(members, LONG / SEGMENT + CHANGES, None, |record| records.push(record));
        records
    });
    let mut least = times(&records, &of_many);
    for _ in 1..PASSES {
        for (least, times) in least.iter_mut().zip(times(&records, &of_many)) {
            least.iter_mut().zip(times).for_each(|(least, time)| *least = least.min(time));
        }
    }
    let names = [
        "short text",
        "text that fills the screen",
        "long text",
        "short text, early round",
        "long text, early round",
        "long text, 16 members",
    ];
    let mut medians = Vec::new();
    for (name, times) in names.into_iter().zip(least) {
        // It draws every cell and wraps the whole text.
        tell(&format!("{name}: first frame"), times[0], "ms");
        let figures = Figures::new(times[1..].to_vec());
        tell(&format!("{name}: quickest of {} frames", figures.len()), figures.least(), "ms");
        table.at_most(&format!("{name}: median"), figures.median(), "ms", 2.0);
        table.at_most(&format!("{name}: worst"), figures.worst(), "ms", 8.0);
        medians.push(figures.median());
    }
    table.at_most("long to short: ratio of medians", medians[2] / medians[0], "", 1.2);
    table.at_most("long to one that fills the screen: ratio of medians", medians[2] / medians[1], "", 1.2);
    table.at_most("long to short, early round: ratio of medians", medians[4] / medians[3], "", 1.2);
}
