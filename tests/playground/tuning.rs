//! Trying knobs on a recorded run: what the screen shows, and that nothing changes before it is applied.

use specfuse::engine::fusion::event::{Event, Record};
use specfuse::engine::fusion::params::{OwnPreset, Params, Presets, Value};
use specfuse::engine::fusion::rescore::rescore;
use specfuse::playground::state::scene::exits::Fate;
use specfuse::playground::state::{Message, Options, Screen};

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use specfuse::playground::state::overlay::Overlay;

use super::support::{self, press, type_text};

fn mark(state: &mut Screen, knob: &str) {
    loop {
        let Some(specfuse::playground::state::overlay::Overlay::Tuning(panel)) = &state.looking.overlay else {
            panic!("no panel")
        };
        if panel.knob().is_some_and(|marked| marked.name == knob) {
            return;
        }
        press(state, "down");
    }
}

fn tried(state: &Screen) -> Vec<(&'static str, Value)> {
    state.knobs.tuning.tried().iter().map(|(knob, value)| (knob.name, value.clone())).collect()
}

#[test]
fn what_is_tried_is_what_re_scoring_says() {
    let mut state = support::answered(120, 40);
    press(&mut state, "t");
    mark(&mut state, "scoring");
    press(&mut state, "left");
    assert_eq!(tried(&state), [("scoring", Value::Name("mean-prob".to_owned()))]);
    let run = support::newest(&state);
    let again = rescore(run, &Params { scoring: specfuse::engine::fusion::score::ScoringRule::MeanProb, ..Params::default() });
    let what_if = state.what_if().unwrap();
    assert_eq!(what_if.rounds, again);
    let others: Vec<_> = state.scene.timeline.ticks.iter().map(|tick| tick.other).collect();
    let expected: Vec<_> = again.iter().map(|round| round.author.filter(|_| round.differs)).collect();
    assert_eq!(others, expected);
}

#[test]
fn a_value_can_be_typed() {
    let mut state = support::answered(80, 24);
    press(&mut state, "t");
    mark(&mut state, "max-tokens");
    type_text(&mut state, "90x0");
    press(&mut state, "backspace");
    assert!(support::screen(&mut state).contains("max-tokens          90_"), "{}", support::screen(&mut state));
    press(&mut state, "enter");
    assert_eq!(tried(&state), [("max-tokens", Value::Integer(90))]);
    type_text(&mut state, "-3");
    press(&mut state, "enter");
    assert!(state.notices.notice.as_ref().unwrap().text.contains("1 to 100000"));
    assert_eq!(tried(&state), [("max-tokens", Value::Integer(90))], "what cannot be is not tried");
    assert!(support::screen(&mut state).contains("max-tokens          -3_"), "it stays, to be corrected");
    // Esc first drops what is being typed.
    type_text(&mut state, "7");
    press(&mut state, "esc");
    assert!(state.looking.overlay.is_some() && state.knobs.tuning.is_pending());
    press(&mut state, "esc");
    assert!(state.looking.overlay.is_none() && !state.knobs.tuning.is_trying());
}

#[test]
fn knobs_of_drafting_have_nothing_to_recompute() {
    let mut state = support::answered(120, 40);
    press(&mut state, "t");
    mark(&mut state, "temperature");
    press(&mut state, "right");
    assert!(support::screen(&mut state).contains("takes effect when drafting; nothing to recompute"));
    assert!(state.what_if().is_none());
}

#[test]
fn presets_are_tried_one_after_the_other() {
    let own = OwnPreset::new("mine", [("segment-tokens", Value::Integer(5))]).unwrap();
    let options = Options { presets: Presets::with(vec![own]), ..support::options(&support::members()) };
    let mut state = Screen::new(options, 120, 40);
    state.state.writing.active = false;
    press(&mut state, "t");
    // The defaults are `balanced`; before it come `sweetspan`, `specem`, `paper`, and then the user's own.
    press(&mut state, "left");
    assert!(tried(&state).contains(&("segment", Value::Name("words".to_owned()))));
    for _ in 0..3 {
        press(&mut state, "left");
    }
    // The length is of no use without the kind of segment that it is for.
    let own = [("segment", Value::Name("tokens".to_owned())), ("segment-tokens", Value::Integer(5))];
    assert_eq!(tried(&state), own, "nothing of the other presets is left");
    assert_eq!(press(&mut state, "enter"), []);
    let notice = &state.notices.notice.as_ref().unwrap().text;
    assert!(notice.starts_with("from the next question on") && notice.ends_with("segment-tokens 5"), "{notice}");
    // The next question uses it.
    let effects = state.update(Message::Ask("Why?".to_owned()));
    let params = effects.iter().find_map(|effect| match effect {
        specfuse::playground::state::Effect::Ask(ask) => Some(ask.params.segment_tokens),
        _ => None,
    });
    assert_eq!(params, Some(5));
}

