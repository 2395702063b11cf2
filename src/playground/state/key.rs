//! Keys in the notation of configuration files, the help screen and the hint line.
//!
//! Owns the names (`ctrl+s`, `alt+enter`, `g g`) and the normal form in which a key press is compared with a binding. The keymap
//! owns which key does what.

use std::fmt;
use std::str::FromStr;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key press, with the relevant modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    code: KeyCode,
    modifiers: KeyModifiers,
}

/// One key, or two pressed in sequence.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Chord(Vec<Key>);

/// Why a text is not a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// No key of that name.
    #[error("`{0}` is no key: write a character, or a name such as `space`, `enter`, `ctrl+s`, `alt+enter`, `shift+tab`")]
    Unknown(String),
    /// More than two keys, or none.
    #[error("`{0}` must be one key, or two with a space between")]
    Length(String),
}

/// Names of keys that are not characters.
const NAMES: &[(KeyCode, &str)] = &[
    (KeyCode::Char(' '), "space"),
    (KeyCode::Enter, "enter"),
    (KeyCode::Esc, "esc"),
    (KeyCode::Tab, "tab"),
    (KeyCode::Backspace, "backspace"),
    (KeyCode::Delete, "delete"),
    (KeyCode::Insert, "insert"),
    (KeyCode::Up, "up"),
    (KeyCode::Down, "down"),
    (KeyCode::Left, "left"),
    (KeyCode::Right, "right"),
    (KeyCode::Home, "home"),
    (KeyCode::End, "end"),
    (KeyCode::PageUp, "pageup"),
    (KeyCode::PageDown, "pagedown"),
];

const MODIFIERS: &[(KeyModifiers, &str)] =
    &[(KeyModifiers::CONTROL, "ctrl"), (KeyModifiers::ALT, "alt"), (KeyModifiers::SHIFT, "shift")];

impl Key {
    fn new(code: KeyCode, modifiers: KeyModifiers) -> Self {
        let known = KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT;
        match code {
            // Terminals differ in whether a capital comes with shift; the character shows it already.
            KeyCode::Char(character) if modifiers.contains(KeyModifiers::CONTROL) => {
                Self { code: KeyCode::Char(character.to_ascii_lowercase()), modifiers: modifiers & (known - KeyModifiers::SHIFT) }
            }
            KeyCode::Char(_) => Self { code, modifiers: modifiers & KeyModifiers::ALT },
            KeyCode::BackTab => Self { code: KeyCode::Tab, modifiers: KeyModifiers::SHIFT },
            _ => Self { code, modifiers: modifiers & known },
        }
    }

    /// Whether this key writes a character where text is typed.
    #[must_use]
    pub fn types(self) -> bool {
        self.character().is_some()
    }

    /// The character that it types.
    #[must_use]
    pub fn character(self) -> Option<char> {
        match self.code {
            KeyCode::Char(character) if self.modifiers.is_empty() => Some(character),
            _ => None,
        }
    }
}

impl From<KeyEvent> for Key {
    fn from(event: KeyEvent) -> Self {
        Self::new(event.code, event.modifiers)
    }
}

impl FromStr for Key {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let unknown = || KeyError::Unknown(text.to_owned());
        let (mut modifiers, mut rest) = (KeyModifiers::NONE, text);
        // A plus sign is a key too: `+`, `ctrl++`.
        while let Some((name, after)) = rest.split_once('+').filter(|(name, after)| !name.is_empty() && !after.is_empty()) {
            let name = name.to_ascii_lowercase();
            let (modifier, _) = MODIFIERS.iter().find(|(_, known)| *known == name).ok_or_else(unknown)?;
            modifiers |= *modifier;
            rest = after;
        }
        let mut characters = rest.chars();
        let code = match (characters.next(), characters.next()) {
            (Some(character), None) if !character.is_control() && character != ' ' => KeyCode::Char(character),
            (Some('f' | 'F'), Some('0'..='9')) => {
                let number = rest[1..].parse().ok().filter(|number| (1..=24).contains(number));
                KeyCode::F(number.ok_or_else(unknown)?)
            }
            _ => {
                let name = rest.to_ascii_lowercase();
                NAMES.iter().find(|(_, known)| *known == name).map(|(code, _)| *code).ok_or_else(unknown)?
            }
        };
        Ok(Self::new(code, modifiers))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (modifier, name) in MODIFIERS {
            if self.modifiers.contains(*modifier) {
                write!(f, "{name}+")?;
            }
        }
        match (NAMES.iter().find(|(code, _)| *code == self.code), self.code) {
            (Some((_, name)), _) => f.write_str(name),
            (None, KeyCode::Char(character)) => write!(f, "{character}"),
            (None, KeyCode::F(number)) => write!(f, "f{number}"),
            (None, other) => write!(f, "{other}"),
        }
    }
}

impl Chord {
    /// The keys in order: one or two.
    #[must_use]
    pub fn keys(&self) -> &[Key] {
        &self.0
    }

    /// Whether this chord starts with `other`, or `other` with this: then one of them could never be pressed.
    #[must_use]
    pub fn clashes(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0) || other.0.starts_with(&self.0)
    }
}

impl FromStr for Chord {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let keys: Vec<Key> = text.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
        if (1..=2).contains(&keys.len()) { Ok(Self(keys)) } else { Err(KeyError::Length(text.to_owned())) }
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, key) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_str(" ")?;
            }
            write!(f, "{key}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_written_alike() {
        for name in ["a", "A", "?", "+", "ctrl++", "ctrl+s", "alt+enter", "shift+tab", "space", "g g", "y s", "f1", "pageup", "é"]
        {
            assert_eq!(name.parse::<Chord>().unwrap().to_string(), name);
        }
        assert_eq!("Ctrl+S".parse::<Chord>().unwrap().to_string(), "ctrl+s");
    }

    #[test]
    fn what_is_no_key_is_refused_by_name() {
        for name in ["", "hyper+a", "ctrl+", "spacebar", "a b c", "f99", "\u{1b}"] {
            let error = name.parse::<Chord>().unwrap_err().to_string();
            assert!(error.contains(&format!("`{name}`")), "{error}");
        }
    }

    #[test]
    fn terminals_that_report_shift_differently_press_the_same_key() {
        let plain = KeyEvent::new(KeyCode::Char('G'), KeyModifiers::NONE);
        let shifted = KeyEvent::new(KeyCode::Char('G'), KeyModifiers::SHIFT);
        assert_eq!(Key::from(plain), Key::from(shifted));
        let back_tab = KeyEvent::new(KeyCode::BackTab, KeyModifiers::SHIFT);
        assert_eq!(Key::from(back_tab), "shift+tab".parse().unwrap());
        let control = KeyEvent::new(KeyCode::Char('S'), KeyModifiers::CONTROL | KeyModifiers::SHIFT);
        assert_eq!(Key::from(control), "ctrl+s".parse().unwrap());
    }
}
