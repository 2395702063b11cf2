//! A letter for every style of a theme, so that a row of styles reads as a word. What the letters look like is kept once, beside
//! the snapshots: another colour in a theme changes that file, and no screen.

use std::fmt::Write as _;

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier, Style};
use specfuse::playground::view::theme::{Role, Theme};

/// How a cell looks beside its character.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    front: Color,
    back: Color,
    modifier: Modifier,
}

/// The letters of a theme.
pub struct Letters {
    known: Vec<(Look, char, Vec<&'static str>)>,
}

impl Look {
    /// How a cell looks; `None` for a blank of which nothing is seen.
    pub fn of(cell: &Cell) -> Option<Self> {
        let look = Self { front: cell.fg, back: cell.bg, modifier: cell.modifier };
        let seen = Modifier::REVERSED | Modifier::UNDERLINED | Modifier::CROSSED_OUT;
        (cell.symbol() != " " || cell.bg != Color::Reset || cell.modifier.intersects(seen)).then_some(look)
    }

    fn of_style(style: Style) -> Self {
        let modifier = style.add_modifier.difference(style.sub_modifier);
        Self { front: style.fg.unwrap_or_default(), back: style.bg.unwrap_or_default(), modifier }
    }

    /// Whether it needs a terminal with colours.
    pub fn is_coloured(self) -> bool {
        (self.front, self.back) != (Color::Reset, Color::Reset)
    }

    fn in_words(self) -> String {
        let colour = |colour: Color| match colour {
            Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
            other => format!("{other:?}").to_lowercase(),
        };
        let back = if self.back == Color::Reset { String::new() } else { format!(" on {}", colour(self.back)) };
        let modifiers: Vec<String> = self.modifier.iter_names().map(|(name, _)| format!(" {}", name.to_lowercase())).collect();
        format!("{}{back}{}", colour(self.front), modifiers.concat())
    }
}

impl Letters {
    /// The letters of a theme: roles that look alike share the first one's.
    pub fn of(theme: &Theme) -> Self {
        let mut known: Vec<(Look, char, Vec<&'static str>)> = Vec::new();
        for role in Role::all() {
            let look = Look::of_style(theme.style(Role::Text).patch(theme.style(role)));
            match known.iter_mut().find(|(other, ..)| *other == look) {
                Some((_, _, names)) => names.push(role.name()),
                None => known.push((look, letter(role), vec![role.name()])),
            }
        }
        Self { known }
    }

    /// The letter of a look; one that no role has alone is spelled out.
    pub fn word(&self, look: Look) -> String {
        let letter = self.known.iter().find(|(known, ..)| *known == look).map(|(_, letter, _)| letter.to_string());
        letter.unwrap_or_else(|| format!("({})", look.in_words()))
    }

    /// What each letter stands for.
    pub fn legend(&self) -> String {
        let mut legend = String::new();
        for (look, letter, names) in &self.known {
            let _ = writeln!(legend, "{letter} {:<24} {}", look.in_words(), names.join(", "));
        }
        legend
    }
}

fn letter(role: Role) -> char {
    match role {
        Role::Text => '.',
        Role::Dim => '-',
        Role::Strong => '*',
        Role::Border => '|',
        Role::BorderFocus => '#',
        Role::Title => 't',
        Role::Accent => 'a',
        Role::Selection => 's',
        Role::Cursor => 'c',
        Role::Ok => 'o',
        Role::Warn => 'w',
        Role::Error => 'e',
        Role::Busy => 'b',
        Role::Done => 'd',
        Role::Hint => 'h',
        Role::Key => 'k',
        Role::Winner => 'v',
        Role::Override => 'u',
        Role::Exit => 'x',
        Role::Gauge => 'g',
        Role::Threshold => '=',
        Role::Question => '?',
        Role::Heat(step) => ['i', 'j', 'l', 'm', 'n'][usize::from(step)],
        Role::Member(place) => char::from(b'A' + place),
    }
}

/// Two roles with one letter could not be told apart in a snapshot.
#[test]
fn every_role_has_a_letter_of_its_own() {
    let letters: Vec<char> = Role::all().map(letter).collect();
    for (place, letter) in letters.iter().enumerate() {
        assert!(!letters[..place].contains(letter) && !letter.is_ascii_digit() && !"( )".contains(*letter), "{letter}");
    }
}
