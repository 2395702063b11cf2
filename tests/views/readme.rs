//! The key table of the README is the program's own.

use std::fmt::Write as _;
use std::path::Path;

use specfuse::playground::state::action::{ACTIONS, Action, Group};

const BEGIN: &str = "<!-- keys: made from the program's table by the tests -->\n";
const END: &str = "<!-- /keys -->\n";

fn table() -> String {
    let mut out = String::from("\n| | key | does |\n| --- | --- | --- |\n");
    for group in Group::ALL {
        let mut title = group.title();
        for entry in ACTIONS.iter().filter(|entry| entry.group == *group) {
            let (keys, meaning) = match entry.action {
                Action::Pane(1) => ("`1` … `9`".to_owned(), "focus the pane of that place"),
                Action::Pane(_) => continue,
                _ => (entry.keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", "), entry.meaning),
            };
            let _ = writeln!(out, "| {title} | {keys} | {meaning} |");
            title = "";
        }
    }
    out.push('\n');
    out
}

#[test]
fn the_readme_lists_every_key() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let begin = readme.find(BEGIN).expect("the marker before the table") + BEGIN.len();
    let end = readme.find(END).expect("the marker behind the table");
    if std::env::var_os("UPDATE_PICTURE").is_some() {
        std::fs::write(&path, format!("{}{}{}", &readme[..begin], table(), &readme[end..])).unwrap();
        return;
    }
    assert!(readme[begin..end] == table(), "the keys have changed: UPDATE_PICTURE=1 cargo test --test views writes them anew");
}
