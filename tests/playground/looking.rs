//! Going through rounds, the reader's place, the focus, panes that do not all fit.

use std::collections::BTreeSet;

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use specfuse::engine::fusion::MemberIndex;
use specfuse::engine::fusion::conversation::{Conversation, Role, Turn};
use specfuse::engine::fusion::event::{Event, Record, Thought};
use specfuse::engine::member::scripted::ScriptedMember;
use specfuse::playground::state::layout::Part;
use specfuse::playground::state::transcript::Span;
use specfuse::playground::state::{Effect, Message, Screen};

use super::runs;
use super::support::{self, feed, newest, press, scripted_run, seat};

/// A member that has nothing to do with those of the ensemble, asked something else.
fn another(rounds: usize) -> Vec<Record> {
    scripted_run(vec![seat("only", runs::counting("only", rounds, -0.1))], &[], Vec::new())
}

fn shown(state: &Screen) -> (usize, usize) {
    (state.shown().0, state.scene.table.number)
}

#[test]
fn rounds_are_gone_through_across_answers_and_everything_shows_the_round_looked_at() {
    let mut state = support::answered(160, 50);
    let first = newest(&state).rounds.len();
    feed(&mut state, &another(3));
    let all: Vec<(usize, usize)> = (1..=first).map(|number| (0, number)).chain((1..=3).map(|number| (1, number))).collect();
    let mut backwards = vec![];
    // The closing card first.
    for _ in 0..=all.len() {
        state.prepare();
        backwards.push(shown(&state));
        check_shown(&state);
        press(&mut state, "[");
    }
    backwards.dedup();
    assert!(state.notices.notice.is_some(), "this is the first");
    backwards.reverse();
    assert_eq!(backwards, all);
    for expected in &all {
        assert_eq!(shown(&state), *expected);
        press(&mut state, "]");
    }
    assert_eq!((state.looking.round, shown(&state)), (None, (1, 3)));
}

/// Panes, table, chart, timeline and transcript are all of the selected round.
fn check_shown(state: &Screen) {
    let (at, round) = state.shown();
    let play = state.answers.session.answer(at);
    let round = &play.run.rounds[round.unwrap()];
    let selected: Vec<usize> = state.scene.timeline.ticks.iter().filter(|tick| tick.selected).map(|tick| tick.number).collect();
    assert_eq!(selected, [round.number]);
    assert_eq!(state.scene.chart.columns.last().unwrap().number, round.number);
    assert_eq!((state.scene.panes.len(), state.scene.texts.len()), (play.labels.len(), play.labels.len()));
    for pane in state.scene.panes.iter().filter(|pane| !pane.away) {
        let Some(draft) = round.finished(pane.member) else { continue };
        let text = state.scene.texts[pane.member.0].flow().text();
        assert!(text.starts_with(draft.draft.text().trim_start_matches(' ')), "{text:?} and {draft:?}");
        assert_eq!(pane.tokens, draft.draft.tokens.len());
    }
    let transcript = &state.answers.transcript;
    let lines = transcript.top()..transcript.top() + transcript.height();
    let spans: Vec<Span> =
        lines.flat_map(|line| transcript.flow().tags_on(line)).filter_map(|tag| transcript.span(tag)).collect();
    let accepted = round.accepted.as_ref().unwrap();
    let segment = Span::Segment { answer: at, round: round.number - 1, author: accepted.author };
    assert!(spans.contains(&segment) || accepted.text.trim().is_empty(), "{segment:?} in {spans:?}");
}

#[test]
fn an_answer_without_rounds_is_passed_over_in_both_directions() {
    let mut state = support::answered(120, 40);
    let first = newest(&state).rounds.len();
    let mut none = another(1);
    none.retain(|record| matches!(record.event, Event::RunStarted(_) | Event::RunFinished(_)));
    feed(&mut state, &none);
    feed(&mut state, &another(1));
    state.prepare();
    press(&mut state, "[ [");
    assert_eq!(shown(&state), (0, first));
    press(&mut state, "]");
    assert_eq!(shown(&state), (2, 1));
    press(&mut state, "]");
    assert_eq!((state.looking.round, shown(&state)), (None, (2, 1)));
}

