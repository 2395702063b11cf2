//! A run as a film: what an independent terminal shows of the cast, and a browser of the animation, is what the screen showed.

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};
use serde_json::{Value, json};
use specfuse::engine::fusion::event::{Event, Record};
use specfuse::playground::film::stage::Stage;
use specfuse::playground::film::{Film, Frame, Shot, animation, cast};
use specfuse::playground::view::theme::{ColourLevel, Library};
use unicode_width::UnicodeWidthStr;

use super::browser::client::Page;
use super::hostile;
use super::markup::parse;
use super::support::recorded;

/// Questions and drafts in which characters take two columns, or none, or join.
const WIDE: [&str; 3] = ["日本の首都は東京です。", "naïve e\u{301} 👩‍👩‍👧 ✊🏽 🇯🇵", "المدينة ﷽ ｆｕｌｌ"];

fn film<'a>(records: &'a [Record], (size, theme, speed): ((u16, u16), &str, f64)) -> Film<'a> {
    let theme = Library::new(None).load(theme, ColourLevel::True).unwrap();
    Film::new(Shot { records, stage: Stage { size, theme, presents: false }, speed, most_frames: usize::MAX })
}

fn wide() -> Vec<Record> {
    let texts: Vec<String> = WIDE.iter().map(|text| (*text).to_owned()).collect();
    hostile::records(&texts)
}

/// The lines of a cast: the header, and what is sent when.
fn read(cast: &str) -> (Value, Vec<(f64, String)>) {
    let mut lines = cast.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let header = lines.next().unwrap();
    let sent = lines.map(|line| {
        assert_eq!((line.as_array().unwrap().len(), &line[1]), (3, &json!("o")));
        (line[0].as_f64().unwrap(), line[2].as_str().unwrap().to_owned())
    });
    (header, sent.collect())
}

fn colour(colour: Color) -> vt100::Color {
    let named = |index| vt100::Color::Idx(index);
    match colour {
        Color::Rgb(red, green, blue) => vt100::Color::Rgb(red, green, blue),
        Color::Indexed(index) => vt100::Color::Idx(index),
        Color::Reset => vt100::Color::Default,
        Color::Black => named(0),
        Color::Red => named(1),
        Color::Green => named(2),
        Color::Yellow => named(3),
        Color::Blue => named(4),
        Color::Magenta => named(5),
        Color::Cyan => named(6),
        Color::Gray => named(7),
        Color::DarkGray => named(8),
        Color::LightRed => named(9),
        Color::LightGreen => named(10),
        Color::LightYellow => named(11),
        Color::LightBlue => named(12),
        Color::LightMagenta => named(13),
        Color::LightCyan => named(14),
        Color::White => named(15),
    }
}

/// Every cell that is not the second of a wide character.
fn shows(terminal: &vt100::Screen, frame: &Buffer) {
    for y in 0..frame.area.height {
        let mut x = 0;
        while x < frame.area.width {
            let (shown, meant) = (terminal.cell(y, x).unwrap(), &frame[(x, y)]);
            let text = if shown.has_contents() { shown.contents() } else { " " };
            assert_eq!(text, meant.symbol(), "row {y}, column {x}");
            let has = |modifier| meant.modifier.contains(modifier);
            assert_eq!((shown.fgcolor(), shown.bgcolor()), (colour(meant.fg), colour(meant.bg)), "row {y}, column {x}");
            assert_eq!(
                (shown.bold(), shown.dim(), shown.italic(), shown.underline(), shown.inverse()),
                (
                    // A letter has one weight in this terminal.
                    has(Modifier::BOLD) && !has(Modifier::DIM),
                    has(Modifier::DIM),
                    has(Modifier::ITALIC),
                    has(Modifier::UNDERLINED),
                    has(Modifier::REVERSED)
                ),
                "row {y}, column {x}"
            );
            x += (meant.symbol().width() as u16).max(1);
        }
    }
}

