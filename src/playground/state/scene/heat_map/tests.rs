use super::*;
use crate::playground::state::prose::Line;
use crate::sweep::{Answer, Cell, Finished};

fn facts(map: Option<&HeatMap>) -> MapFacts<'_> {
    let key = str::to_owned;
    MapFacts {
        map,
        question: None,
        in_force: None,
        in_force_mark: "●",
        sweep: key("s"),
        stop: key("x"),
        close: key("esc"),
        metric: key("tab"),
    }
}

fn text(prose: &Prose) -> String {
    let line = |line: &Line| line.iter().map(|(_, text)| text.as_str()).collect::<String>();
    prose.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn answered(map: &mut HeatMap, setting: usize, answer: Answer) {
    map.finished(Finished { cell: Cell { setting, prompt: 0 }, answer }, None);
}

#[test]
fn a_cell_is_told_by_its_number_and_its_shade() {
    let mut map = HeatMap::new(usual_grid().unwrap(), "Why?\u{1b}[2J");
    answered(&mut map, 0, Answer { score: Some(0.2), ..Answer::default() });
    answered(&mut map, 1, Answer { score: Some(0.8), ..Answer::default() });
    answered(&mut map, 2, Answer { error: Some("gone".to_owned()), ..Answer::default() });
    map.marked = 1;
    let prose = prose(&facts(Some(&map)), 76);
    let shown = text(&prose);
    assert!(shown.contains("3 of 16 settings are played") && !shown.contains('\u{1b}'), "{shown}");
    assert!(
        shown.contains(" .200 ") && shown.contains("[ .800 ]") && shown.contains("failed") && shown.contains("..."),
        "{shown}"
    );
    let tone = |number: &str| prose.iter().flatten().find(|(_, text)| text.trim() == number).unwrap().0;
    assert_eq!((tone(".200"), tone(".800"), tone("...")), (Tone::Ground(0), Tone::Ground(4), Tone::Dim));
    assert!(!shown.contains("best"), "while it goes on nobody is best");
}

#[test]
fn known_answers_are_told_as_shares_and_the_best_is_marked() {
    let mut map = HeatMap::new(usual_grid().unwrap(), "Why?");
    for setting in 0..16 {
        answered(&mut map, setting, Answer { right: Some(setting == 5), ..Answer::default() });
    }
    map.progress = Progress::Done;
    let shown = text(&prose(&facts(Some(&map)), 76));
    assert!(
        shown.contains("*100%") && shown.contains("0%") && shown.contains("best: segment-tokens 5, exit-threshold 0.3"),
        "{shown}"
    );
}

#[test]
fn without_a_known_answer_no_setting_is_best_and_it_is_said_why() {
    let mut map = HeatMap::new(usual_grid().unwrap(), "Why?");
    for setting in 0..16 {
        answered(&mut map, setting, Answer { score: Some(0.5 + setting as f64 / 100.0), ..Answer::default() });
    }
    map.progress = Progress::Done;
    let shown = text(&prose(&facts(Some(&map)), 76));
    assert!(!shown.contains('*') && shown.contains("rises by itself with shorter segments"), "{shown}");
}

#[test]
fn every_metric_has_its_numbers_and_its_ends_and_the_setting_in_force_is_marked() {
    let mut map = HeatMap::new(usual_grid().unwrap(), "Why?");
    for setting in 0..16 {
        let left = if setting == 3 { vec!["babble".to_owned()] } else { Vec::new() };
        let score = Some(0.25 + setting as f64 / 100.0);
        let elapsed_ms = 100.0 * (setting + 1) as f64;
        let (rounds, tokens, draft_calls) = (setting + 1, 31 + setting, 100 + setting);
        let answer = Answer { score, rounds, tokens, draft_calls, left, elapsed_ms, ..Answer::default() };
        answered(&mut map, setting, answer);
    }
    map.marked = 3;
    let shown = |map: &HeatMap| text(&prose(&MapFacts { in_force: Some(6), ..facts(Some(map)) }, 76));
    let first = shown(&map);
    assert!(first.contains("[score]") && first.contains("●  .310") && first.contains("babble left early"), "{first}");
    let ends = [("tokens", "31", "46"), ("rounds", "1", "16"), ("calls", "100", "115"), ("who left", "0", "1")];
    for (name, low, high) in ends {
        map.next_metric();
        let shown = shown(&map);
        assert!(shown.contains(&format!("[{name}]")), "{name}: {shown}");
        assert!(shown.contains(&format!("{low}            {high} ")), "{name}: {shown}");
    }
    map.next_metric();
    let shown = shown(&map);
    assert!(shown.contains("100 ms") && shown.contains("1.6 s"), "{shown}");
}

#[test]
fn before_a_sweep_it_is_said_what_one_would_be() {
    assert!(text(&prose(&facts(None), 76)).contains("ask something first"));
    let asked = MapFacts { question: Some("Why?".to_owned()), ..facts(None) };
    let shown = text(&prose(&asked, 76));
    assert!(shown.contains("Why?") && shown.contains("16 answers") && shown.contains("`s` begins it"), "{shown}");
}
