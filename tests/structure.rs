//! The map of the source: arrows between rooms run down only, and no files of one room need each other in a circle.
//!
//! Reads `use` declarations and paths in the text of every file. A module and those inside it are one thing here: a parent may
//! own what its children share, and use what they do.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Every room, the highest first. A room may use those below it.
const ROOMS: &[&str] = &[
    "cli",
    "playground::term",
    "playground::film",
    "playground::view",
    "playground::state",
    "sweep",
    "ensemble",
    "export",
    "files",
    "config",
    "playthrough",
    "prompts",
    "engine",
    "engine::round",
    "engine::trace",
    "engine::member",
    "engine::fusion",
    "text",
    "log",
    "clean",
];

type Module = Vec<String>;

/// The modules of the program, each with the text of its file, less comments, strings and tests.
struct Source(BTreeMap<Module, String>);

impl Source {
    fn read() -> Self {
        let mut modules = BTreeMap::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.join("Cargo.toml").exists() {
                    // A crate of its own, which cannot need this one.
                } else if path.is_dir() {
                    folders.push(path);
                } else if let Some(module) = module_of(path.strip_prefix(&root).unwrap()) {
                    modules.insert(module, code(&fs::read_to_string(&path).unwrap()));
                }
            }
        }
        Self(modules)
    }

    /// The module that a path means in this module, and the name in it that follows. Paths into other crates mean none.
    fn resolve(&self, module: &Module, path: &[&str]) -> Option<(Module, Option<String>)> {
        let (mut found, rest) = match path {
            ["crate", rest @ ..] => (Module::new(), rest),
            ["self", rest @ ..] => (module.clone(), rest),
            ["super", ..] => {
                let ups = path.iter().take_while(|part| **part == "super").count();
                (module[..module.len().checked_sub(ups)?].to_vec(), &path[ups..])
            }
            [first, ..] if self.0.contains_key(&child(module, first)) => (module.clone(), path),
            _ => return None,
        };
        for (place, part) in rest.iter().enumerate() {
            let next = child(&found, part);
            if !self.0.contains_key(&next) {
                return Some((found, rest.get(place).map(|name| (*name).to_owned())));
            }
            found = next;
        }
        Some((found, None))
    }

    /// What a module gives on under a name of its own.
    fn given_on(&self, module: &Module, name: &str) -> Option<(Module, Option<String>)> {
        let text = self.0.get(module)?;
        uses(text).into_iter().filter(|used| used.public).flat_map(|used| used.paths).find_map(|path| {
            let parts: Vec<&str> = path.split("::").collect();
            (parts.last() == Some(&name)).then(|| self.resolve(module, &parts)).flatten()
        })
    }

    /// The modules that a module needs: those in which what it names is defined.
    fn needs(&self, module: &Module) -> BTreeSet<Module> {
        let text = &self.0[module];
        let declared = uses(text).into_iter().flat_map(|used| used.paths);
        let mut needs = BTreeSet::new();
        for path in declared.chain(paths(text)) {
            let parts: Vec<&str> = path.split("::").collect();
            let Some((mut target, mut name)) = self.resolve(module, &parts) else { continue };
            while let Some((next, further)) = name.as_deref().and_then(|name| self.given_on(&target, name)) {
                if next == target {
                    break;
                }
                (target, name) = (next, further);
            }
            needs.insert(target);
        }
        needs.retain(|other| !other.is_empty() && !other.starts_with(module) && !module.starts_with(other));
        needs
    }
}

fn child(module: &Module, name: &str) -> Module {
    module.iter().cloned().chain([name.to_owned()]).collect()
}

fn module_of(file: &Path) -> Option<Module> {
    let mut parts: Module = file.with_extension("").iter().map(|part| part.to_str().unwrap().to_owned()).collect();
    if file.extension().is_none_or(|extension| extension != "rs") || parts.iter().any(|part| part == "tests") {
        return None;
    }
    if parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    (parts != ["lib"] && parts != ["main"]).then_some(parts)
}

/// A text without comments, strings and what is only built for tests.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let mut kept = String::new();
    for line in text.lines() {
        let mut inside = false;
        let mut before = ' ';
        for (at, c) in line.char_indices() {
            if !inside && line[at..].starts_with("//") {
                break;
            }
            if c == '"' && before != '\\' && before != '\'' {
                inside = !inside;
            } else if !inside {
                kept.push(c);
            }
            before = c;
        }
        kept.push('\n');
    }
    kept
}