#[test]
fn an_answer_whose_first_round_is_yet_to_come_is_followed() {
    let mut state = support::answered(120, 40);
    let records = another(3);
    feed(&mut state, &records[..1]);
    press(&mut state, "[");
    assert_eq!(state.shown().0, 0);
    press(&mut state, "]");
    feed(&mut state, &records[1..]);
    state.prepare();
    assert_eq!((state.looking.round, shown(&state)), (None, (1, 3)));
}

#[test]
fn a_round_looked_at_stays_while_others_are_played() {
    let mut state = support::answering(120, 40);
    press(&mut state, "[");
    let looked_at = (state.looking.round, state.scene.table.clone());
    feed(&mut state, support::awaited());
    state.prepare();
    assert_eq!((state.looking.round, state.scene.table.number), (looked_at.0, 1));
    assert_eq!(state.scene.table.rows, looked_at.1.rows);
    press(&mut state, "esc");
    assert_eq!(state.scene.table.number, newest(&state).rounds.len());
}

/// A state with one member, whose transcript is several pages long.
fn long(records: &[Record], width: u16, height: u16) -> Screen {
    let mut state = Screen::new(support::options(&support::crowd(1)), width, height);
    state.state.writing.active = false;
    feed(&mut state, records);
    state.prepare();
    state
}

fn top_text(state: &Screen) -> String {
    let flow = state.answers.transcript.flow();
    flow.line(state.answers.transcript.top()).map(|piece| piece.text.as_str()).collect()
}

#[test]
fn the_transcript_follows_the_end_until_the_reader_scrolls_up() {
    let records = support::long_run(150);
    let half = records.iter().position(|record| record.round == 40).unwrap();
    let mut state = long(&records[..half], 120, 40);
    let bottom = |state: &Screen| state.answers.transcript.flow().lines() - state.answers.transcript.height();
    assert!(state.answers.transcript.follows() && state.answers.transcript.top() == bottom(&state) && bottom(&state) > 0);
    press(&mut state, "up");
    let (top, text) = (state.answers.transcript.top(), top_text(&state));
    for record in &records[half..] {
        feed(&mut state, std::slice::from_ref(record));
        state.prepare();
        assert_eq!((state.answers.transcript.top(), top_text(&state)), (top, text.clone()), "stays put");
    }
    assert!(bottom(&state) > top);
    press(&mut state, "G");
    assert!(state.answers.transcript.follows() && state.answers.transcript.top() == bottom(&state));
    press(&mut state, "up");
    press(&mut state, "down");
    assert!(state.answers.transcript.follows(), "back at the end by scrolling");
}

#[test]
fn another_size_keeps_the_readers_place() {
    let mut state = long(&support::long_run(150), 120, 40);
    state.state.answers.transcript.to_top();
    for _ in 0..20 {
        press(&mut state, "down");
    }
    let sentence = top_text(&state);
    for (width, height) in [(61, 16), (200, 60), (30, 5), (80, 24), (250, 100), (60, 16), (120, 40)].repeat(5) {
        state.update(Message::Resize(width, height));
        state.prepare();
        if state.scene.layout.is_some() {
            let shown = top_text(&state);
            assert!(
                sentence.starts_with(&shown) || shown.starts_with(&sentence),
                "{sentence:?}, but {shown:?} at {width}×{height}"
            );
        }
    }
    assert_eq!(top_text(&state), sentence);
}