/// The track of the length goes from the longest to the shortest; what a unit does not need stays as it is.
#[test]
fn the_length_is_one_slider() {
    let mut state = support::answered(120, 40);
    for key in ["t", "down", "right"] {
        press(&mut state, key);
    }
    let unit = |name: &str| ("segment", Value::Name(name.to_owned()));
    assert_eq!(tried(&state), [unit("words"), ("segment-words", Value::Integer(12))]);
    assert!(state.scene.story.starts_with("what-if: by 12 words: takes effect when drafting"), "{}", state.scene.story);
    for _ in 0..4 {
        press(&mut state, "right");
    }
    assert_eq!(tried(&state), [unit("tokens"), ("segment-tokens", Value::Integer(5))], "no words are left over");
    assert!(support::screen(&mut state).contains("sentence → 5 tokens"));
    press(&mut state, "0");
    assert_eq!(tried(&state), []);
    press(&mut state, "left");
    assert_eq!(tried(&state), [], "nothing is longer than a sentence");
}

/// What is in force, and of which no recorded score says anything, leaves the sentence to the rounds; a threshold is compared.
#[test]
fn a_length_in_force_does_not_hide_what_happened() {
    let mut state = support::answered(120, 40);
    state.prepare();
    let before = state.scene.story.clone();
    press(&mut state, "-");
    assert!(!before.is_empty() && state.scene.story == before, "{}", state.scene.story);
    assert!(!state.scene.closing.is_empty() && !state.knobs.tuning.is_trying(), "the card stays");
    press(&mut state, ">");
    assert!(state.scene.story.starts_with("what-if"), "{}", state.scene.story);
}

fn click(state: &mut Screen, kind: MouseEventKind, column: u16, row: u16) {
    state.update(Message::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }));
    state.prepare();
}

#[test]
fn a_click_marks_a_row_and_sets_what_its_track_says() {
    let press_button = MouseEventKind::Down(MouseButton::Left);
    for (width, height) in [(120, 40), (80, 24)] {
        let mut state = support::answered(width, height);
        press(&mut state, "t");
        let track = |state: &Screen, row: usize| {
            let laid = state.looking.laid.tuning.iter().find(|laid| laid.row == Some(row) && laid.track.is_some()).unwrap();
            (laid.track.clone().unwrap(), laid.y)
        };
        let (threshold, y) = track(&state, 3);
        click(&mut state, press_button, threshold.end - 1, y);
        assert_eq!(tried(&state), [("exit-threshold", Value::Real(1.0))], "{width}");
        click(&mut state, MouseEventKind::Drag(MouseButton::Left), threshold.start, y);
        assert_eq!(tried(&state), [("exit-threshold", Value::Real(0.0))]);
        // The name only marks.
        let x = state.looking.laid.popup.x + 4;
        let (_, scoring) = track(&state, 2);
        let name = state.looking.laid.tuning.iter().find(|laid| laid.row == Some(2)).unwrap().y;
        click(&mut state, press_button, x, name.min(scoring));
        assert!(matches!(&state.looking.overlay, Some(Overlay::Tuning(panel)) if panel.place() == Some(2)));
        assert_eq!(tried(&state).len(), 1);
        let fold = state.looking.laid.tuning.iter().find(|laid| laid.row.is_none()).unwrap().y;
        click(&mut state, press_button, x, fold);
        assert!(matches!(&state.looking.overlay, Some(Overlay::Tuning(panel)) if panel.unfolded));
        // Outside nothing is hit.
        click(&mut state, press_button, 3, 1);
        assert!(matches!(&state.looking.overlay, Some(Overlay::Tuning(panel)) if panel.unfolded && panel.place() == Some(2)));
    }
}

#[test]
fn the_panel_covers_nothing_of_what_it_changes() {
    for (width, height) in [(60, 16), (80, 24), (100, 30), (120, 40), (200, 60)] {
        let mut state = support::answered(width, height);
        press(&mut state, "t");
        mark(&mut state, "scoring");
        press(&mut state, "left");
        let layout = state.scene.layout.clone().unwrap();
        let panel = state.scene.popup;
        let parts = layout.panes.iter().map(|(_, place)| *place).chain([layout.transcript, layout.ranking].into_iter().flatten());
        for part in parts.chain([layout.story, layout.timeline, layout.hints]) {
            assert!(part.intersection(panel).is_empty() && !part.is_empty(), "{width}: {part:?} {panel:?}");
        }
        assert!(width < 100 || layout.ranking.is_some(), "{width}");
        assert!(support::screen(&mut state).contains("→ mean-prob"), "{width}");
    }
}

