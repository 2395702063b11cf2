//! What the keys for looking around do.

use specfuse::engine::fusion::MemberIndex;
use specfuse::playground::state::layout::Part;
use specfuse::playground::state::pages::Page;
use specfuse::playground::state::scene::draft::Shading;
use specfuse::playground::state::transcript::Transcript;
use specfuse::playground::state::{Look, Screen};

use super::super::support::{self, feed, press};
use super::Pressed;

pub(super) fn at_the_first_round() -> Screen {
    let mut state = support::answered(120, 40);
    while state.looking.round.is_none_or(|look| look.round > 0) {
        press(&mut state, "[");
    }
    state
}

pub(super) fn with_everything_open() -> Screen {
    let mut state = at_the_first_round();
    press(&mut state, "z");
    press(&mut state, "e");
    state
}

pub(super) fn nine_members() -> Screen {
    let mut state = Screen::new(support::options(&support::crowd(9)), 120, 40);
    state.state.writing.active = false;
    state.prepare();
    state
}

/// A transcript of several pages.
pub(super) fn long() -> Screen {
    let mut state = Screen::new(support::options(&support::crowd(1)), 120, 40);
    state.state.writing.active = false;
    feed(&mut state, &support::long_run(150));
    state.prepare();
    assert!(state.answers.transcript.flow().lines() > 4 * state.answers.transcript.height());
    state
}

pub(super) fn long_at_the_top() -> Screen {
    let mut state = long();
    state.state.answers.transcript.to_top();
    state.prepare();
    state
}

fn rounds(state: &Screen) -> usize {
    state.answers.session.answers()[0].run.rounds.len()
}

pub(super) fn previous_round(pressed: Pressed) {
    let before = rounds(pressed.before);
    assert_eq!((pressed.before.looking.round, pressed.after.looking.round), (None, Some(Look { answer: 0, round: before - 1 })));
    assert_eq!(pressed.after.scene.table.number, before, "behind the closing card is the last round");
}

pub(super) fn next_round(pressed: Pressed) {
    let mut after = pressed.after;
    assert_eq!(
        (pressed.before.looking.round, after.looking.round),
        (Some(Look { answer: 0, round: 0 }), Some(Look { answer: 0, round: 1 }))
    );
    assert_eq!(after.scene.table.number, 2);
    for _ in 0..rounds(&after) {
        press(&mut after, pressed.key);
    }
    assert_eq!(after.looking.round, None, "the newest round is looked at by looking at none");
}

pub(super) fn back(pressed: Pressed) {
    let mut after = pressed.after;
    assert!(
        pressed.before.looking.overlay.is_some()
            && after.looking.overlay.is_none()
            && after.looking.zoomed
            && after.looking.round.is_some()
    );
    press(&mut after, pressed.key);
    assert!(!after.looking.zoomed && after.looking.round.is_some());
    press(&mut after, pressed.key);
    assert!(after.looking.round.is_none() && after.answers.transcript.follows());
}

/// The parts that are focused one after another.
fn walk(mut state: Screen, key: &str, times: usize) -> Vec<Part> {
    let step = |_| {
        let focus = state.looking.focus;
        press(&mut state, key);
        focus
    };
    (0..times).map(step).collect()
}

pub(super) fn focus_next(pressed: Pressed) {
    let present = pressed.before.scene.panes.iter().filter(|pane| !pane.away).map(|pane| Part::Pane(pane.member));
    let parts: Vec<Part> = present.chain([Part::Ranking, Part::Transcript]).collect();
    assert_eq!(pressed.before.looking.focus, Part::Transcript);
    assert_eq!(walk(pressed.after, pressed.key, parts.len()), parts);
}

pub(super) fn focus_previous(pressed: Pressed) {
    let parts = pressed.before.scene.panes.iter().filter(|pane| !pane.away).count() + 2;
    let mut forwards = walk(pressed.before.clone(), "tab", parts + 1);
    forwards.reverse();
    assert_eq!(walk(pressed.after, pressed.key, parts), forwards[1..]);
}

pub(super) fn pane(pressed: Pressed) {
    let number: usize = pressed.key.parse().unwrap();
    let member = MemberIndex(number - 1);
    assert_eq!(pressed.action.entry().name, format!("pane-{number}"));
    assert_eq!(pressed.after.looking.focus, Part::Pane(member));
    let layout = pressed.after.scene.layout.as_ref().unwrap();
    assert!(layout.panes.iter().any(|(shown, _)| *shown == member), "the pane is in sight");
}

pub(super) fn zoom(pressed: Pressed) {
    let mut after = pressed.after;
    let layout = after.scene.layout.clone().unwrap();
    assert_eq!((layout.transcript, layout.ranking, layout.panes.as_slice()), (Some(layout.body), None, [].as_slice()));
    press(&mut after, pressed.key);
    assert_eq!(after.scene.layout, pressed.before.scene.layout, "taken back");
}