/// One long question is one span; its reader's place is in the middle of it.
#[test]
fn another_size_keeps_the_readers_place_in_a_long_question() {
    let lines: Vec<String> = (0..200).map(|number| format!("word{number} and some more words to fill the line")).collect();
    let question = lines.join("\n");
    let turn = |role, content: &str| Turn { role, content: content.to_owned() };
    let conversation = Conversation { turns: vec![turn(Role::User, &question)] };
    let seats = vec![seat("only", ScriptedMember::saying(&["Yes."], -0.1))];
    let mut state = long(&support::run(seats, support::params(&[]), 1, conversation, Vec::new()), 120, 40);
    state.state.answers.transcript.to_top();
    for _ in 0..100 {
        press(&mut state, "down");
    }
    let before = top_text(&state);
    for width in [60, 119, 250, 61, 120] {
        state.update(Message::Resize(width, 40));
        state.prepare();
        let shown = top_text(&state);
        assert!(before.starts_with(&shown) || shown.starts_with(&before), "{before:?}, but {shown:?} at {width}");
    }
    assert_eq!(top_text(&state), before);
}

#[test]
fn who_follows_the_end_does_so_at_every_size() {
    let mut state = long(&support::long_run(150), 120, 40);
    for (width, height) in [(61, 16), (200, 60), (30, 5), (80, 24), (250, 100)] {
        state.update(Message::Resize(width, height));
        state.prepare();
        let transcript = &state.answers.transcript;
        assert!(transcript.follows());
        assert_eq!(transcript.top(), transcript.flow().lines().saturating_sub(transcript.height()));
    }
}

#[test]
fn the_focus_passes_over_members_that_are_away() {
    let mut state = support::state(160, 50);
    state.state.writing.active = false;
    feed(&mut state, &runs::excluded());
    state.prepare();
    let mut seen = Vec::new();
    for _ in 0..8 {
        press(&mut state, "tab");
        seen.push(state.looking.focus);
    }
    assert!(seen.contains(&Part::Pane(MemberIndex(1))) && !seen.contains(&Part::Pane(MemberIndex(2))), "{seen:?}");
    let before = state.looking.focus;
    press(&mut state, "3");
    assert_eq!(state.looking.focus, before, "nor can it be chosen");
    assert!(state.notices.notice.as_ref().is_some_and(|notice| notice.text.contains("away")));
    press(&mut state, "9");
    assert_eq!(state.looking.focus, before);
    for _ in 0..newest(&state).rounds.len() {
        press(&mut state, "[");
    }
    press(&mut state, "3");
    assert_eq!(state.looking.focus, Part::Pane(MemberIndex(2)), "in round 1 it was there");
}

#[test]
fn every_pane_of_sixteen_can_be_reached_at_every_size() {
    for (width, height) in [(60, 16), (80, 24), (120, 40), (200, 60), (250, 100)] {
        let mut state = Screen::new(support::options(&support::crowd(16)), width, height);
        state.state.writing.active = false;
        state.prepare();
        let mut pages = BTreeSet::new();
        for _ in 0..18 {
            press(&mut state, "tab");
            let layout = state.scene.layout.as_ref().unwrap();
            pages.insert(layout.page.0);
            if let Part::Pane(member) = state.looking.focus {
                assert!(layout.panes.iter().any(|(shown, _)| *shown == member), "{member:?} at {width}×{height}");
            }
        }
        assert_eq!(pages.len(), state.scene.layout.as_ref().unwrap().page.1);
    }
}

/// The next run may have fewer members than the one whose pane has the whole screen.
#[test]
fn a_zoomed_pane_of_a_member_that_the_next_run_does_not_have_is_let_go() {
    let mut state = Screen::new(support::options(&support::crowd(9)), 120, 40);
    state.state.writing.active = false;
    press(&mut state, "9");
    press(&mut state, "z");
    state.update(Message::Opened { file: "x".to_owned(), warning: None });
    feed(&mut state, &another(2));
    let screen = support::screen(&mut state);
    assert!(screen.contains("only 2;"), "{screen}");
}

