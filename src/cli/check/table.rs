//! The results as a table for people and as JSON for programs.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::output::wrapped;
use super::measure::Checked;
use crate::clean::clean_line;
use crate::engine::fusion::event::{Drafting, Role, about};
use crate::engine::member::MemberError;

/// Between two columns.
pub(in crate::cli) const GAP: usize = 2;
const HEADS: [&str; COLUMNS] = ["member", "model", "kind", "context", "first token", "tokens/s", "drafts", "scores"];
const COLUMNS: usize = 8;
/// Right-aligned columns.
const NUMBERS: [bool; COLUMNS] = [false, false, false, true, true, true, false, false];
/// Columns with text: on a narrow terminal they get a separate line.
const WORDS: usize = 2;
/// The maximum width of a model's name.
pub(super) const WIDEST: usize = 32;

/// In place of a model's name that is the member's too.
const SAME: &str = "(same)";

type Row = [String; COLUMNS];

/// The table, then what is missing and how to get it. On a terminal of fewer columns (`width`) than it takes, each member has a
/// second line for the columns with text.
pub(super) fn table(checked: &[Checked], width: Option<usize>) -> String {
    let rows: Vec<Row> = checked.iter().map(row).collect();
    let heads = HEADS.map(str::to_owned);
    let widths = std::array::from_fn::<usize, COLUMNS, _>(|column| {
        let there = rows.iter().zip(checked).filter(|(_, checked)| column == 0 || checked.fault.is_none());
        there.map(|(row, _)| columns(&row[column])).chain([columns(&heads[column])]).max().unwrap_or_default()
    });
    let narrow = width.is_some_and(|width| widths.iter().sum::<usize>() + GAP * (COLUMNS - 1) > width);
    let mut text = lines(&heads, &widths, narrow, GAP);
    for (row, checked) in rows.iter().zip(checked) {
        match &checked.fault {
            Some(fault) => {
                let name = padded(&row[0], widths[0] + GAP, false);
                let reason = clean_line(without_address(checked, &fault.to_string())).into_string();
                text.push_str(&within(&format!("{name}away: {reason}\n"), width));
            }
            None => text.push_str(&lines(row, &widths, narrow, widths[0] + GAP)),
        }
    }
    let notes: Vec<String> = checked.iter().flat_map(notes).chain(together(checked)).collect();
    if !notes.is_empty() {
        text.push('\n');
        text.extend(notes.iter().map(|note| within(&format!("{note}\n"), width)));
    }
    text
}

/// A line as a terminal of so many columns shows it whole: broken between words.
fn within(line: &str, width: Option<usize>) -> String {
    width.map_or_else(|| line.to_owned(), |width| format!("{}\n", wrapped(line.trim_end(), width)))
}

/// A reason without the address at its start, where that is the member's name already.
fn without_address<'a>(checked: &Checked, reason: &'a str) -> &'a str {
    match reason.split_once(": ") {
        Some((at, rest)) if !checked.named && at.contains("://") && at.contains(&checked.name) => rest,
        Some(_) | None => reason,
    }
}

/// One member's line, or two, the second one indented.
fn lines(row: &Row, widths: &[usize; COLUMNS], narrow: bool, indent: usize) -> String {
    let shown = if narrow { COLUMNS - WORDS } else { COLUMNS };
    let cells = row.iter().zip(widths).zip(NUMBERS).take(shown);
    let cells = cells.map(|((text, width), number)| padded(text, *width, number));
    let first = cells.collect::<Vec<_>>().join(&" ".repeat(GAP));
    let first = first.trim_end();
    if narrow { format!("{first}\n{}{}\n", " ".repeat(indent), row[shown..].join("; ")) } else { format!("{first}\n") }
}

/// One JSON object per member, in a list, followed by `more`.
pub(super) fn json(checked: &[Checked], more: Vec<Value>) -> String {
    let milliseconds = |time: Duration| (time.as_secs_f64() * 1e6).round() / 1e3;
    let one = |checked: &Checked| {
        let draft = checked.draft.as_ref().and_then(|draft| draft.as_ref().ok());
        let failed = |result: Option<&MemberError>| result.map_or(Value::Null, |error| json!(error.to_string()));
        json!({
            "name": checked.name,
            "address": checked.address,
            "reachable": checked.fault.is_none(),
            "fault": checked.fault.as_ref().map(ToString::to_string),
            "capabilities": checked.capabilities,
            "first_token_ms": draft.map(|draft| milliseconds(draft.first)),
            "tokens_per_second": draft.and_then(|draft| draft.rate),
            "draft_error": failed(checked.draft.as_ref().and_then(|draft| draft.as_ref().err())),
            "score_ms": checked.score.as_ref().and_then(|score| score.as_ref().ok()).map(|time| milliseconds(*time)),
            "probing": checked.probing,
            "score_error": failed(checked.score.as_ref().and_then(|score| score.as_ref().err())),
        })
    };
    let list: Vec<Value> = checked.iter().map(one).chain(more).collect();
    format!("{:#}\n", Value::Array(list))
}