/// What a candidate would have scored stands beside what it did, wherever that can be computed.
#[test]
fn scores_under_tried_knobs_are_those_of_re_scoring() {
    let mut state = support::answered(120, 40);
    press(&mut state, "t");
    mark(&mut state, "scoring");
    press(&mut state, "left");
    let number = state.scene.table.number;
    let again = state.what_if().unwrap().round(number).unwrap().clone();
    assert!(state.scene.table.has_tried());
    for row in &state.scene.table.rows {
        assert_eq!(row.tried.is_some(), row.score.is_some() && again.drafters.contains(&row.member), "{row:?}");
        let Some((score, rank)) = row.tried else { continue };
        assert_eq!(again.ranking[rank - 1].1, Some(score), "{row:?}");
        assert_eq!(state.scene.votes[row.member.0].tried, Some(score));
    }
    press(&mut state, "esc");
    press(&mut state, "t");
    mark(&mut state, "temperature");
    press(&mut state, "right");
    assert!(!state.scene.table.has_tried(), "drafts are not known");
}

#[test]
fn a_changed_knob_is_marked_in_its_round() {
    let records = support::answer();
    let second = records.iter().position(|record| record.round == 2).unwrap();
    let mut state = support::asked(120, 40, &records[..second]);
    let changed = Event::ParamsChanged { name: "exit-threshold".to_owned(), value: Value::Real(0.3), together: false };
    support::feed(&mut state, &[Record { t_ms: records[second].t_ms, round: 1, event: changed }]);
    support::feed(&mut state, &records[second..]);
    state.prepare();
    let tuned: Vec<bool> = state.scene.timeline.ticks.iter().map(|tick| tick.tuned).collect();
    assert_eq!((tuned[0], tuned[1], tuned.iter().filter(|tuned| **tuned).count()), (false, true, 1));
    press(&mut state, "[");
    while state.scene.table.number != 2 {
        press(&mut state, "[");
    }
    press(&mut state, "e");
    assert!(support::screen(&mut state).contains("knobs changed before this round: exit-threshold to 0.3"));
}

/// Two knobs being tried are not changed by the direct keys.
#[test]
fn direct_keys_wait_for_what_is_tried() {
    let mut state = support::answering(120, 40);
    press(&mut state, "t");
    mark(&mut state, "scoring");
    press(&mut state, "right");
    press(&mut state, "t");
    assert_eq!(press(&mut state, "<"), []);
    assert!(state.notices.notice.as_ref().unwrap().text.contains("other knobs are being tried"));
    assert!(state.knobs.tuning.is_pending());
    // Esc on the main screen discards them.
    press(&mut state, "esc");
    assert!(!state.knobs.tuning.is_trying());
}

#[test]
fn a_knob_that_is_chosen_brings_what_it_needs() {
    let mut state = support::answered(120, 40);
    press(&mut state, "t");
    mark(&mut state, "segment-tokens");
    assert!(support::screen(&mut state).contains("no effect: segment is sentence"));
    press(&mut state, "right");
    let tokens = ("segment", Value::Name("tokens".to_owned()));
    assert_eq!(tried(&state), [tokens, ("segment-tokens", Value::Integer(11))]);
    let notice = &state.notices.notice.as_ref().unwrap().text;
    assert_eq!(notice, "`segment` is set to tokens: otherwise `segment-tokens` would have no effect");
    // The unit was not chosen, so it follows the next length that is chosen, including typed ones.
    mark(&mut state, "segment-words");
    type_text(&mut state, "3");
    press(&mut state, "enter");
    assert!(tried(&state).contains(&("segment", Value::Name("words".to_owned()))));
    assert!(support::screen(&mut state).contains("no effect: segment is words"), "of the tokens");
}

#[test]
fn what_was_chosen_otherwise_stands() {
    let mut state = support::answered(120, 40);
    press(&mut state, "t");
    mark(&mut state, "exit");
    // Evidence, and around to off.
    press(&mut state, "right");
    assert!(tried(&state).contains(&("exit", Value::Name("off".to_owned()))));
    mark(&mut state, "exit-window");
    press(&mut state, "right");
    assert_eq!(tried(&state).len(), 2, "the rule is not moved: {:?}", tried(&state));
    assert!(support::screen(&mut state).contains("no effect: exit is off"));
    // A preset does not choose knobs individually.
    while !matches!(&state.looking.overlay, Some(specfuse::playground::state::overlay::Overlay::Tuning(panel)) if panel.place() == Some(0))
    {
        press(&mut state, "up");
    }
    press(&mut state, "left");
    mark(&mut state, "exit-window");
    press(&mut state, "right");
    assert!(tried(&state).contains(&("exit", Value::Name("paper".to_owned()))), "{:?}", tried(&state));
}

