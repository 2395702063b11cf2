//! How models write the start and the end of a thought.
//!
//! Sources: the chat templates and model cards of the models named here. All spellings are in lower case; comparisons ignore the
//! case of ASCII letters.

/// A thought's marks.
#[derive(Debug)]
pub(super) struct Marks {
    pub(super) opens: &'static str,
    /// Any of these ends it.
    pub(super) closes: &'static [&'static str],
    /// Whether templates write the start into the prompt, so that a reply may contain only the end.
    pub(super) alone: bool,
}

const fn marks(opens: &'static str, closes: &'static [&'static str]) -> Marks {
    Marks { opens, closes, alone: true }
}

/// Each of these ends a thought of gpt-oss: its own end, the next message, the channel of the answer.
const HARMONY: &[&str] = &["<|end|>", "<|start|>assistant", "<|channel|>final<|message|>"];

/// Every spelling.
pub(super) const MARKS: &[Marks] = &[
    marks("<think>", &["</think>"]),
    marks("<thinking>", &["</thinking>"]),
    marks("<thought>", &["</thought>"]),
    marks("<thoughts>", &["</thoughts>"]),
    marks("<reasoning>", &["</reasoning>"]),
    marks("<reason>", &["</reason>"]),
    marks("<reflection>", &["</reflection>"]),
    // Seed-OSS.
    marks("<seed:think>", &["</seed:think>"]),
    // Magistral.
    marks("[think]", &["[/think]"]),
    // Kimi.
    marks("◁think▷", &["◁/think▷"]),
    marks("<|think|>", &["<|/think|>", "</|think|>", "<|end_think|>", "<|think_end|>"]),
    marks("<|thinking|>", &["<|/thinking|>", "</|thinking|>", "<|end_thinking|>"]),
    marks("<|begin_of_thought|>", &["<|end_of_thought|>"]),
    // Command A.
    marks("<|start_thinking|>", &["<|end_thinking|>"]),
    // Gemma 4.
    Marks { opens: "<|channel>thought", closes: &["<channel|>"], alone: false },
    // gpt-oss.
    Marks { opens: "<|channel|>analysis<|message|>", closes: HARMONY, alone: false },
    Marks { opens: "<|channel|>commentary<|message|>", closes: HARMONY, alone: false },
];

/// What comes before an answer or a thought and is part of neither (gpt-oss).
pub(super) const FRAMES: &[&str] = &["<|start|>assistant", "<|channel|>final<|message|>"];

/// The ends of thoughts that may occur in a reply without the start.
pub(super) fn lone() -> impl Iterator<Item = &'static str> {
    MARKS.iter().filter(|marks| marks.alone).flat_map(|marks| marks.closes.iter().copied())
}

/// What starts a thought or comes before one.
pub(super) fn openings() -> impl Iterator<Item = &'static str> {
    MARKS.iter().map(|marks| marks.opens).chain(FRAMES.iter().copied())
}

/// The first of these marks in a text in lower case: its first byte and the byte after it.
pub(super) fn first(lower: &str, marks: impl Iterator<Item = &'static str>) -> Option<(usize, usize)> {
    marks
        .filter_map(|mark| lower.find(mark).map(|start| (start, start + mark.len())))
        .min_by_key(|(start, end)| (*start, usize::MAX - end))
}

/// The position from which a text in lower case may be an incomplete mark of these; its length if there is none.
pub(super) fn begun(lower: &str, marks: impl Iterator<Item = &'static str>) -> usize {
    let marks: Vec<&str> = marks.collect();
    let longest = marks.iter().map(|mark| mark.len()).max().unwrap_or(0);
    let from = lower.len().saturating_sub(longest);
    let ends = lower.char_indices().map(|(at, _)| at).filter(|at| *at >= from);
    let may_begin = |at: &usize| lower.get(*at..).is_some_and(|rest| marks.iter().any(|mark| mark.starts_with(rest)));
    ends.into_iter().find(may_begin).unwrap_or(lower.len())
}
