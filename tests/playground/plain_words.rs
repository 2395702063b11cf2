//! What a reader who has never seen the program needs to find on the screen: one name for one thing, counts that agree, a legend for
//! what is drawn, nothing cut without a mark.

use specfuse::engine::fusion::event::{Event, Record};
use specfuse::engine::member::scripted::ScriptedMember;
use specfuse::playground::state::pages::help;
use specfuse::playground::state::scene::matrix::Cell;
use specfuse::playground::state::{Look, Screen};

use super::runs;
use super::support::{self, press, recorded, screen};

const SIZES: [(u16, u16); 2] = [(80, 24), (120, 40)];

fn asked((width, height): (u16, u16), records: &[Record]) -> Screen {
    let mut state = support::asked(width, height, records);
    state.prepare();
    state
}

/// The third round of the recorded answer, after which babble leaves.
fn third_round(size: (u16, u16)) -> String {
    let mut state = asked(size, &recorded());
    press(&mut state, "[");
    screen(&mut state)
}

/// The records up to where verifiers have answered this many times in a round.
fn scored(records: &[Record], round: usize, scores: usize) -> Vec<Record> {
    let is_score = |record: &Record| record.round == round && matches!(record.event, Event::Score { .. });
    let last = records.iter().enumerate().filter(|(_, record)| is_score(record)).nth(scores - 1).unwrap().0;
    records[..=last].to_vec()
}

#[test]
fn the_round_that_only_ends_the_answer_is_counted_nowhere() {
    for size in SIZES {
        let mut state = asked(size, &recorded());
        assert_eq!(support::newest(&state).rounds.len(), 4, "the fourth only ends it");
        let numbers: Vec<usize> = state.scene.timeline.ticks.iter().map(|tick| tick.number).collect();
        assert_eq!((numbers, state.scene.timeline.after), (vec![1, 2, 3], 0));
        let whole = screen(&mut state);
        assert!(whole.contains("answered  · 3 rounds") && whole.contains("· 3 rounds · seed\u{a0}1"), "{whole}");
        assert!(whole.contains("2 of 3 segments are not by lexicon"), "{whole}");
        assert!(third_round(size).contains("looking at round 3 of 3"));
    }
}

#[test]
fn the_exits_have_one_name_with_their_threshold_and_say_who_leaves() {
    for size in SIZES {
        let third = third_round(size);
        assert!(third.contains("above exit .100") && !third.contains("stays"), "{third}");
        assert!(third.contains("leaves ▼.004"), "{third}");
        assert!(!third.contains("– leaves: "), "no number is cut: {third}");
        let mut state = asked(size, &runs::exiting());
        let left = |round: usize| {
            state.state.looking.round = Some(Look { answer: 0, round });
            state.prepare();
            screen(&mut state)
        };
        let [before, at, after] = [0, 1, 3].map(left);
        assert!(at.contains("leaves ▼") && !at.contains("left ▼"), "{at}");
        assert!(after.contains("left ▼") && !after.contains("leaves"), "{after}");
        assert!(!before.contains("leaves") && !before.contains("left ▼"), "{before}");
        assert!(before.contains("above exit .167") && after.contains("above exit .250"), "the members are fewer: {after}");
    }
}

#[test]
fn without_an_exit_rule_nothing_is_above_a_threshold() {
    let seats = ["a", "b"].map(|name| support::seat(name, ScriptedMember::saying(&["one; ", "two. "], -0.2)));
    let records = support::scripted_run(seats.into(), &[("exit", "off")], Vec::new());
    for size in SIZES {
        let mut state = asked(size, &records);
        press(&mut state, "[");
        let whole = screen(&mut state);
        assert!(state.scene.exit_threshold.is_none() && state.scene.stays.iter().all(Option::is_none), "{whole}");
        assert!(!whole.contains("above exit"), "{whole}");
    }
}

/// A vote counts when its member has scored every draft; a score is the mean of such votes.
#[test]
fn votes_and_scores_of_an_open_round_agree() {
    let records = recorded();
    for scores in 1..=8 {
        let records = scored(&records, 2, scores);
        let state = asked((120, 40), &records);
        let table = &state.scene.table;
        assert_eq!(table.number, 2);
        let complete = |place: &usize| table.rows.iter().all(|row| row.cells.get(*place).is_none_or(|cell| *cell != Cell::Open));
        let complete: Vec<usize> = (0..table.verifiers.len()).filter(complete).collect();
        assert_eq!(table.votes, (complete.len(), 5), "after {scores} scores");
        for row in &table.rows {
            let of = |place: &usize| match row.cells.get(*place) {
                Some(Cell::Score { score, .. }) => Some(*score),
                Some(Cell::None | Cell::Open | Cell::Failed(_)) | None => None,
            };
            let votes: Vec<f64> = complete.iter().filter_map(of).collect();
            let mean = (!votes.is_empty()).then(|| votes.iter().sum::<f64>() / votes.len() as f64);
            assert_eq!(row.score.is_some(), mean.is_some(), "{:?} after {scores} scores", row.member);
            assert!(row.score.zip(mean).is_none_or(|(score, mean)| (score - mean).abs() < 1e-9), "{:?}", row.member);
        }
        let said = state.scene.sentence.caption.longest();
        assert!(said.contains(&format!("{} of 5 votes are complete", complete.len())), "{said}");
    }
}