#[test]
fn a_terminal_shows_every_frame_of_a_cast_cell_by_cell() {
    for (records, theme) in [(recorded(), "dark"), (recorded(), "terminal"), (recorded(), "mono")] {
        let frames: Vec<Frame> = film(&records, ((100, 30), theme, 1.0)).collect();
        let (header, sent) = read(&cast::cast(film(&records, ((100, 30), theme, 1.0))).unwrap());
        assert_eq!((&header["version"], &header["width"], &header["height"]), (&json!(2), &json!(100), &json!(30)));
        assert!(header["title"].as_str().unwrap().starts_with("What is the capital of Japan?"), "{header}");
        assert!(header["theme"]["palette"].as_str().unwrap().split(':').count() == 16, "{header}");
        let mut terminal = vt100::Parser::new(30, 100, 0);
        assert_eq!(sent.len(), frames.len() + 1, "the last line keeps the last frame");
        for ((at, bytes), frame) in sent.iter().zip(&frames) {
            assert!((at * 1000.0 - frame.at_ms as f64).abs() < 0.5);
            terminal.process(bytes.as_bytes());
            shows(terminal.screen(), &frame.buffer);
        }
        let (end, last) = (sent.last().unwrap(), frames.last().unwrap());
        assert!(end.0 * 1000.0 - last.at_ms as f64 > 4900.0);
        terminal.process(end.1.as_bytes());
        shows(terminal.screen(), &last.buffer);
    }
}

/// Terminals, and their emulators, differ in how wide some characters are: then only what stands elsewhere must be right.
#[test]
fn characters_of_other_widths_do_not_move_what_stands_beside_them() {
    let records = wide();
    let frames: Vec<Frame> = film(&records, ((100, 30), "dark", 1.0)).collect();
    let (_, sent) = read(&cast::cast(film(&records, ((100, 30), "dark", 1.0))).unwrap());
    let mut terminal = vt100::Parser::new(30, 100, 0);
    for (_, bytes) in &sent {
        terminal.process(bytes.as_bytes());
    }
    let frame = &frames.last().unwrap().buffer;
    for y in (0..30).filter(|y| (0..100).all(|x| frame[(x, *y)].symbol().chars().count() == 1)) {
        for x in (0..100).filter(|x| frame[(*x, y)].symbol().is_ascii() && frame[(*x, y)].symbol() != " ") {
            assert_eq!(terminal.screen().cell(y, x).unwrap().contents(), frame[(x, y)].symbol(), "row {y}, column {x}");
        }
    }
}

#[test]
fn a_film_names_no_key_and_asks_for_nothing() {
    let records = recorded();
    let theme = Library::new(None).load("dark", ColourLevel::True).unwrap();
    for (size, presents) in [((80, 24), false), ((80, 24), true), ((120, 40), false)] {
        let stage = Stage { size, theme: theme.clone(), presents };
        for frame in Film::new(Shot { records: &records, stage, speed: 1.0, most_frames: usize::MAX }) {
            let row = |y| (0..size.0).map(|x| frame.buffer[(x, y)].symbol()).collect::<String>();
            let text: Vec<String> = (0..size.1).map(row).collect();
            for words in [" space ", "quit", "? help", "i ask", "` shows"] {
                let named = text.iter().find(|row| row.contains(words));
                assert!(named.is_none(), "{size:?} {presents}: {named:?}");
            }
            assert_ne!(text.last().unwrap().trim(), ">", "{size:?} {presents}");
        }
    }
}

#[test]
fn the_same_run_gives_the_same_file_and_everything_that_is_chosen_changes_it() {
    let records = recorded();
    let choices = [((100, 30), "dark", 1.0), ((80, 24), "dark", 1.0), ((100, 30), "light", 1.0), ((100, 30), "dark", 2.0)];
    let both = |choice| (cast::cast(film(&records, choice)).unwrap(), animation::animation(film(&records, choice)));
    let files: BTreeSet<(String, String)> = choices.into_iter().map(both).collect();
    assert_eq!(files.len(), choices.len());
    assert!(choices.into_iter().all(|choice| files.contains(&both(choice))));
}