#[test]
fn the_keys_of_the_threshold_say_that_there_is_no_rule() {
    let options = Options { params: support::params(&[("exit", "off")]), ..support::options(&support::members()) };
    let mut state = Screen::new(options, 120, 40);
    state.state.writing.active = false;
    press(&mut state, ">");
    let notice = &state.notices.notice.as_ref().unwrap().text;
    assert!(notice.contains("exit threshold; `exit-threshold` has no effect while `exit` is off"), "{notice}");
}

/// What is searched for stays in sight, with the caret behind it, however far down the marked row is.
#[test]
fn the_line_of_the_search_is_above_what_scrolls() {
    for (width, height) in [(60, 16), (80, 24), (120, 40)] {
        let mut state = support::answered(width, height);
        press(&mut state, "t");
        press(&mut state, "m");
        for _ in 0..25 {
            press(&mut state, "down");
        }
        press(&mut state, "/");
        let screen = support::screen(&mut state);
        assert!(screen.contains("/ _"), "{width}: {screen}");
        assert_eq!(state.scene.tuning.caret, Some((0, 2)), "{width}");
        let Some(Overlay::Tuning(panel)) = &state.looking.overlay else { panic!("no panel") };
        let name = panel.knob().unwrap().name;
        assert!(screen.contains(&format!(">   {name}")), "{width}: {name} is marked: {screen}");
        let rows: Vec<u16> = state.looking.laid.tuning.iter().map(|laid| laid.y).collect();
        let line = |y: u16| screen.lines().nth(y.into()).unwrap();
        assert!(rows.iter().all(|y| !line(*y).contains("/ _")), "{width}: no row is where the search is");
    }
}

/// No key changes what cannot be seen.
#[test]
fn while_a_search_finds_nothing_no_row_is_changed() {
    for knob in [None, Some("exit-threshold")] {
        let mut state = support::answered(120, 40);
        press(&mut state, "t");
        if let Some(knob) = knob {
            mark(&mut state, knob);
        }
        press(&mut state, "/");
        type_text(&mut state, "#");
        for key in ["right", "left", "enter", "right", "left", "0", "7", "enter"] {
            press(&mut state, key);
            assert_eq!(tried(&state), [], "{key}");
        }
        let screen = support::screen(&mut state);
        assert!(screen.contains("no knob has it") && !screen.contains("change what is marked"), "{screen}");
        press(&mut state, "esc");
        press(&mut state, "esc");
        let Some(Overlay::Tuning(panel)) = &state.looking.overlay else { panic!("no panel") };
        assert_eq!(panel.knob().map(|knob| knob.name), knob, "what was marked is again");
        press(&mut state, "right");
        assert!(!tried(&state).is_empty(), "{knob:?}");
    }
}

/// On one line each, two tracks are neighbours: who slips from one to the other still pulls what was pressed.
#[test]
fn a_drag_sets_only_the_knob_whose_track_was_pressed() {
    let mut state = support::answered(80, 24);
    press(&mut state, "t");
    let track = |state: &Screen, row: usize| {
        let laid = state.looking.laid.tuning.iter().find(|laid| laid.row == Some(row) && laid.track.is_some()).unwrap();
        (laid.track.clone().unwrap(), laid.y)
    };
    let (threshold, y) = track(&state, 3);
    let (temperature, below) = track(&state, 4);
    assert_eq!(below, y + 1);
    click(&mut state, MouseEventKind::Down(MouseButton::Left), threshold.start, y);
    click(&mut state, MouseEventKind::Drag(MouseButton::Left), temperature.end - 1, below);
    assert_eq!(tried(&state), [("exit-threshold", Value::Real(0.0))]);
    assert!(matches!(&state.looking.overlay, Some(Overlay::Tuning(panel)) if panel.place() == Some(3)));
    click(&mut state, MouseEventKind::Drag(MouseButton::Left), threshold.end - 1, y);
    assert_eq!(tried(&state), [("exit-threshold", Value::Real(1.0))]);
}