/// Every vote in numbers, over the whole screen, and back.
pub(super) fn votes(pressed: Pressed) {
    let mut after = pressed.after;
    let layout = after.scene.layout.clone().unwrap();
    assert_eq!((layout.ranking, layout.transcript), (Some(layout.body), None));
    press(&mut after, pressed.key);
    assert_eq!(after.scene.layout, pressed.before.scene.layout, "taken back");
}

/// By how many lines the transcript moved.
fn moved(pressed: &Pressed) -> isize {
    let top = |transcript: &Transcript| transcript.top().cast_signed();
    top(&pressed.after.answers.transcript) - top(&pressed.before.answers.transcript)
}

fn page(pressed: &Pressed) -> isize {
    pressed.before.answers.transcript.height().cast_signed() - 1
}

pub(super) fn scroll_up(pressed: Pressed) {
    assert_eq!(moved(&pressed), -1);
    assert!(!pressed.after.answers.transcript.follows());
}

pub(super) fn scroll_down(pressed: Pressed) {
    assert_eq!(moved(&pressed), 1);
}

pub(super) fn half_page_up(pressed: Pressed) {
    assert_eq!(moved(&pressed), -(page(&pressed) / 2));
}

pub(super) fn half_page_down(pressed: Pressed) {
    assert_eq!(moved(&pressed), page(&pressed) / 2);
}

pub(super) fn page_up(pressed: Pressed) {
    assert_eq!(moved(&pressed), -page(&pressed));
}

pub(super) fn page_down(pressed: Pressed) {
    assert_eq!(moved(&pressed), page(&pressed));
}

pub(super) fn top(pressed: Pressed) {
    assert!(pressed.before.answers.transcript.top() > 0 && pressed.after.answers.transcript.top() == 0);
    assert!(!pressed.after.answers.transcript.follows());
}

pub(super) fn end(pressed: Pressed) {
    assert!(!pressed.before.answers.transcript.follows() && pressed.after.answers.transcript.follows());
    let transcript = &pressed.after.answers.transcript;
    assert_eq!(transcript.top(), transcript.flow().lines() - transcript.height());
}

pub(super) fn heat(pressed: Pressed) {
    let mut after = pressed.after;
    let mut seen = vec![after.settings.shading];
    for _ in 0..2 {
        press(&mut after, pressed.key);
        seen.push(after.settings.shading);
    }
    assert_eq!(pressed.before.settings.shading, Shading::Probability);
    assert_eq!(seen, [Shading::Disagreement, Shading::Off, Shading::Probability]);
}

pub(super) fn provenance(pressed: Pressed) {
    assert!(pressed.before.settings.authors && !pressed.after.settings.authors);
    let (with, without) = (support::frame(&mut pressed.before.clone()), support::frame(&mut pressed.after.clone()));
    assert_ne!(with, without);
    let mut after = pressed.after;
    press(&mut after, pressed.key);
    assert!(after.settings.authors);
}

/// The key opens a page, then those that follow it, then none; each shows something.
fn pages(pressed: Pressed, expected: &[Page]) {
    let mut after = pressed.after;
    for page in expected {
        assert_eq!(after.looking.page(), Some(*page));
        assert_eq!(after.scene.overlay.is_empty(), !page.view().body.scrolls());
        press(&mut after, pressed.key);
    }
    assert_eq!(after.looking.overlay, None);
}

pub(super) fn why(pressed: Pressed) {
    pages(pressed, &[Page::Why]);
}

pub(super) fn chart(pressed: Pressed) {
    assert!(!pressed.after.scene.chart.columns.is_empty());
    let mut weighed = pressed.after.clone();
    press(&mut weighed, pressed.key);
    let weights = weighed.scene.chart.columns.iter().flat_map(|column| &column.points);
    assert!(weights.clone().count() > 0 && weights.clone().all(|(_, weight)| *weight > 0.0));
    pages(pressed, &[Page::Retention, Page::Weights]);
}

pub(super) fn single(pressed: Pressed) {
    let words: String = pressed.after.scene.overlay.iter().flatten().map(|(_, text)| text.as_str()).collect();
    let rounds = rounds(&pressed.after);
    assert!(words.contains("accepted") && pressed.after.scene.overlay.len() > rounds, "{words}");
    pages(pressed, &[Page::Single]);
}

/// First the round, then the run, then closed.
pub(super) fn waterfall(pressed: Pressed) {
    pages(pressed, &[Page::RoundTime, Page::RunTime]);
}

pub(super) fn log(pressed: Pressed) {
    pages(pressed, &[Page::Log]);
}

pub(super) fn present(pressed: Pressed) {
    assert!(pressed.before.presenting.is_none() && pressed.after.presenting.is_some());
    let mut after = pressed.after;
    after.prepare();
    assert!(after.scene.layout.as_ref().unwrap().ranking.is_none() && !after.scene.presented.is_empty());
    press(&mut after, pressed.key);
    after.prepare();
    assert!(after.presenting.is_none() && after.scene.presented.is_empty());
}