#[test]
fn half_a_page_of_a_single_line_is_a_line() {
    let mut state = Screen::new(support::options(&support::crowd(1)), 60, 16);
    state.state.writing.active = false;
    let long = "many words ".repeat(60);
    feed(
        &mut state,
        &scripted_run(vec![seat("only", ScriptedMember::saying(&[&long], -0.1))], &[("segment-tokens", "64")], Vec::new()),
    );
    press(&mut state, "1");
    assert_eq!(state.looking.pane_top(MemberIndex(0)), 0);
    press(&mut state, "ctrl+d");
    assert_eq!(state.looking.pane_top(MemberIndex(0)), 1);
}

fn mouse(kind: MouseEventKind, column: u16, row: u16) -> Message {
    Message::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE })
}

#[test]
fn the_mouse_scrolls_what_is_under_it_and_focuses_what_it_clicks() {
    let mut state = long(&support::long_run(150), 120, 40);
    press(&mut state, "[");
    let layout = state.scene.layout.clone().unwrap();
    let (text, top) = (layout.transcript_text().unwrap(), state.answers.transcript.top());
    state.update(mouse(MouseEventKind::ScrollUp, text.x, text.y));
    assert_eq!(state.answers.transcript.top(), top - 3);
    let (member, pane) = layout.panes[0];
    state.update(mouse(MouseEventKind::Down(MouseButton::Left), pane.x + 1, pane.y + 1));
    assert_eq!((state.looking.focus, state.writing.active), (Part::Pane(member), false));
    state.update(mouse(MouseEventKind::Down(MouseButton::Left), layout.prompt.x + 1, layout.prompt.y));
    assert!(state.writing.active);
    state.update(mouse(MouseEventKind::Down(MouseButton::Left), text.x, text.y + 2));
    let look = state.looking.round.unwrap();
    assert_eq!(state.answers.transcript.round_at(2, 0), Some((look.answer, look.round)), "a click looks at the round under it");
    state.update(mouse(MouseEventKind::Down(MouseButton::Left), layout.timeline.x + 8, layout.timeline.y));
    assert_eq!(state.looking.round.map(|look| look.round), Some(state.scene.timeline.ticks[0].place));
    let before = state.looking.round;
    state.update(mouse(MouseEventKind::Down(MouseButton::Left), layout.timeline.x, layout.timeline.y));
    assert_eq!(state.looking.round, before, "the timeline's heading is no round");
}

#[test]
fn a_click_on_the_timeline_looks_at_the_round_under_it() {
    // 120 columns hold the head, a mark behind, and 55 rounds of two columns each.
    for (records, back, first, rounds) in [(20, 0, 0, 20), (150, 0, 95, 55), (150, 100, 23, 55)] {
        let mut state = long(&support::long_run(records), 120, 40);
        for _ in 0..back {
            press(&mut state, "[");
        }
        state.prepare();
        let timeline = state.scene.layout.as_ref().unwrap().timeline;
        let looked_at = state.looking.round;
        for column in 0..rounds * 2 {
            state.state.looking.round = looked_at;
            state.prepare();
            state.update(mouse(MouseEventKind::Down(MouseButton::Left), timeline.x + 8 + column, timeline.y + column % 2));
            let round = state.looking.round.map_or(records - 1, |look| look.round);
            assert_eq!(round, first + usize::from(column) / 2, "{records} rounds, {back} back, column {column}");
        }
        for beyond in [timeline.x + 7, timeline.x + 8 + rounds * 2] {
            state.state.looking.round = looked_at;
            state.prepare();
            state.update(mouse(MouseEventKind::Down(MouseButton::Left), beyond, timeline.y));
            assert_eq!(state.looking.round, looked_at, "there is no round at {beyond}");
        }
    }
}