fn row(checked: &Checked) -> Row {
    let can = &checked.capabilities;
    let (first, rate) = match &checked.draft {
        Some(Ok(times)) => (
            format!("{:.0} ms", times.first.as_secs_f64() * 1000.0),
            times.rate.map_or_else(|| "-".to_owned(), |rate| format!("{rate:.0}")),
        ),
        Some(Err(_)) => ("failed".to_owned(), "-".to_owned()),
        None => ("-".to_owned(), "-".to_owned()),
    };
    let scores = match &checked.score {
        Some(Err(_)) => format!("{}, but failed", can.tier.in_words()),
        Some(Ok(_)) | None => can.tier.in_words().to_owned(),
    };
    [
        clean_line(&checked.name).into(),
        if can.model == checked.name { SAME.to_owned() } else { shortened(&clean_line(&can.model), WIDEST) },
        clean_line(&can.kind).into(),
        can.context_tokens.map_or_else(|| "-".to_owned(), |tokens| tokens.to_string()),
        first,
        rate,
        can.drafting.in_words().to_owned(),
        format!("{} {scores}", can.tier.code()),
    ]
}

/// What these members cannot do together, known before a run.
pub(super) fn together(checked: &[Checked]) -> Option<String> {
    if !checked.iter().any(Checked::drafts) {
        return Some("no member drafts here: a run cannot begin".to_owned());
    }
    let fallback = "a run goes by the drafts' own scores where there are any, else by the order of the members";
    (!checked.iter().any(Checked::verifies)).then(|| format!("no member can score here: {fallback}"))
}

/// What the user should know, one line each.
fn notes(checked: &Checked) -> Vec<String> {
    let name = clean_line(&checked.name);
    let mut notes: Vec<String> =
        checked.capabilities.advice.iter().map(|advice| format!("{name}: {}", clean_line(advice))).collect();
    let can = &checked.capabilities;
    if checked.fault.is_none() && checked.role == Role::Verify && !can.tier.scores() {
        notes.push(format!("{name}: its role is to verify, but it cannot score: it takes no part"));
    }
    if checked.fault.is_none() && checked.role == Role::Draft && can.drafting == Drafting::None {
        notes.push(format!("{name}: its role is to draft, but it cannot: it takes no part"));
    }
    if !checked.probing.is_zero() {
        notes.push(format!(
            "{name}: finding this out took {}{} tokens",
            about(checked.probing.is_guessed()),
            checked.probing.total()
        ));
    }
    if let Some(Err(error)) = &checked.draft {
        notes.push(format!("{name}: it could not draft: {}", clean_line(&error.to_string())));
    }
    if let Some(Err(error)) = &checked.score {
        notes.push(format!("{name}: it could not score: {}", clean_line(&error.to_string())));
    }
    notes
}

pub(in crate::cli) fn padded(text: &str, width: usize, right: bool) -> String {
    let fill = " ".repeat(width.saturating_sub(columns(text)));
    if right { format!("{fill}{text}") } else { format!("{text}{fill}") }
}

pub(in crate::cli) fn columns(text: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(text)
}

