use super::*;
use crate::engine::fusion::conversation::{Conversation, Role, Turn};
use crate::engine::fusion::event::{Finished, Header, Outcome, Summary};
use crate::engine::fusion::params::Params;

fn record(t_ms: f64, event: Event) -> Record {
    Record { t_ms, round: 0, event }
}

fn begun(conversation: Conversation) -> Record {
    let header = Header {
        format: TRACE_FORMAT.to_owned(),
        version: TRACE_VERSION,
        program: String::new(),
        members: Vec::new(),
        params: Params::default(),
        seed: 1,
        conversation,
        answers: Vec::new(),
    };
    record(0.0, Event::RunStarted(Box::new(header)))
}

fn warned(text: &str) -> Record {
    record(1.0, Event::Warning { text: text.to_owned() })
}

fn ended() -> Record {
    record(2.0, Event::RunFinished(Box::new(Finished { outcome: Outcome::Stopped, summary: Summary::default() })))
}

/// A run of six events: its header, four warnings `{name}2` to `{name}5`, its end.
fn run(name: &str) -> Vec<Record> {
    let warnings = (2..=5).map(|number| warned(&format!("{name}{number}")));
    std::iter::once(begun(Conversation::question(name))).chain(warnings).chain([ended()]).collect()
}

fn lines(records: &[Record]) -> Vec<String> {
    let mut lines = Lines::default();
    let line = |record: &Record| {
        let mut line = Vec::new();
        lines.write(record, &mut line).unwrap();
        String::from_utf8(line).unwrap().trim_end().to_owned()
    };
    records.iter().map(line).collect()
}

fn parsed(lines: &[impl AsRef<str>]) -> Trace {
    let text: String = lines.iter().map(|line| line.as_ref().to_owned() + "\n").collect();
    parse(Path::new("x"), text.as_bytes()).unwrap()
}

/// The warning for a trace with these faults, after checking that it shows these records.
fn told(lines: &[impl AsRef<str>], shown: &[Record]) -> String {
    let trace = parsed(lines);
    assert_eq!(trace.records, shown, "{:?}", trace.faults);
    trace.warning().unwrap_or_default()
}