#[test]
fn the_wheel_turns_three_lines_each_way_in_text_and_in_words() {
    let mut state = long(&support::long_run(150), 120, 40);
    let text = state.scene.layout.as_ref().unwrap().transcript_text().unwrap();
    let last = state.answers.transcript.top();
    let mut turned = |kind| {
        state.update(mouse(kind, text.x, text.y));
        last - state.answers.transcript.top()
    };
    assert_eq!([turned(MouseEventKind::ScrollUp), turned(MouseEventKind::ScrollUp)], [3, 6]);
    assert_eq!([turned(MouseEventKind::ScrollDown), turned(MouseEventKind::ScrollUp)], [3, 6]);
    press(&mut state, "?");
    state.prepare();
    let mut turned = |kind| {
        state.update(mouse(kind, text.x, text.y));
        state.prepare();
        state.looking.overlay.as_ref().and_then(specfuse::playground::state::overlay::Overlay::scroll).unwrap().top
    };
    assert_eq!([turned(MouseEventKind::ScrollDown), turned(MouseEventKind::ScrollDown)], [3, 6]);
    assert_eq!(turned(MouseEventKind::ScrollUp), 3);
}

#[test]
fn of_several_segments_on_a_line_the_one_that_is_clicked_is_looked_at() {
    let mut state = support::asked(120, 40, &another(3));
    let text = state.scene.layout.as_ref().and_then(specfuse::playground::state::layout::Layout::transcript_text).unwrap();
    let line = (0..state.answers.transcript.flow().lines())
        .find(|line| state.answers.transcript.flow().tags_on(*line).count() > 1)
        .unwrap();
    let row = text.y + (line - state.answers.transcript.top()) as u16;
    let first = state.answers.transcript.flow().line(line).next().unwrap().text.chars().count() as u16;
    let mut round_at = |column: u16| {
        state.update(mouse(MouseEventKind::Down(MouseButton::Left), text.x + column, row));
        state.looking.round.map(|look| look.round)
    };
    assert_eq!(
        [round_at(0), round_at(first - 1), round_at(first), round_at(text.width - 1)],
        [Some(0), Some(0), Some(1), Some(2)]
    );
}

#[test]
fn a_text_that_fits_is_followed_whatever_is_turned() {
    let mut state = support::answered(120, 40);
    press(&mut state, "k");
    assert!(state.answers.transcript.follows());
}

#[test]
fn a_thought_is_a_line_below_its_draft_and_all_of_it_in_a_pane_of_its_own() {
    let mut records = another(2);
    for record in &mut records {
        if let Event::DraftFinished(draft) = &mut record.event {
            let text = "It may be one.\n\u{1b}[31mIt may be two: one.".to_owned();
            draft.thought = Thought { characters: text.chars().count(), text };
        }
    }
    let json = serde_json::to_string(&records).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Record>>(&json).unwrap(), records, "a trace keeps it");
    let mut state = Screen::new(support::options(&[]), 120, 40);
    state.state.writing.active = false;
    feed(&mut state, &records);
    state.prepare();
    let shown = |state: &Screen| state.scene.texts[0].flow().text().to_owned();
    let folded = shown(&state);
    assert!(folded.contains("[thought: ") && folded.contains("It may be two: one.\"]"), "{folded:?}");
    assert!(!folded.contains('\u{1b}') && folded.lines().count() <= 4, "{folded:?}");
    state.state.looking.focus = Part::Pane(MemberIndex(0));
    press(&mut state, "z");
    let unfolded = shown(&state);
    assert!(unfolded.contains("]\nIt may be one.\n"), "{unfolded:?}");
    press(&mut state, "z");
    assert_eq!(shown(&state), folded);
}

/// A click in the middle of a place.
fn click(state: &mut Screen, x: u16, y: u16) -> Vec<Effect> {
    state.prepare();
    let effects = state.update(mouse(MouseEventKind::Down(MouseButton::Left), x, y));
    state.prepare();
    effects
}

