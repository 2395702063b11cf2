//! Themes as files: every built-in one checked for legibility, and a user's good and faulty ones.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

#[path = "themes/built_in.rs"]
mod built_in;
#[path = "themes/eye.rs"]
mod eye;

use std::fs;
use std::path::{Path, PathBuf};

use ratatui::style::{Color, Modifier, Style};
use specfuse::playground::view::theme::error::LARGEST_FILE;
use specfuse::playground::view::theme::{ColourLevel, Library, Role, Theme, ThemeError};

const LEVELS: [ColourLevel; 4] = [ColourLevel::None, ColourLevel::Ansi16, ColourLevel::Ansi256, ColourLevel::True];

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/themes").join(name)
}

fn themes_in(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let themes = files.filter(|path| path.extension().is_some_and(|extension| extension == "toml"));
    themes.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

fn valid(name: &str, level: ColourLevel) -> Theme {
    Library::new(Some(folder("valid"))).load(name, level).unwrap()
}

#[test]
fn a_theme_is_read_whatever_saved_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    let load = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        Library::new(Some(folder.path().to_owned())).load("mine", ColourLevel::True).map_err(|error| error.to_string())
    };
    let text = "inherits = 'dark'\n\n[palette]\nleaf = '#7fc97f'\n[roles]\naccent = 'leaf'\n";
    let accent = load(text.as_bytes()).unwrap().style(Role::Accent);
    for same in [format!("\u{feff}{text}"), text.replace('\n', "\r\n"), text.replace('\n', "\r"), text.trim_end().to_owned()] {
        assert_eq!(load(same.as_bytes()).unwrap().style(Role::Accent), accent, "{same:?}");
    }
    let error = load("\u{feff}\r\n[roles]\r\naccent = 'lef'\r\n".as_bytes()).unwrap_err();
    assert!(error.contains("mine.toml: line 3: ") && error.matches("line ").count() == 1, "{error}");
    let error = load(b"\n# Gr\xf6\xdfe\n").unwrap_err();
    assert!(error.contains("mine.toml: line 2: byte 0xf6 at offset 5") && error.contains("Latin-1"), "{error}");
}

#[test]
fn a_faulty_file_is_refused_with_the_error_that_its_first_line_expects() {
    let folder = folder("invalid");
    let library = Library::new(Some(folder.clone()));
    let names = themes_in(&folder);
    assert!(names.len() >= 25, "{names:?}");
    for name in names {
        let text = fs::read_to_string(folder.join(format!("{name}.toml"))).unwrap();
        let expected = text.lines().next().unwrap().strip_prefix("# error: ").unwrap();
        let error = library.load(&name, ColourLevel::True).unwrap_err().to_string();
        let told = error.strip_prefix(&format!("{}{}", folder.display(), std::path::MAIN_SEPARATOR)).unwrap();
        let told = told.strip_prefix(&format!("{name}.toml: ")).unwrap_or(told);
        assert_eq!(told, expected, "{name}");
    }
}

#[test]
fn a_good_file_is_a_theme_at_every_level() {
    for name in themes_in(&folder("valid")) {
        for level in LEVELS {
            let theme = valid(&name, level);
            assert_eq!(theme.name(), if level == ColourLevel::None { "mono" } else { &name });
        }
    }
}

#[test]
fn a_file_replaces_the_built_in_theme_of_its_name_and_may_inherit_it() {
    let (own, built_in) = (valid("terminal", ColourLevel::True), Library::new(None).load("terminal", ColourLevel::True).unwrap());
    let accent = Style::new().fg(Color::Rgb(255, 136, 0)).bg(Color::Indexed(238));
    let modifiers = Modifier::BOLD | Modifier::ITALIC | Modifier::CROSSED_OUT;
    assert_eq!(own.style(Role::Accent), accent.add_modifier(modifiers));
    for role in Role::all().filter(|role| *role != Role::Accent) {
        assert_eq!(own.style(role), built_in.style(role), "{role:?}");
    }
}