/// The end of a text that is wider than this many columns.
pub(super) fn shortened(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    // The end of a model's name contains its size and quantisation.
    let mut room = width.saturating_sub(1);
    let kept = text.chars().rev().take_while(|letter| {
        let wide = unicode_width::UnicodeWidthChar::width(*letter).unwrap_or_default();
        let fits = wide <= room;
        room = room.saturating_sub(wide);
        fits
    });
    let skipped = text.chars().count() - kept.count();
    std::iter::once('\u{2026}').chain(text.chars().skip(skipped)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::measure::{DraftTimes, Unusable};
    use super::*;
    use crate::engine::fusion::event::{Capabilities, ScoreTier, Usage};

    fn checked(name: &str, tier: ScoreTier, fault: Option<&str>) -> Checked {
        let mut capabilities = Capabilities::in_process("vllm", "some/Model-8B");
        capabilities.tier = tier;
        capabilities.context_tokens = Some(32768);
        capabilities.advice = vec!["start it\u{1b}[2J otherwise".to_owned()];
        Checked {
            name: name.to_owned(),
            address: "http://127.0.0.1:8000".to_owned(),
            named: true,
            role: Role::Both,
            capabilities,
            fault: fault.map(|fault| Unusable::Preparing(MemberError::Failed(fault.to_owned()))),
            draft: Some(Ok(DraftTimes { first: Duration::from_millis(35), rate: Some(81.2) })),
            probing: Usage::counted(120, 0, 9),
            score: Some(Err(MemberError::Failed("no scores".to_owned()))),
        }
    }

    #[test]
    fn the_table_says_what_each_can_do_and_what_is_missing() {
        let rows = [checked("q", ScoreTier::Prompt, None), checked("down", ScoreTier::None, Some("connection refused"))];
        let text = table(&rows, None);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("member  model") && lines[0].ends_with("scores"), "{text}");
        assert!(lines[1].contains("T1 exact, prompt log-probabilities") && lines[1].contains("35 ms"), "{text}");
        assert_eq!(lines[2], "down    away: connection refused");
        assert!(text.contains("q: finding this out took 129 tokens"), "{text}");
        assert!(text.contains("q: start it otherwise") && text.contains("q: it could not score: no scores"), "{text}");
        let narrow = table(&rows, Some(80));
        assert!(narrow.lines().take(5).all(|line| line.chars().count() <= 80), "{narrow}");
        assert!(narrow.contains("35 ms        81\n        continues the raw text; T1 exact"), "{narrow}");
    }

    #[test]
    fn an_address_that_is_the_name_is_not_repeated() {
        let reason = "http://127.0.0.1:7/health: the connection was refused";
        let away = |named| table(&[Checked { named, ..checked("127.0.0.1:7", ScoreTier::None, Some(reason)) }], None);
        assert!(away(false).contains("\n127.0.0.1:7  away: the connection was refused\n"), "{}", away(false));
        assert!(away(true).contains(&format!("away: {reason}\n")), "a name that the user chose says nothing of the address");
    }

    #[test]
    fn on_a_terminal_no_word_is_broken() {
        let rows = [checked("q", ScoreTier::Prompt, None), checked("down", ScoreTier::None, Some("the connection was refused"))];
        let (whole, narrow) = (table(&rows, None), table(&rows, Some(30)));
        let notes: Vec<&str> = narrow.lines().skip_while(|line| !line.is_empty()).collect();
        assert!(notes.iter().all(|line| line.chars().count() <= 30), "{narrow}");
        let words = |text: &str| text.split_once("\n\n").map(|(_, notes)| notes.split_whitespace().map(str::to_owned).collect());
        let (whole, narrow): (Option<Vec<String>>, Option<Vec<String>>) = (words(&whole), words(&narrow));
        assert_eq!(whole, narrow);
    }

    #[test]
    fn a_model_named_like_its_member_is_not_repeated() {
        let text = table(&[checked("some/Model-8B", ScoreTier::Prompt, None)], None);
        assert!(text.lines().nth(1).is_some_and(|line| line.starts_with("some/Model-8B  (same)")), "{text}");
    }

    /// A member that drafts and scores without a fault.
    fn able(role: Role, tier: ScoreTier) -> Checked {
        Checked { role, score: tier.scores().then_some(Ok(Duration::ZERO)), ..checked("m", tier, None) }
    }

    #[test]
    fn what_a_run_will_lack_is_said_before_it() {
        let said = |rows: &[Checked]| together(rows).unwrap_or_default();
        assert_eq!(said(&[able(Role::Both, ScoreTier::Prompt)]), "");
        for cannot in
            [able(Role::Both, ScoreTier::None), able(Role::Draft, ScoreTier::Prompt), checked("m", ScoreTier::Prompt, None)]
        {
            assert!(said(&[cannot]).starts_with("no member can score here: a run goes by the drafts' own scores"));
        }
        let away = checked("away", ScoreTier::Prompt, Some("refused"));
        assert!(said(&[away]).contains("no member drafts"));
        assert!(said(&[able(Role::Verify, ScoreTier::Prompt)]).contains("no member drafts"));
        let text = table(&[able(Role::Both, ScoreTier::Prompt), able(Role::Verify, ScoreTier::None)], None);
        assert!(text.contains("m: its role is to verify, but it cannot score") && !text.contains("no member"), "{text}");
    }

    #[test]
    fn the_json_has_the_same() {
        let list: Value = serde_json::from_str(&json(&[checked("q", ScoreTier::Labels, None)], Vec::new())).unwrap();
        assert_eq!(list[0]["capabilities"]["tier"], "labels");
        assert_eq!((&list[0]["first_token_ms"], &list[0]["score_error"]), (&json!(35.0), &json!("no scores")));
    }
}
