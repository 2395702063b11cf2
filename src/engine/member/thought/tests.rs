//! Replies by hand and at random.

use proptest::prelude::*;

use super::*;

/// The answer, the thought, and how it ended.
struct Whole {
    answer: String,
    thought: String,
    ended: Ended,
}

fn divide(mut thoughts: Thoughts, pieces: &[&str], by_itself: bool) -> Whole {
    let mut answer = String::new();
    let mut take = |divided: &Divided| {
        if divided.taken_back {
            answer.clear();
        }
        answer.extend(divided.pieces.iter().map(|(text, _)| text.as_str()));
    };
    for piece in pieces {
        take(&thoughts.take(((*piece).to_owned(), Some(-1.0))));
    }
    let ended = thoughts.finish(by_itself);
    take(&ended.last);
    Whole { answer, thought: ended.thought.text.clone(), ended }
}

fn first(reply: &str) -> (String, String) {
    let whole = divide(Thoughts::new_turn(""), &[reply], true);
    (whole.answer, whole.thought)
}

/// Texts of one character each.
fn characters(text: &str) -> Vec<&str> {
    text.split_inclusive(|_: char| true).collect()
}

#[test]
fn every_spelling_of_a_thought_is_taken_off() {
    for marks in MARKS {
        for closes in marks.closes {
            for opens in [marks.opens.to_owned(), format!("\n {}", marks.opens.to_ascii_uppercase())] {
                let reply = format!("{opens}\nI know <b> it.\n{closes}\n\nParis it is.");
                for pieces in [vec![reply.as_str()], characters(&reply)] {
                    let whole = divide(Thoughts::new_turn(""), &pieces, true);
                    // An end that is also the start of a frame leaves what it frames.
                    assert!(whole.answer.ends_with("Paris it is."), "{reply:?}: {:?}", whole.answer);
                    assert!(!whole.answer.contains("know"), "{reply:?}");
                    assert_eq!(whole.thought.trim(), "I know <b> it.", "{reply:?}");
                    assert!(!whole.ended.unclosed);
                }
            }
        }
    }
}

#[test]
fn a_reply_in_channels_leaves_the_final_one() {
    let reply = "<|channel|>analysis<|message|>Easy.<|end|><|start|>assistant<|channel|>final<|message|>Paris.";
    assert_eq!(first(reply), ("Paris.".to_owned(), "Easy.".to_owned()));
    let framed = "<|start|>assistant<|channel|>final<|message|>Paris.";
    assert_eq!(first(framed), ("Paris.".to_owned(), String::new()));
    let two = "<thinking>a</thinking>\n<reflection>b</reflection>\nParis";
    assert_eq!(first(two), ("Paris".to_owned(), "ab".to_owned()));
}

#[test]
fn a_thought_opened_in_the_prompt_is_taken_back() {
    for reply in [
        "Let me see. It is Paris.\n</think>\n\nParis.",
        "Let me see</think>Paris.",
        "Let me see.</THINK>\nParis.",
        "Hm.[/THINK]Paris.",
    ] {
        for pieces in [vec![reply], characters(reply)] {
            let whole = divide(Thoughts::new_turn(""), &pieces, true);
            assert_eq!(whole.answer, "Paris.", "{reply:?}");
            assert!(whole.ended.opened_in_prompt && !whole.thought.is_empty(), "{reply:?}");
        }
    }
    assert_eq!(first("</think>\n\nParis."), ("Paris.".to_owned(), String::new()));
    let known = divide(Thoughts::opened(""), &["Hm. ", "So", ".</thi", "nk>\n", "\nParis"], false);
    assert_eq!((known.answer.as_str(), known.thought.as_str()), ("Paris", "Hm. So."));
    let cut = divide(Thoughts::opened(""), &["Hm. So"], false);
    assert!(cut.ended.unclosed && cut.answer.is_empty());
    assert_eq!(divide(Thoughts::opened(""), &["Paris."], true).answer, "Paris.", "for once it did not think");
}

#[test]
fn a_thought_that_never_ends_is_no_answer() {
    for reply in ["<think>", "<think>Let me", "<think>Let me </thi", "<|channel|>analysis<|message|>We"] {
        for by_itself in [true, false] {
            let whole = divide(Thoughts::new_turn(""), &[reply], by_itself);
            assert!(whole.answer.is_empty() && whole.ended.unclosed, "{reply:?}");
        }
    }
}