/// Where a text stands on the screen.
fn found(state: &mut Screen, text: &str) -> (u16, u16) {
    let screen = support::screen(state);
    let (row, line) =
        screen.lines().enumerate().find(|(_, line)| line.contains(text)).unwrap_or_else(|| panic!("{text}:\n{screen}"));
    let column = line.split(text).next().unwrap().chars().count();
    (column as u16, row as u16)
}

#[test]
fn a_click_on_a_row_of_the_ranking_focuses_its_member() {
    // Below 100 columns the drafts are the ranking.
    for size in [(120, 40), (200, 60)] {
        let mut state = support::asked(size.0, size.1, &support::recorded());
        press(&mut state, "esc [");
        let rows: Vec<MemberIndex> = state.scene.table.rows.iter().map(|row| row.member).collect();
        let place = state.scene.layout.as_ref().unwrap().ranking.unwrap();
        let mut seen = BTreeSet::new();
        for y in place.y..place.y + place.height {
            state.state.looking.focus = Part::Transcript;
            click(&mut state, place.x + 4, y);
            if let Part::Pane(member) = state.looking.focus {
                seen.insert(member.0);
            }
        }
        let away = state.looking.laid.panes.iter().filter(|pane| pane.away.is_some()).count();
        assert_eq!(seen.len(), rows.len() - away, "{size:?}");
    }
}

#[test]
fn a_click_on_a_hint_does_what_its_key_does() {
    let mut state = support::answered(120, 40);
    let (x, y) = found(&mut state, " e why");
    click(&mut state, x + 4, y);
    assert_eq!(state.looking.page(), Some(specfuse::playground::state::pages::Page::Why));
    let (x, y) = found(&mut state, " esc back");
    click(&mut state, x + 1, y);
    assert!(state.looking.overlay.is_none());
    let mut waiting = support::answered(120, 40);
    press(&mut waiting, "y");
    let (x, y) = found(&mut waiting, " y y answer");
    assert!(matches!(&click(&mut waiting, x + 5, y)[..], [Effect::Copy(_)]));
    assert!(waiting.pressed.pending.is_empty());
}

#[test]
fn a_click_on_an_entry_of_a_list_chooses_it_and_the_wheel_moves_the_mark() {
    let mut state = support::answered(120, 40);
    press(&mut state, "T");
    state.update(mouse(MouseEventKind::ScrollUp, 60, 20));
    assert_eq!(support::list(&state).selected(), 0);
    let (x, y) = found(&mut state, "mono");
    assert!(click(&mut state, x + 1, y).contains(&Effect::UseTheme("mono".to_owned())));
    assert!(state.looking.overlay.is_none());
    press(&mut state, "T");
    let popup = state.scene.popup;
    for (x, y) in [(popup.x + 3, popup.y + 1), (popup.x + 3, popup.bottom() - 1), (0, 0)] {
        assert_eq!(click(&mut state, x, y), [], "nothing is chosen at {x} {y}");
        assert!(state.looking.overlay.is_some());
    }
}

#[test]
fn the_wheel_over_the_timeline_goes_from_round_to_round_and_a_click_on_the_chart_looks_at_one() {
    let mut state = support::asked(120, 40, &support::recorded());
    let layout = state.scene.layout.clone().unwrap();
    state.update(mouse(MouseEventKind::ScrollUp, layout.timeline.x + 20, layout.timeline.y));
    let back = state.looking.round.unwrap().round;
    state.update(mouse(MouseEventKind::ScrollDown, layout.timeline.x + 20, layout.timeline.y));
    assert_eq!(state.looking.round, None);
    assert!(back > 0);
    state.prepare();
    if let Some(first) = state.looking.laid.chart.first().cloned() {
        let chart = layout.chart.unwrap();
        click(&mut state, first.columns.start, chart.y + 1);
        assert_eq!(state.looking.round.map(|look| look.round), Some(first.round));
    }
}