#[test]
fn the_reasons_of_an_open_round_say_when_a_vote_is_complete_and_count_only_those() {
    let reasons = |records: &[Record]| {
        let mut state = asked((120, 60), records);
        press(&mut state, "e");
        screen(&mut state).split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let first = scored(&recorded(), 2, 1);
    let early = reasons(&first[..first.len() - 1]);
    assert!(early.contains("a vote is complete once its member has scored every draft"), "{early}");
    assert!(!early.contains("complete vote"), "none is, so none is counted: {early}");
    assert!(!early.contains("what else would be chosen") && !early.contains("the winner, "), "nothing is chosen: {early}");
    let mut later = (1..).map(|scores| reasons(&scored(&recorded(), 2, scores)));
    let next = later.find(|said| said.contains("1 of 5 votes are complete")).unwrap();
    assert!(next.contains("of 1 complete vote 1 put atlas's draft first"), "{next}");
    let late = later.find(|said| said.contains("5 of 5 votes are complete")).unwrap();
    assert!(late.contains("1 of 5 verifiers scored abacus's draft highest"), "{late}");
    assert!(late.contains("abacus's draft is .170 ahead of almanac's"), "{late}");
}

#[test]
fn both_keys_of_the_length_are_hinted_at_where_there_is_room() {
    for ((width, height), hint) in
        [((60, 16), "- shorter"), ((80, 24), "-/+ segment length"), ((100, 30), "-/+ shorter/longer segments")]
    {
        let mut state = asked((width, height), &scored(&recorded(), 2, 2));
        let whole = screen(&mut state);
        assert!(whole.lines().last().unwrap().contains(hint), "{whole}");
    }
}

#[test]
fn reasons_that_do_not_fit_say_how_much_more_there_is() {
    let mut state = asked((120, 40), &recorded());
    press(&mut state, "[");
    state.prepare();
    let last = state.scene.why.last().unwrap().iter().map(|(_, text)| text.as_str()).collect::<String>();
    let more: usize = last.strip_prefix("↓ ").unwrap().strip_suffix(" more lines: `e` shows all").unwrap().parse().unwrap();
    let shown = state.scene.why.len();
    let place = state.scene.layout.as_ref().unwrap().why.unwrap();
    assert_eq!(shown, usize::from(place.height) - 1, "below its title");
    let mut tall = asked((120, 160), &recorded());
    press(&mut tall, "[");
    tall.prepare();
    assert_eq!(tall.scene.why.len(), shown - 1 + more, "all of it");
}

#[test]
fn sentences_name_whose_vote_they_mean() {
    let mut state = asked((120, 40), &recorded());
    let mut said = |round: usize| {
        state.state.looking.round = Some(Look { answer: 0, round });
        state.prepare();
        state.scene.sentence.caption.longest().into_string()
    };
    let [second, third] = [1, 2].map(&mut said);
    assert!(second.contains("without abacus's vote atlas would have won"), "{second}");
    assert!(third.contains("without its own vote lexicon would still have won"), "{third}");
    assert!(third.contains("2 of 5 preferred atlas's, 1 lexicon's"), "{third}");
    assert!(![second, third].iter().any(|said| said.contains("without it ")));
}

#[test]
fn what_is_drawn_has_a_legend_and_help_has_all_of_it() {
    for (size, bars) in SIZES.into_iter().zip(["bars: how likely each finds it", "A▄: how likely A finds it"]) {
        let third = third_round(size);
        assert!(third.contains(bars) && third.contains("tinted, underlined: unlikely"), "{third}");
    }
    let third = third_round((120, 40));
    assert!(
        third.contains("[ ]: mattered most") && third.contains("above exit: how far above the threshold for staying"),
        "{third}"
    );
    let open = screen(&mut asked((120, 40), &scored(&recorded(), 2, 1)));
    assert!(open.contains("A▄: how likely A finds it") && !open.contains("[ ]"), "only what is drawn: {open}");
    assert!(third.contains("x: a member left") && third.contains("exit threshold 0.5/5 = .100"), "{third}");
    assert!(third.contains("geometric mean") && !third.contains('δ'), "{third}");
    let rows = help::rows(&asked((80, 24), &recorded()).keymap, false);
    let help: Vec<String> = rows.iter().map(|row| format!("{} {}", row.keys, row.meaning)).collect();
    let help = help.join("\n");
    for explained in
        ["above exit", "exit threshold", "score: geometric mean", "underlined", "x a member left", "the bars of a draft"]
    {
        assert!(help.contains(explained), "{explained}: {help}");
    }
}

/// What was drawn beyond the cut would pass for a part of the candidate beside others; in a pane of its own it is told apart.
#[test]
fn a_finished_draft_is_shown_as_its_candidate() {
    let mut state = support::answered(120, 40);
    press(&mut state, "[");
    press(&mut state, "[");
    let shown = support::screen(&mut state);
    assert!(shown.contains("27 plus 48 is 10.") && !shown.contains("is 10. The"), "{shown}");
    press(&mut state, "tab z");
    let zoomed = support::screen(&mut state);
    assert!(zoomed.contains("is 10. The"), "{zoomed}");
}