#[test]
fn a_palette_recolours_what_is_inherited() {
    let theme = valid("recoloured", ColourLevel::True);
    let blue = Some(Color::Rgb(0x12, 0x34, 0x56));
    assert_eq!([theme.style(Role::Member(0)).fg, theme.style(Role::Member(8)).fg], [blue, blue]);
    assert_eq!(theme.style(Role::Ok), Library::new(None).load("dark", ColourLevel::True).unwrap().style(Role::Ok));
    assert_eq!(valid("grandchild", ColourLevel::True).style(Role::Member(0)).fg, blue);
}

#[test]
fn a_role_of_a_parent_comes_before_the_prefix_in_the_child() {
    let (child, parent) = (valid("grandchild", ColourLevel::True), valid("recoloured", ColourLevel::True));
    assert_eq!(child.style(Role::Text).fg, Some(Color::LightGreen));
    assert_eq!(child.style(Role::Dim), parent.style(Role::Dim));
}

#[test]
fn missing_roles_fall_back_to_their_prefix_and_then_to_text() {
    let theme = valid("fallbacks", ColourLevel::True);
    let text = Style::new().fg(Color::Rgb(0xaa, 0, 0));
    assert_eq!([Role::Text, Role::Dim, Role::Heat(2), Role::Question].map(|role| theme.style(role)), [text; 4]);
    assert_eq!(theme.style(Role::Strong), Style::new().add_modifier(Modifier::BOLD));
    assert_eq!(theme.style(Role::BorderFocus), Style::new().fg(Color::Blue));
    assert_eq!(theme.style(Role::Member(0)), Style::new().fg(Color::Indexed(12)).add_modifier(Modifier::UNDERLINED));
    assert_eq!(theme.style(Role::Member(1)), Style::new().fg(Color::Reset));
    let with_16 = valid("fallbacks", ColourLevel::Ansi16);
    assert_eq!(with_16.style(Role::Text).fg, Some(Color::Magenta));
    assert_eq!(with_16.style(Role::Member(0)).fg, Some(Color::LightBlue));
    assert_eq!(valid("empty", ColourLevel::True).style(Role::Accent), Style::new());
}

#[test]
fn the_users_themes_come_after_the_built_in_ones() {
    let built_in = Library::new(None).names();
    let names = Library::new(Some(folder("valid"))).names();
    assert_eq!(names[..built_in.len()], built_in);
    assert_eq!(names[built_in.len()..], ["empty", "fallbacks", "grandchild", "recoloured"]);
    assert_eq!(Library::new(Some(folder("nowhere"))).names(), built_in);
}

#[test]
fn a_name_that_is_not_listed_is_answered_with_the_nearest() {
    let library = Library::new(Some(folder("valid")));
    let error = library.load("drak", ColourLevel::True).unwrap_err().to_string();
    assert_eq!(error, "there is no theme `drak`; the nearest is `dark`");
    for outside in ["../invalid/duplicate", "../valid/default", "", "."] {
        assert!(matches!(library.load(outside, ColourLevel::True), Err(ThemeError::Unknown { .. })), "{outside}");
    }
    assert!(library.load("drak", ColourLevel::None).is_ok(), "without colours there is one theme only");
}

#[test]
fn huge_files_and_files_that_are_not_text_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let largest = usize::try_from(LARGEST_FILE).unwrap();
    fs::write(folder.path().join("largest.toml"), "#".repeat(largest)).unwrap();
    fs::write(folder.path().join("huge.toml"), "#".repeat(largest + 1)).unwrap();
    fs::write(folder.path().join("binary.toml"), b"[roles]\ntext = \"red\"\n# \xff\n").unwrap();
    fs::create_dir(folder.path().join("folder.toml")).unwrap();
    let library = Library::new(Some(folder.path().to_owned()));
    assert!(library.load("largest", ColourLevel::True).is_ok());
    let told = |name| library.load(name, ColourLevel::True).unwrap_err().to_string();
    assert!(told("huge").ends_with("huge.toml: a theme file may have 256 KiB"), "{}", told("huge"));
    assert!(told("binary").contains("binary.toml: line 3: byte 0xff at offset 23 is not UTF-8"), "{}", told("binary"));
    assert!(told("folder").starts_with("there is no theme"), "{}", told("folder"));
}