#[test]
fn a_click_on_the_page_of_the_chart_looks_at_the_round_under_it() {
    for size in [(80, 24), (120, 40)] {
        let mut state = support::asked(size.0, size.1, &support::recorded());
        press(&mut state, "esc c");
        state.prepare();
        let laid = state.looking.laid.clone();
        assert!(laid.chart.len() > 1 && laid.popup.intersection(laid.chart_place) == laid.chart_place, "{laid:?}");
        let first = laid.chart[0].clone();
        for x in first.columns.clone() {
            press(&mut state, "esc c");
            click(&mut state, x, laid.chart_place.y);
            assert_eq!(state.looking.round.map(|look| look.round), Some(first.round), "{size:?} {x}");
        }
        assert!(
            state.looking.overlay.as_ref().is_some_and(specfuse::playground::state::overlay::Overlay::is_chart),
            "it stays open"
        );
        let before = state.looking.round;
        click(&mut state, laid.chart_place.x, laid.chart_place.y);
        assert_eq!(state.looking.round, before, "the scale is no round");
        // Number and letter of a round stand where the click is taken.
        let mut newest = support::asked(size.0, size.1, &support::recorded());
        press(&mut newest, "esc c");
        let screen = support::screen(&mut newest);
        let foot: Vec<char> = screen.lines().nth(usize::from(laid.chart_place.bottom() - 1)).unwrap().chars().collect();
        for round in &laid.chart {
            let number = newest_number(&newest, round.round).to_string();
            assert_eq!(foot[usize::from(round.columns.start)].to_string(), number, "{screen}");
        }
    }
}

fn newest_number(state: &Screen, round: usize) -> usize {
    newest(state).rounds[round].number
}

#[test]
fn a_click_on_a_line_of_the_roster_marks_its_model_and_one_on_its_box_chooses_it() {
    use specfuse::playground::state::overlay::Overlay;
    for size in [(80, 24), (120, 40)] {
        let mut state = support::state(size.0, size.1);
        press(&mut state, "esc M");
        let is_chosen = |state: &mut Screen, name: &str| support::screen(state).contains(&format!("[x] {name}"));
        let (x, y) = found(&mut state, "lexicon");
        click(&mut state, x, y);
        let screen = support::screen(&mut state);
        assert!(screen.contains("> [x] lexicon"), "{screen}");
        let (x, y) = found(&mut state, "[x] abacus");
        click(&mut state, x + 1, y);
        assert!(!is_chosen(&mut state, "abacus") && is_chosen(&mut state, "lexicon"));
        click(&mut state, x + 1, y);
        assert!(is_chosen(&mut state, "abacus"));
        let heading = found(&mut state, "taking part");
        for (x, y) in [heading, (0, 0)] {
            assert_eq!(click(&mut state, x, y), []);
        }
        assert!(matches!(state.looking.overlay, Some(Overlay::Roster(_))));
    }
}

/// A hint of two keys has a half for each.
#[test]
fn a_click_on_half_of_a_hint_does_what_that_half_says() {
    type Halves = &'static [(&'static str, u16)];
    let hints: [(u16, &str, Halves); 2] = [
        (120, "-/+ shorter/longer segments", &[("-", 0), ("+", 2), ("-", 4), ("-", 10), ("+", 12), ("+", 17)]),
        (90, "-/+ segment length", &[("-", 0), ("+", 2)]),
    ];
    for (width, hint, halves) in hints {
        let mut state = support::answering(width, 40);
        press(&mut state, "-");
        press(&mut state, "-");
        state.state.notices.notice = None;
        let (x, y) = found(&mut state, hint);
        let does = |key: &str| press(&mut state.clone(), key);
        assert_ne!(does("-"), does("+"));
        for (key, column) in halves {
            assert_eq!(click(&mut state.clone(), x + column, y), does(key), "{width}: {key} at {column}");
        }
    }
}