struct Used {
    public: bool,
    paths: Vec<String>,
}

/// The `use` declarations, their trees spread out.
fn uses(text: &str) -> Vec<Used> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("use ") {
        let line = rest[..at].rsplit('\n').next().unwrap_or_default().trim_start();
        let body = &rest[at + 4..];
        let end = body.find(';').unwrap_or(body.len());
        if line.is_empty() || (line.starts_with("pub") && !line.contains('{')) {
            let tree: String = body[..end].split_whitespace().collect::<Vec<_>>().join(" ");
            let mut paths = Vec::new();
            spread("", &tree, &mut paths);
            found.push(Used { public: line.starts_with("pub"), paths });
        }
        rest = &body[end..];
    }
    found
}

fn spread(before: &str, tree: &str, paths: &mut Vec<String>) {
    let tree = tree.trim();
    let Some((head, inner)) = tree.strip_suffix('}').and_then(|tree| tree.split_once('{')) else {
        let name = tree.split(" as ").next().unwrap_or_default().trim();
        if !name.is_empty() {
            paths.push(format!("{before}{name}").trim_end_matches("::self").to_owned());
        }
        return;
    };
    let before = format!("{before}{}", head.trim());
    let (mut depth, mut from) = (0_usize, 0);
    for (at, c) in inner.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                spread(&before, &inner[from..at], paths);
                from = at + 1;
            }
            _ => {}
        }
    }
    spread(&before, &inner[from..], paths);
}

/// Paths of at least two parts in the code itself.
fn paths(text: &str) -> Vec<String> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let words = text.split(|c: char| !is_part(c)).filter(|word| word.contains("::"));
    words.map(|word| word.trim_matches(':').to_owned()).collect()
}

fn shown(module: &Module) -> String {
    module.join("::")
}

fn room(module: &Module) -> usize {
    let name = shown(module);
    let within = |room: &&&str| name == **room || name.starts_with(&format!("{room}::"));
    let room = ROOMS.iter().filter(within).max_by_key(|room| room.len());
    let room = room.unwrap_or_else(|| panic!("`{name}` is in none of the rooms: add it to ROOMS where it belongs"));
    ROOMS.iter().position(|known| known == room).unwrap()
}

/// Modules that can be reached from themselves, with those on the way.
fn circles(needs: &BTreeMap<Module, BTreeSet<Module>>) -> BTreeSet<Vec<String>> {
    let reached = |from: &Module| {
        let mut known = BTreeSet::new();
        let mut open: Vec<&Module> = needs[from].iter().collect();
        while let Some(next) = open.pop() {
            if known.insert(next) {
                open.extend(needs.get(next).into_iter().flatten());
            }
        }
        known
    };
    let all: BTreeMap<&Module, BTreeSet<&Module>> = needs.keys().map(|module| (module, reached(module))).collect();
    let of = |module: &Module| -> Vec<String> {
        let both = |other: &&&Module| all.get(**other).is_some_and(|back| back.contains(module));
        all[module].iter().filter(both).map(|other| shown(other)).collect()
    };
    needs.keys().filter(|module| all[module].contains(module)).map(of).collect()
}

fn needs() -> BTreeMap<Module, BTreeSet<Module>> {
    let source = Source::read();
    let folders: BTreeSet<&Module> = source.0.keys().collect();
    folders.into_iter().map(|module| (module.clone(), source.needs(module))).collect()
}

#[test]
fn arrows_between_rooms_run_down_only() {
    let mut upward = Vec::new();
    for (module, needs) in needs().iter().filter(|(module, _)| module.len() > 1 || module[0] != "playground") {
        for other in needs {
            if room(other) < room(module) {
                upward.push(format!("{} uses {}", shown(module), shown(other)));
            }
        }
    }
    assert!(upward.is_empty(), "a room may use only those below it:\n{}", upward.join("\n"));
}

#[test]
fn no_files_need_each_other_in_a_circle() {
    let circles: Vec<String> = circles(&needs()).into_iter().map(|circle| circle.join(", ")).collect();
    assert!(circles.is_empty(), "these need each other: move what both need into a file of its own:\n{}", circles.join("\n"));
}

