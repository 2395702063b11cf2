//! Tables that are generated from the program's own: keys, knobs, presets.

use std::fmt::Write as _;
use std::fs;

use specfuse::engine::fusion::params::{KNOBS, Kind, KnobGroup, PRESETS, Params};
use specfuse::playground::state::action::{ACTIONS, Action, Group};

use super::pages::{self, Page};

const END: &str = "<!-- /generated -->";

fn keys() -> String {
    let mut out = String::new();
    for group in Group::ALL {
        let _ = write!(out, "## {}\n\n| key | does | where | name |\n| --- | --- | --- | --- |\n", group.title());
        for entry in ACTIONS.iter().filter(|entry| entry.group == *group) {
            let (keys, meaning, name) = match entry.action {
                Action::Pane(1) => ("`1` … `9`".to_owned(), "focus the pane of that place", "`pane-1` … `pane-9`".to_owned()),
                Action::Pane(_) => continue,
                _ => {
                    let keys: Vec<String> = entry.keys.iter().map(|key| format!("`{key}`")).collect();
                    (keys.join(", "), entry.meaning, format!("`{}`", entry.name))
                }
            };
            let _ = writeln!(out, "| {keys} | {meaning} | {} | {name} |", entry.context.in_words());
        }
        out.push('\n');
    }
    out
}

fn knobs() -> String {
    let defaults = Params::default();
    let mut out = String::new();
    for group in KnobGroup::ALL {
        let _ = write!(out, "## Knobs of {}\n\n| knob | takes | default | meaning |\n| --- | --- | --- | --- |\n", group.title());
        for knob in KNOBS.iter().filter(|knob| knob.group == *group) {
            let takes = match knob.kind {
                Kind::Switch => "on, off".to_owned(),
                Kind::Choice(names) => names.join(", "),
                Kind::Integer { min, max, .. } => format!("{min} to {max}"),
                Kind::Real { min, max, .. } => format!("{min} to {max}"),
            };
            let unit = if knob.unit.is_empty() { String::new() } else { format!(" {}", knob.unit) };
            let _ = writeln!(out, "| `{}` | {takes}{unit} | {} | {} |", knob.name, (knob.get)(&defaults), knob.meaning);
        }
        out.push('\n');
    }
    out.push_str("## Presets\n\n| preset | meaning | sets |\n| --- | --- | --- |\n");
    for preset in PRESETS {
        let values: Vec<String> = preset.values.iter().map(|(knob, value)| format!("{knob} {value}")).collect();
        let _ = writeln!(out, "| `{}` | {} | {} |", preset.name, preset.meaning, values.join(", "));
    }
    out.push('\n');
    out
}

/// The text between the marks of a page matches the program; `UPDATE_MANUAL` writes it there.
fn holds(name: &str, what: &str, table: &str) {
    let begin = format!("<!-- generated: {what} -->\n");
    let page = Page::read(format!("{}/{name}.md", pages::MANUAL));
    let from = page.text.find(&begin).expect("the mark before the table") + begin.len();
    let to = page.text.find(END).expect("the mark behind the table");
    let table = format!("\n{table}");
    if std::env::var_os("UPDATE_MANUAL").is_some() {
        fs::write(pages::root().join(&page.path), format!("{}{table}{}", &page.text[..from], &page.text[to..])).unwrap();
        return;
    }
    assert!(page.text[from..to] == table, "the {what} have changed: UPDATE_MANUAL=1 cargo test --test manual writes them again");
}

#[test]
fn the_page_of_keys_is_the_table_of_actions() {
    holds("keys", "keys", &keys());
}

#[test]
fn the_page_of_knobs_is_the_table_of_knobs() {
    holds("knobs", "knobs", &knobs());
}