#[test]
fn an_answer_that_mentions_a_tag_keeps_it() {
    for reply in [
        "`<think>` tags are written by models, and `</think>` ends them.",
        "Models write <think> before and </think> after a thought.",
        "The tag </think> ends a thought.",
        "```\nHm.\n</think>\n```\nis what they write",
        "Use <b>bold</b>, <thing> and [thin] text.",
        "Thinking is <thin",
        "[T",
        "1. <think>: begins\n2. </think>: ends",
        "Its end is written \"</think>\".",
        "A </thought>",
        "I <3 you</thi",
    ] {
        for pieces in [vec![reply], characters(reply)] {
            let whole = divide(Thoughts::new_turn(""), &pieces, true);
            assert_eq!((whole.answer.as_str(), whole.thought.as_str()), (reply, ""), "{reply:?}");
        }
    }
}

#[test]
fn an_answer_under_way_is_kept_where_it_is_about_tags() {
    for (accepted, reply, answer) in [
        ("The capital is", "<think>\nHm.\n</think>\n\n Paris", " Paris"),
        ("The capital is", "Hm.</think> Paris", "Hm.</think> Paris"),
        ("Models open with `", "<think>` and", "<think>` and"),
        ("</think> is closed, ", "<think> is open", "<think> is open"),
    ] {
        assert_eq!(divide(Thoughts::continued(accepted), &[reply], true).answer, answer, "{accepted:?} {reply:?}");
    }
    for (accepted, reply, answer) in [
        ("The capital is", "<think>Hm.</think> Paris", " Paris"),
        ("The capital is", "Hm.\n</think>\n\n Paris", " Paris"),
        ("It has <think> in it", " before </think>", " before </think>"),
        ("Models open with `", "<think>` and", "<think>` and"),
    ] {
        assert_eq!(divide(Thoughts::new_turn(accepted), &[reply], true).answer, answer, "{accepted:?} {reply:?}");
    }
}

#[test]
fn tokens_of_the_answer_keep_their_log_probabilities() {
    let mut thoughts = Thoughts::new_turn("");
    let mut pieces = Vec::new();
    for (text, logprob) in [("<think>", -1.0), ("Hm", -2.0), ("</think>\n\nPa", -3.0), ("", -3.5), ("ri", -4.0), ("s", -5.0)] {
        pieces.extend(thoughts.take((text.to_owned(), Some(logprob))).pieces);
    }
    let told: Vec<(&str, Option<f32>)> = pieces.iter().map(|(text, logprob)| (text.as_str(), *logprob)).collect();
    assert_eq!(told, [("Pa", None), ("", Some(-3.5)), ("ri", Some(-4.0)), ("s", Some(-5.0))]);
    assert_eq!(thoughts.finish(true).tokens, 3);
}

#[test]
fn plain_text_is_given_out_at_once() {
    let mut thoughts = Thoughts::new_turn("");
    let mut given = Vec::new();
    for piece in [" ", "The", " tag", " <", "b", ">"] {
        given.push(thoughts.take((piece.to_owned(), None)).pieces.iter().map(|(text, _)| text.as_str()).collect::<String>());
    }
    assert_eq!(given, ["", " The", " tag", " ", "<b", ">"]);
}

fn material() -> impl Strategy<Value = String> {
    let parts = prop::sample::select(vec![
        "<think>",
        "</think>",
        "<THINKING>",
        "</thinking>",
        "[THINK]",
        "[/THINK]",
        "<",
        "/",
        "`",
        "\n",
        " ",
        "a",
        "Hm.",
        "é",
        "◁think▷",
        "◁/think▷",
        "<|channel|>analysis<|message|>",
        "<|channel|>final<|message|>",
        "<|end|>",
        "<|start|>assistant",
        "◁",
    ]);
    prop::collection::vec(parts, 0..10).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_pieces_give_the_same(reply in material(), cuts in prop::collection::vec(0..60_usize, 0..8), accepted in material(), by_itself: bool) {
        let starts: Vec<usize> = reply.char_indices().map(|(at, _)| at).collect();
        let mut cuts: Vec<usize> = cuts.iter().filter_map(|cut| starts.get(*cut).copied()).chain([0, reply.len()]).collect();
        cuts.sort_unstable();
        let pieces: Vec<&str> = cuts.windows(2).map(|pair| &reply[pair[0]..pair[1]]).collect();
        for thoughts in [Thoughts::new_turn(""), Thoughts::new_turn(&accepted), Thoughts::continued(&accepted), Thoughts::opened("")] {
            let (one, many) = (divide(thoughts.clone(), &[&reply], by_itself), divide(thoughts, &pieces, by_itself));
            prop_assert_eq!(one.answer, many.answer);
            prop_assert_eq!(one.thought, many.thought);
            prop_assert_eq!(one.ended.unclosed, many.ended.unclosed);
        }
    }

    #[test]
    fn text_without_tags_stays(reply in "[a-z<>/ \n`]{0,30}") {
        let lower = reply.to_ascii_lowercase();
        prop_assume!(marks::first(&lower, marks::lone().chain(marks::openings())).is_none());
        prop_assert_eq!(first(&reply).0, reply);
    }
}