#[test]
fn a_film_shows_each_decision_for_as_long_as_it_takes_to_read_it() {
    let records = recorded();
    let frames: Vec<Frame> = film(&records, ((120, 40), "dark", 1.0)).collect();
    let ends = frames.iter().skip(1).map(|frame| frame.at_ms);
    let stays = frames.iter().zip(ends).filter(|(frame, end)| end - frame.at_ms >= 2400).count();
    let segments = records.iter().filter(|record| matches!(&record.event, Event::Accepted { text, .. } if !text.is_empty()));
    assert!(stays >= segments.count(), "{stays}");
    assert!(frames.iter().zip(frames.iter().skip(1)).all(|(one, next)| one.at_ms < next.at_ms && one.buffer != next.buffer));
    assert!(frames.len() < 150, "{}", frames.len());
}

#[test]
fn an_animation_holds_text_and_boxes_and_no_script_whatever_was_written() {
    let texts: Vec<String> = hostile::ATTACKS.iter().map(|attack| (*attack).to_owned()).collect();
    for records in [recorded(), hostile::records(&texts), wide()] {
        let image = parse(&animation::animation(film(&records, ((100, 30), "dark", 1.0))));
        let names: BTreeSet<&str> = image.all().iter().map(|element| element.name.as_str()).collect();
        assert!(names.iter().all(|name| ["svg", "title", "style", "rect", "g", "text"].contains(name)), "{names:?}");
        let addresses = image.all().iter().any(|element| {
            let all = element.attributes.iter().filter(|(name, _)| name != "xmlns");
            all.clone().any(|(name, _)| name.contains("href") || name.starts_with("on"))
        });
        assert!(!addresses);
    }
}

#[test]
fn an_animation_of_the_example_is_small() {
    for (size, most) in [((100, 30), 300_000), ((120, 40), 400_000)] {
        let bytes = animation::animation(film(&recorded(), (size, "dark", 1.0))).len();
        assert!(bytes < most, "{bytes} bytes at {size:?}");
    }
}

/// The rows that a browser shows of an animation at a time, each text at its column.
const ROWS: &str = "(at => {
    document.getAnimations().forEach(animation => { animation.pause(); animation.currentTime = at; });
    const rows = {};
    for (const text of document.querySelectorAll('svg svg text, body > svg > text')) {
        const tile = text.closest('svg svg');
        let [x, y] = [+text.getAttribute('x'), +text.getAttribute('y')];
        if (tile) {
            y += new DOMMatrix(getComputedStyle(text.parentNode).transform).f;
            if (y < 0 || y >= 18) continue;
            x += +tile.getAttribute('x');
            y += +tile.getAttribute('y');
        }
        (rows[Math.floor(y / 18)] ??= []).push([Math.round(x / 8.4), text.textContent]);
    }
    return rows;
})";

#[test]
fn a_browser_shows_the_frames_of_an_animation() {
    let Some(mut browser) = Page::open() else { return };
    let records = recorded();
    let frames: Vec<Frame> = film(&records, ((100, 30), "dark", 1.0)).collect();
    let image = animation::animation(film(&records, ((100, 30), "dark", 1.0)));
    assert_eq!(browser.load(&format!("<!doctype html><meta charset=utf-8><body>{image}")), [""; 0], "nothing is asked for");
    for frame in frames.iter().step_by(7).chain(frames.last()) {
        let rows = browser.look(&format!("{ROWS}({})", frame.at_ms + 20));
        for y in 0..frame.buffer.area.height {
            let meant: String = (0..100).map(|x| frame.buffer[(x, y)].symbol()).collect();
            let mut shown = vec![' '; 100];
            for piece in rows[y.to_string()].as_array().into_iter().flatten() {
                let column = piece[0].as_u64().unwrap() as usize;
                for (place, character) in piece[1].as_str().unwrap().chars().enumerate() {
                    shown[column + place] = character;
                }
            }
            assert_eq!(shown.into_iter().collect::<String>(), meant, "row {y} at {}", frame.at_ms);
        }
    }
    assert_eq!(browser.value("typeof owned"), json!("undefined"));
}