#[test]
fn the_wheel_turns_the_panel_only_over_the_panel() {
    let mut state = support::asked(120, 40, &support::long_run(150));
    press(&mut state, "t");
    mark(&mut state, "exit-threshold");
    press(&mut state, "7");
    let text = state.scene.layout.as_ref().unwrap().transcript_text().unwrap();
    let (top, before) = (state.answers.transcript.top(), state.looking.overlay.clone());
    click(&mut state, MouseEventKind::ScrollUp, text.x, text.y);
    assert_eq!(state.looking.overlay, before, "what is typed stays");
    assert_eq!(state.answers.transcript.top(), top - 3);
    let timeline = state.scene.layout.as_ref().unwrap().timeline;
    click(&mut state, MouseEventKind::ScrollUp, timeline.x + 20, timeline.y);
    assert!(state.looking.round.is_some() && state.looking.overlay == before);
    let popup = state.scene.popup;
    click(&mut state, MouseEventKind::ScrollUp, popup.x + 4, popup.y + 4);
    assert!(matches!(&state.looking.overlay, Some(Overlay::Tuning(panel)) if panel.place() == Some(2)));
}

/// A threshold that was set after the answer is in force, but it is not the one with which members left.
#[test]
fn who_leaves_is_said_of_the_run_and_in_force_is_what_the_next_one_has() {
    let mut state = support::answered(120, 40);
    press(&mut state, ">");
    press(&mut state, "t");
    mark(&mut state, "exit-threshold");
    state.prepare();
    let line = |line: &Vec<(_, specfuse::clean::DisplayText)>| line.iter().map(|(_, text)| text.as_str()).collect::<String>();
    let words: Vec<String> = state.scene.overlay.iter().map(line).collect();
    let said = words.iter().flat_map(|line| line.split_whitespace()).collect::<Vec<_>>().join(" ");
    assert!(said.contains("(in force: 0.55;"), "{said}");
    assert!(said.contains("(at this run's .500)") && !said.contains("(in force)"), "{said}");
}

#[test]
fn the_margins_are_those_of_the_last_rounds_in_their_order() {
    let mut state = support::asked(120, 40, &support::long_run(30));
    press(&mut state, "t");
    let line = |line: &Vec<(_, specfuse::clean::DisplayText)>| line.iter().map(|(_, text)| text.as_str()).collect::<String>();
    let lines: Vec<String> = state.scene.overlay.iter().map(line).collect();
    let numbers = lines.iter().find_map(|line| line.strip_prefix("round   ")).unwrap_or_else(|| panic!("{lines:?}"));
    let numbers: Vec<usize> = numbers.split_whitespace().map(|number| number.parse().unwrap()).collect();
    let last = state.answers.session.newest().unwrap().run.rounds.last().unwrap().number;
    assert!(numbers.len() > 3 && numbers.iter().copied().eq(last + 1 - numbers.len()..=last), "{numbers:?} of {last}");
}

#[test]
fn a_tried_threshold_is_what_distances_are_measured_from() {
    let mut state = support::answered(120, 40);
    press(&mut state, "t");
    mark(&mut state, "exit-threshold");
    press(&mut state, "right");
    let what_if = state.what_if().unwrap();
    assert!(what_if.is_the_same());
    let tried = what_if.rounds.last().unwrap().standings[0].threshold;
    assert_eq!(state.scene.tried_threshold, Some(tried));
    let there = state.scene.stays.iter().flatten().filter(|stays| stays.fate != Fate::Left);
    assert!(there.clone().count() > 1, "{:?}", state.scene.stays);
    assert!(there.into_iter().all(|stays| stays.tried.is_some_and(|tried| tried < stays.distance())), "{:?}", state.scene.stays);
    let line = |line: &Vec<(_, specfuse::clean::DisplayText)>| line.iter().map(|(_, text)| text.as_str()).collect::<String>();
    let words = state.scene.overlay.iter().map(line).collect::<Vec<_>>().join(" ");
    let said = words.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("the closest to leaving: ") && !said.contains("nothing would have been different"), "{said}");
    press(&mut state, "left");
    assert_eq!(
        (state.scene.tried_threshold, state.scene.stays.iter().flatten().all(|stays| stays.tried.is_none())),
        (None, true)
    );
}

#[test]
fn numbers_that_move_are_said_even_if_every_winner_stays() {
    let mut state = support::answered(120, 40);
    press(&mut state, "t");
    mark(&mut state, "scoring");
    press(&mut state, "right");
    let what_if = state.what_if().unwrap();
    assert!(what_if.is_the_same() && what_if.moves.margins && what_if.moves.scores);
    let line = |line: &Vec<(_, specfuse::clean::DisplayText)>| line.iter().map(|(_, text)| text.as_str()).collect::<String>();
    let words = state.scene.overlay.iter().map(line).collect::<Vec<_>>().join(" ");
    let said = words.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("the same winners, by other margins"), "{said}");
}
