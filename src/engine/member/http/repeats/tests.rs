use proptest::prelude::*;

use super::*;

/// The data accepted from these events.
fn taken(events: &[(&str, &str)]) -> Vec<String> {
    let (mut repeats, mut taken) = (Repeats::default(), Vec::new());
    for (id, data) in events {
        match repeats.judge((*id != "-").then_some(id), None, data) {
            Verdict::Take => taken.push((*data).to_owned()),
            Verdict::Drop | Verdict::Wait => {}
            Verdict::TakeWith(waiting) => {
                let last = taken.last().cloned().unwrap();
                taken.extend(std::iter::repeat_n(last, waiting));
                taken.push((*data).to_owned());
            }
        }
    }
    taken
}

#[test]
fn an_event_that_came_twice_is_taken_once() {
    assert_eq!(taken(&[("1", "a"), ("1", "a"), ("2", "b")]), ["a", "b"]);
    assert_eq!(taken(&[("1", "a"), ("2", "b"), ("2", "b")]), ["a", "b"], "the last one");
    assert_eq!(
        taken(&[("1", "a"), ("2", "b"), ("1", "a"), ("2", "b"), ("3", "c")]),
        ["a", "b", "c"],
        "sent again from the start"
    );
    assert_eq!(taken(&[("1", "a"), ("1", "a"), ("-", "[DONE]")]), ["a", "[DONE]"]);
    assert_eq!(taken(&[("1", "a"), ("2", "a"), ("3", "a")]), ["a", "a", "a"], "other events that say the same");
}

#[test]
fn nothing_is_lost_where_ids_mark_no_event() {
    let constant = |data: &[&'static str]| taken(&data.iter().map(|data| ("x", *data)).collect::<Vec<_>>());
    assert_eq!(constant(&["role", "ha", "ha", "!"]), ["role", "ha", "ha", "!"]);
    assert_eq!(constant(&["ha", "ha", "!"]), ["ha", "ha", "!"], "also where the first two are equal");
    assert_eq!(constant(&["ha", "ha", "ha", "ha", "ha"]), ["ha", "ha", "ha", "ha", "ha"], "a model that goes round in a circle");
    assert_eq!(taken(&[("", "a"), ("", "a")]), ["a", "a"], "an empty id is none");
    assert_eq!(taken(&[("-", "a"), ("-", "a")]), ["a", "a"]);
    assert_eq!(taken(&[("1", "a"), ("2", "b"), ("1", "c")]), ["a", "b", "c"], "a count that begins anew");
}

#[test]
fn what_is_remembered_is_bounded() {
    let mut repeats = Repeats::default();
    for number in 0..REMEMBERED + 100 {
        assert_eq!(repeats.judge(Some(&number.to_string()), None, "a"), Verdict::Take);
    }
    assert_eq!(repeats.seen.len(), REMEMBERED);
}

proptest! {
    #[test]
    fn a_stream_with_a_mark_for_each_event_loses_nothing_but_what_came_twice(
        data in prop::collection::vec("[ab]", 1..30), again in prop::collection::vec(0..3_usize, 30)
    ) {
        let mut sent = Vec::new();
        for (number, data) in data.iter().enumerate() {
            // At most twice in a row: more often does not identify one event.
            let times = 1 + again.get(number).copied().unwrap_or_default().min(2);
            sent.extend(std::iter::repeat_n((number.to_string(), data.clone()), times));
        }
        let sent: Vec<(&str, &str)> = sent.iter().map(|(id, data)| (id.as_str(), data.as_str())).collect();
        prop_assert_eq!(taken(&sent), data);
    }

    #[test]
    fn a_stream_with_one_id_loses_nothing(data in prop::collection::vec("[ab]", 0..30)) {
        let mut sent: Vec<(&str, &str)> = data.iter().map(|data| ("x", data.as_str())).collect();
        sent.push(("x", "end"));
        let all: Vec<&str> = sent.iter().map(|(_, data)| *data).collect();
        prop_assert_eq!(taken(&sent), all);
    }
}