/// What puts text before the user, and the only files of a room that may use it: they take text that was cleaned.
const SHOWING: &[(&str, &[&str], &[&str])] = &[
    (
        "playground",
        &["playground::view::paint"],
        &[
            "ratatui::text",
            "Span::raw",
            "Span::styled",
            "Line::from",
            "Line::raw",
            "Line::styled",
            "Text::from",
            "Text::raw",
            "Text::styled",
            "Paragraph",
            "set_string",
            "set_stringn",
            "set_line",
            "set_span",
            "set_symbol",
            "append_symbol",
            "set_char",
        ],
    ),
    // The library's editor draws what is in it, and only the prompt fills one.
    ("playground", &["playground::state::prompt"], &["tui_textarea"]),
    ("cli", &["cli::output"], &["stdout()", "stderr()", "set_message", "println!", "print!", "dbg!"]),
    ("playground", &[], &["println!", "print!", "dbg!"]),
    ("export::html", &["export::html::page"], &["push_str"]),
];

/// Uses of these words in a room outside of these files.
fn misplaced(source: &Source, (room, files, words): (&str, &[&str], &[&str])) -> Vec<String> {
    let inside = |name: &str| name == room || name.starts_with(&format!("{room}::"));
    let modules = source.0.iter().filter(|(module, _)| inside(&shown(module)) && !files.contains(&shown(module).as_str()));
    let found = modules.flat_map(|(module, text)| {
        words.iter().filter(|word| names(text, word)).map(|word| format!("{} uses {word}", shown(module)))
    });
    found.collect()
}

/// Whether a text has this word, and not only as a part of another.
fn names(text: &str, word: &str) -> bool {
    let goes_on = |next: Option<char>| next.is_some_and(|next| next.is_alphanumeric() || next == '_');
    let is_whole = |at: usize| {
        let (before, behind) = (text[..at].chars().next_back(), text[at + word.len()..].chars().next());
        !goes_on(before) && (!goes_on(behind) || word.ends_with(['!', ')']))
    };
    text.match_indices(word).any(|(at, _)| is_whole(at))
}

#[test]
fn text_reaches_the_user_only_where_it_must_be_clean() {
    let source = Source::read();
    let misplaced = misplaced_in(&source);
    assert!(misplaced.is_empty(), "only text that was cleaned may be shown:\n{}", misplaced.join("\n"));
    // What is looked for is there, in the files that may use it.
    for (room, files, _) in SHOWING {
        for file in *files {
            assert!(source.0.keys().any(|module| shown(module) == *file), "{file} of {room} is gone");
        }
    }
    for word in ["Span::styled", "set_stringn", "set_line", "set_symbol"] {
        assert!(source.0.iter().any(|(module, text)| shown(module).ends_with("paint") && names(text, word)), "{word}");
    }
    let drawn = Source(BTreeMap::from([(
        vec!["playground".to_owned(), "view".to_owned()],
        code("Line::from(name); DisplayText::from(name)"),
    )]));
    assert_eq!(misplaced_in(&drawn), ["playground::view uses Line::from"]);
}

fn misplaced_in(source: &Source) -> Vec<String> {
    SHOWING.iter().flat_map(|entry| misplaced(source, *entry)).collect()
}

/// The reader itself: without it the tests above could pass for want of arrows.
#[test]
fn the_reader_finds_what_is_used() {
    let source = Source(BTreeMap::from([
        (vec!["a".to_owned()], code("pub use inner::Thing; // use crate::b;\nmod inner;")),
        (vec!["a".to_owned(), "inner".to_owned()], code("use std::fmt;\nuse crate::b::{self, deep::{Deep, Other as O}};")),
        (vec!["b".to_owned()], code("fn f() { let text = \"crate::a\"; super::a::Thing::new() }")),
        (vec!["b".to_owned(), "deep".to_owned()], code("")),
    ]));
    let needs: BTreeMap<Module, BTreeSet<Module>> =
        source.0.keys().map(|module| (module.clone(), source.needs(module))).collect();
    let names = |module: &[&str]| -> Vec<String> {
        needs[&module.iter().map(|part| (*part).to_owned()).collect::<Module>()].iter().map(shown).collect()
    };
    assert_eq!(names(&["a", "inner"]), ["b", "b::deep"]);
    assert_eq!(names(&["b"]), ["a::inner"], "a name that a parent gives on is its child's");
    assert_eq!(names(&["a"]), [""; 0]);
    assert_eq!(circles(&needs).into_iter().collect::<Vec<_>>(), [["a::inner", "b"]]);
    assert_eq!(module_of(&PathBuf::from("x/y.rs")), Some(vec!["x".to_owned(), "y".to_owned()]));
    assert_eq!(module_of(&PathBuf::from("x/mod.rs")), Some(vec!["x".to_owned()]));
}