#[test]
fn events_are_numbered_from_one_in_every_run() {
    let both = [run("a"), run("b")].concat();
    let lines = lines(&both);
    assert!(lines[0].starts_with(r#"{"n":1,"#) && lines[5].starts_with(r#"{"n":6,"#) && lines[6].starts_with(r#"{"n":1,"#));
    assert_eq!(told(&lines, &both), "");
}

#[test]
fn a_lost_line_is_told_with_the_line_behind_the_gap() {
    let (mut shown, mut lines) = (run("a"), lines(&run("a")));
    shown.remove(2);
    lines.remove(2);
    assert_eq!(told(&lines, &shown), "before line 3 an event is missing (number 3)");
    shown.remove(2);
    lines.remove(2);
    assert_eq!(told(&lines, &shown), "before line 3, 2 events are missing (numbers 3 to 4)");
}

#[test]
fn a_repeated_line_is_shown_once() {
    let (shown, mut lines) = (run("a"), lines(&run("a")));
    lines.insert(3, lines[2].clone());
    assert_eq!(told(&lines, &shown), "line 4 is there twice; it is shown once");
    lines.insert(6, lines[1].clone());
    assert_eq!(told(&lines, &shown), "line 4 is there twice; it is shown once; line 7 is there twice; it is shown once");
}

#[test]
fn displaced_lines_are_shown_in_their_place() {
    let shown = run("a");
    for (one, other, said) in [(2, 3, "line 3 "), (1, 4, "line 2 "), (4, 5, "line 5 "), (0, 1, "line 1 ")] {
        let mut lines = lines(&shown);
        lines.swap(one, other);
        let told = told(&lines, &shown);
        assert!(told.starts_with(said) && told.contains("out of order"), "{told}");
    }
    let mut lines = lines(&shown);
    lines.swap(1, 3);
    let moved = lines.remove(1);
    lines.insert(4, moved);
    told(&lines, &shown);
    let lines = [0, 4, 1].map(|place| self::lines(&shown)[place].clone());
    let told = told(&lines, &[0, 1, 4].map(|place| shown[place].clone()));
    assert_eq!(
        told,
        "line 2 is out of order; it is shown where its number says; before line 2, 2 events are missing (numbers 3 to 4)"
    );
}

#[test]
fn a_header_and_the_event_behind_it_may_be_swapped_in_a_later_run_too() {
    let shown = [run("a"), run("b")].concat();
    let mut lines = lines(&shown);
    lines.swap(6, 7);
    assert_eq!(told(&lines, &shown), "line 7 is out of order; it is shown where its number says");
}

#[test]
fn another_event_of_the_same_number_is_left_out() {
    let (shown, mut lines) = (run("a"), lines(&run("a")));
    lines.insert(3, lines[2].replace("a3", "z3"));
    assert_eq!(told(&lines, &shown), "line 4 has the number of an earlier line but another event, and is left out");
}

#[test]
fn a_number_that_cannot_be_right_moves_nothing() {
    let (shown, mut lines) = (run("a"), lines(&run("a")));
    lines[2] = lines[2].replace(r#""n":3"#, r#""n":18446744073709551615"#);
    let told = told(&lines, &shown);
    assert!(told.contains("line 3 has a number that cannot be right") && told.contains("before line 4"), "{told}");
}

#[test]
fn what_is_no_event_is_told_once_and_the_rest_shown() {
    let (mut shown, mut lines) = (run("a"), lines(&run("a")));
    shown.remove(2);
    lines[2] = "{\"n\":3,\"t_ms\":".to_owned();
    let said = told(&lines, &shown);
    assert!(said.starts_with("line 3 is not an event and is left out: EOF while parsing a value at column "), "{said}");
    assert!(!said.contains(';'), "{said}");
    lines.insert(3, "and this".to_owned());
    let said = told(&lines, &shown);
    assert!(said.starts_with("lines 3 to 4 are not events and are left out; of the first: EOF"), "{said}");
}

#[test]
fn lines_without_their_run_are_left_out() {
    let (a, b) = (run("a"), run("b"));
    let mut lines = lines(&[a.clone(), b.clone()].concat());
    lines.remove(6);
    assert_eq!(told(&lines, &a), "lines 7 to 11 belong to a run whose first line cannot be read, and are left out");
    // Also if the first run was cut off.
    lines.remove(5);
    assert_eq!(told(&lines, &a[..5]), "lines 6 to 10 belong to a run whose first line cannot be read, and are left out");
    let mut lines = self::lines(&[a, b.clone()].concat());
    lines.remove(0);
    assert_eq!(told(&lines, &b), "lines 1 to 5 belong to a run whose first line cannot be read, and are left out");
}

#[test]
fn files_joined_after_a_line_that_was_cut_off_are_read() {
    let (a, b) = (run("a"), run("b"));
    let (one, other) = (lines(&a).join("\n"), lines(&b).join("\n"));
    let joined = format!("{}{other}\n", &one[..one.len() - 5]);
    let trace = parse(Path::new("x"), joined.as_bytes()).unwrap();
    assert_eq!(trace.records, [&a[..5], &b].concat());
    assert!(trace.warning().unwrap().starts_with("line 6 is not an event"), "{:?}", trace.faults);
    // A whole line without its line feed is not a fault.
    let trace = parse(Path::new("x"), format!("{one}{other}").as_bytes()).unwrap();
    assert_eq!((trace.records, trace.torn_bytes, trace.faults), ([a, b].concat(), 0, vec![]));
}

#[test]
fn a_run_of_a_newer_program_is_named_and_the_others_shown() {
    let (a, b) = (run("a"), run("b"));
    let mut lines = lines(&[a.clone(), b].concat());
    lines[6] = lines[6].replace(&format!(r#""version":{TRACE_VERSION}"#), r#""version":99"#);
    let said = told(&lines, &a);
    assert!(said.starts_with("line 7 begins a run of version 99, which is left out") && !said.contains("; "), "{said}");
}

#[test]
fn traces_without_numbers_read_as_ever() {
    let shown = [run("a"), run("b")].concat();
    let lines: Vec<String> = shown.iter().map(|record| serde_json::to_string(record).unwrap()).collect();
    assert_eq!(told(&lines, &shown), "");
}

#[test]
fn a_trace_that_is_taken_up_goes_on_with_its_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.jsonl");
    let whole = lines(&run("a"));
    let unnumbered: Vec<String> = run("a").iter().map(|record| serde_json::to_string(record).unwrap()).collect();
    for (kept, end) in [(&whole, "\n"), (&whole, ""), (&whole, "\n{\"n\":6,\"t_"), (&unnumbered, "\n")] {
        std::fs::write(&path, kept[..5].join("\n") + end).unwrap();
        let (trace, mut journal) = Journal::reopen(&path).unwrap();
        assert_eq!(trace.records, run("a")[..5]);
        journal.append(&record(3.0, Event::Continued)).unwrap();
        journal.append(&ended()).unwrap();
        journal.flush().unwrap();
        let again = read(&path).unwrap();
        let expected = [&run("a")[..5], &[record(3.0, Event::Continued), ended()]].concat();
        assert_eq!((again.records, again.faults, again.torn_bytes), (expected, vec![], 0));
        assert!(std::fs::read_to_string(&path).unwrap().contains(r#"{"n":6,"t_ms":3.0,"#));
    }
    let copy = folder.path().join("copy.jsonl");
    drop(Journal::create(&copy).unwrap().holding(&run("a")).unwrap());
    assert_eq!(std::fs::read_to_string(&copy).unwrap().lines().collect::<Vec<_>>(), whole);
}

#[test]
fn a_run_that_never_starts_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.jsonl");
    let begun = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let told = std::sync::Arc::clone(&begun);
    let hook = move || told.store(true, std::sync::atomic::Ordering::SeqCst);
    drop(Journal::create(&path).unwrap().when_begun(hook.clone()));
    assert!(!path.exists() && !begun.load(std::sync::atomic::Ordering::SeqCst));
    let mut journal = Journal::create(&path).unwrap().when_begun(hook);
    journal.append(&run("a")[0]).unwrap();
    assert!(path.exists() && begun.load(std::sync::atomic::Ordering::SeqCst));
    assert!(matches!(Journal::create(&path), Err(TraceError::File { .. })));
    assert!(matches!(Journal::create(&folder.path().join("no/run.jsonl")), Err(TraceError::File { .. })));
}

#[cfg(target_os = "linux")]
#[test]
fn a_device_is_written_to_and_a_full_one_says_so() {
    let mut journal = Journal::create(Path::new("/dev/full")).unwrap();
    journal.append(&run("a")[0]).unwrap();
    let error = journal.flush().unwrap_err().to_string();
    assert!(error.contains("/dev/full") && Path::new("/dev/full").exists(), "{error}");
}

/// An answer in one segment.
fn answered(conversation: &Conversation, answer: &str) -> Vec<Record> {
    let accepted = Event::Accepted {
        member: None,
        authors: Vec::new(),
        text: answer.to_owned(),
        tokens: 1,
        ends: true,
        overridden: true,
        edited: false,
    };
    let round = Event::RoundStarted { drafters: Vec::new(), verifiers: Vec::new(), ahead: None };
    vec![begun(conversation.clone()), record(1.0, round), record(2.0, accepted)]
}

fn further(conversation: &Conversation, answer: &str, question: &str) -> Conversation {
    let turn = |role, content: &str| Turn { role, content: content.to_owned() };
    let mut turns = conversation.turns.clone();
    turns.extend([turn(Role::Assistant, answer), turn(Role::User, question)]);
    Conversation { turns }
}

#[test]
fn a_run_whose_turns_begin_with_another_and_its_answer_follows_it() {
    let first = Conversation::question("one?");
    let second = further(&first, "One.", "two?");
    let third = further(&second, "Two.", "three?");
    let other = Conversation::question("other?");
    let not_ours = further(&first, "Something else.", "two?");
    let records = [
        answered(&first, "One."),
        answered(&other, "Other."),
        answered(&second, "Two."),
        answered(&not_ours, "x"),
        answered(&third, "Three."),
    ]
    .concat();
    let questions = |runs: &Vec<&[Record]>| -> Vec<String> {
        let question = |run: &&[Record]| match &run[0].event {
            Event::RunStarted(header) => header.conversation.prompt().to_owned(),
            other => panic!("{other:?}"),
        };
        runs.iter().map(question).collect()
    };
    let all: Vec<Vec<String>> = conversations(&records).iter().map(questions).collect();
    assert_eq!(all, [vec!["one?", "two?", "three?"], vec!["other?"], vec!["two?"]]);
    let trace = parsed(&lines(&records));
    let chosen = trace.choose(Path::new("x"), Some(1)).unwrap();
    assert_eq!((chosen.records.len(), chosen.newest().len(), chosen.of), (9, 3, 3));
    assert_eq!(chosen.note().unwrap(), "the file holds 3 runs: this is run 1, `--run N` chooses another");
    assert_eq!(trace.choose(Path::new("x"), None).unwrap().number, 3);
    for wrong in [0, 4, usize::MAX] {
        let error = trace.choose(Path::new("x"), Some(wrong)).unwrap_err().to_string();
        assert_eq!(error, format!("x: there is no run {wrong} in it: it holds 3 runs"));
    }
}

/// Failing cases are kept beside this file.
fn kept() -> proptest::test_runner::Config {
    let kept = proptest::test_runner::FileFailurePersistence::WithSource("regressions");
    proptest::test_runner::Config { failure_persistence: Some(Box::new(kept)), ..Default::default() }
}

proptest::proptest! {
    #![proptest_config(kept())]
    /// Whatever happens to the lines of a file, the result is in order, belongs to its own run, and contains nothing twice.
    #[test]
    fn whatever_is_done_to_its_lines_a_trace_reads(
        edits in proptest::collection::vec((0_u8..4, proptest::prelude::any::<usize>(), proptest::prelude::any::<usize>()), 0..6),
    ) {
        let mut lines = lines(&[run("a"), run("b")].concat());
        let edits = edits.into_iter();
        for (edit, one, other) in edits {
            let (one, other) = (one % lines.len(), other % lines.len());
            match edit {
                0 if lines.len() > 1 => { lines.remove(one); }
                1 => lines.insert(other, lines[one].clone()),
                2 => lines.swap(one, other),
                _ => lines[one] = lines[one].chars().rev().collect(),
            }
        }
        let text = lines.join("\n");
        if let Ok(trace) = parse(Path::new("x"), text.as_bytes()) {
            for run in runs::conversations(&trace.records).concat() {
                let name = match &run[0].event {
                    Event::RunStarted(header) => header.conversation.prompt().to_owned(),
                    other => panic!("{other:?}"),
                };
                let texts: Vec<&str> = run.iter().filter_map(|record| match &record.event {
                    Event::Warning { text } => Some(text.as_str()),
                    _ => None,
                }).filter(|text| text.starts_with(&name)).collect();
                proptest::prop_assert!(texts.is_sorted_by(|one, other| one < other), "{texts:?}");
            }
        }
    }
}
