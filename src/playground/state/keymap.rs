//! Which key does what: the defaults of the table of actions, changed by the configuration's `[keys]`.
//!
//! Owns the lookup of a key press and the check that no key has two meanings where both could apply.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::action::{ACTIONS, Action, Context, Entry};
use super::key::{Chord, Key, KeyError};
use crate::engine::fusion::params::nearest;

/// Key bindings as in a configuration file: an action's name, and its keys (none unbinds it).
pub type Bindings = BTreeMap<String, Vec<String>>;

/// What is wrong with key bindings.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeymapError {
    #[error("[keys]: there is no action `{name}`; the nearest is `{nearest}`")]
    UnknownAction {
        name: String,
        /// The most similar known one.
        nearest: String,
    },
    #[error("[keys] {action}: {source}")]
    Key { action: &'static str, source: KeyError },
    /// Two actions on one key.
    #[error(
        "[keys]: `{key}` is both `{first}` and `{second}` {place}: give one of them another key, for example \
         `{second} = \"…\"`, or none with `{second} = []`"
    )]
    Clash {
        key: String,
        first: &'static str,
        second: &'static str,
        /// Where both apply.
        place: &'static str,
    },
    /// A key that types, bound where text is typed.
    #[error("[keys] {action}: `{key}` would be typed instead, because `{action}` holds {place}: use ctrl or alt with it")]
    Types {
        action: &'static str,
        key: String,
        /// Where it applies.
        place: &'static str,
    },
}

impl KeymapError {
    /// The actions it is about, by their names in the configuration.
    #[must_use]
    pub fn actions(&self) -> Vec<&str> {
        match self {
            Self::UnknownAction { name, .. } => vec![name],
            Self::Key { action, .. } | Self::Types { action, .. } => vec![action],
            Self::Clash { first, second, .. } => vec![first, second],
        }
    }
}

/// What pressing keys leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// This action.
    Action(Action),
    /// Nothing yet: another key completes it.
    Prefix,
    /// Nothing.
    Nothing,
}

/// All current bindings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Bindings", into = "Bindings")]
pub struct Keymap {
    /// In the order of the table.
    bindings: Vec<(Chord, &'static str, Action, Context)>,
}

impl Keymap {
    /// The defaults with these changes.
    pub fn new(changes: &Bindings) -> Result<Self, KeymapError> {
        if let Some(name) = changes.keys().find(|name| ACTIONS.iter().all(|entry| entry.name != **name)) {
            let known = nearest(name, ACTIONS.iter().map(|entry| entry.name)).unwrap_or_default();
            return Err(KeymapError::UnknownAction { name: name.clone(), nearest: known.to_owned() });
        }
        let mut bindings: Vec<(Chord, &'static str, Action, Context)> = Vec::new();
        for entry in ACTIONS {
            for chord in chords(entry, changes)? {
                check(&bindings, &chord, entry)?;
                bindings.push((chord, entry.name, entry.action, entry.context));
            }
        }
        Ok(Self { bindings })
    }

    /// What these keys, pressed in sequence, mean in a context.
    #[must_use]
    pub fn meaning(&self, context: Context, keys: &[Key]) -> Meaning {
        let mut meaning = Meaning::Nothing;
        for (chord, _, action, _) in self.bindings.iter().filter(|binding| holds(binding.3, context)) {
            if chord.keys() == keys {
                return Meaning::Action(*action);
            }
            if chord.keys().starts_with(keys) {
                meaning = Meaning::Prefix;
            }
        }
        meaning
    }

    /// The keys of an action, as text, in order of preference.
    #[must_use]
    pub fn keys(&self, action: Action) -> Vec<String> {
        self.bindings.iter().filter(|binding| binding.2 == action).map(|(chord, ..)| chord.to_string()).collect()
    }

    /// The first key of an action; empty if it has none.
    #[must_use]
    pub fn key(&self, action: Action) -> String {
        self.bindings.iter().find(|binding| binding.2 == action).map_or_else(String::new, |(chord, ..)| chord.to_string())
    }

    /// What may follow a first key: the second key and its action.
    #[must_use]
    pub fn continuations(&self, context: Context, first: Key) -> Vec<(String, Action)> {
        self.bindings
            .iter()
            .filter(|binding| holds(binding.3, context))
            .filter_map(|(chord, _, action, _)| match chord.keys() {
                [begin, next] if *begin == first => Some((next.to_string(), *action)),
                _ => None,
            })
            .collect()
    }
}

fn holds(of: Context, context: Context) -> bool {
    of == context || of == Context::Anywhere
}

/// The keys of one action: the configuration's if it has any, otherwise the table's.
fn chords(entry: &Entry, changes: &Bindings) -> Result<Vec<Chord>, KeymapError> {
    let parse = |text: &str| text.parse().map_err(|source| KeymapError::Key { action: entry.name, source });
    match changes.get(entry.name) {
        Some(keys) => keys.iter().map(|text| parse(text)).collect(),
        None => entry.keys.iter().map(|text| parse(text)).collect(),
    }
}

fn check(bindings: &[(Chord, &'static str, Action, Context)], chord: &Chord, entry: &Entry) -> Result<(), KeymapError> {
    let text_is_typed = match entry.context {
        Context::Anywhere | Context::Prompt | Context::List => true,
        Context::Keys | Context::Roster | Context::HeatMap | Context::Lengths | Context::Tuning | Context::Question => false,
    };
    if text_is_typed && chord.keys().iter().any(|key| key.types()) {
        return Err(KeymapError::Types { action: entry.name, key: chord.to_string(), place: entry.context.in_words() });
    }
    match bindings.iter().find(|(other, _, _, context)| context.overlaps(entry.context) && other.clashes(chord)) {
        Some((other, first, ..)) if *first != entry.name => Err(KeymapError::Clash {
            key: if other.keys().len() > chord.keys().len() { chord.to_string() } else { other.to_string() },
            first,
            second: entry.name,
            place: entry.context.in_words(),
        }),
        Some(_) | None => Ok(()),
    }
}

impl From<Keymap> for Bindings {
    /// The keys of every action, so that they are the same where the defaults have changed.
    fn from(keymap: Keymap) -> Self {
        ACTIONS.iter().map(|entry| (entry.name.to_owned(), keymap.keys(entry.action))).collect()
    }
}

impl TryFrom<Bindings> for Keymap {
    type Error = KeymapError;

    fn try_from(bindings: Bindings) -> Result<Self, KeymapError> {
        Self::new(&bindings)
    }
}

impl Default for Keymap {
    /// The table's own keys; a test checks that they do not clash.
    fn default() -> Self {
        Self::new(&Bindings::new()).unwrap_or(Self { bindings: Vec::new() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &str, keys: &[&str]) -> Result<Keymap, KeymapError> {
        let keys = keys.iter().map(|key| (*key).to_owned()).collect();
        Keymap::new(&Bindings::from([(name.to_owned(), keys)]))
    }

    fn press(keymap: &Keymap, context: Context, keys: &str) -> Meaning {
        keymap.meaning(context, keys.parse::<Chord>().unwrap().keys())
    }

    #[test]
    fn the_defaults_do_not_clash_and_every_action_can_be_reached() {
        let keymap = Keymap::new(&Bindings::new()).unwrap();
        for entry in ACTIONS {
            let key = keymap.key(entry.action);
            assert_eq!(press(&keymap, entry.context, &key), Meaning::Action(entry.action), "{}", entry.name);
        }
    }

    #[test]
    fn a_key_has_the_meaning_of_its_context() {
        let keymap = Keymap::default();
        assert_eq!(press(&keymap, Context::Keys, "s"), Meaning::Action(Action::Step));
        assert_eq!(press(&keymap, Context::Prompt, "s"), Meaning::Nothing);
        assert_eq!(press(&keymap, Context::Prompt, "ctrl+c"), Meaning::Action(Action::QuitAtOnce));
        assert_eq!(press(&keymap, Context::Keys, "y"), Meaning::Prefix);
        assert_eq!(press(&keymap, Context::Keys, "y s"), Meaning::Action(Action::CopySegment));
        assert_eq!(press(&keymap, Context::Keys, "y x"), Meaning::Nothing);
    }

    #[test]
    fn keys_can_be_moved_and_taken_away() {
        let moved = with("step", &["."]).unwrap();
        assert_eq!(press(&moved, Context::Keys, "."), Meaning::Action(Action::Step));
        assert_eq!(press(&moved, Context::Keys, "s"), Meaning::Nothing);
        assert_eq!(with("step", &[]).unwrap().key(Action::Step), "");
    }

    #[test]
    fn two_actions_on_one_key_are_named_both() {
        let clash = with("stop", &["s"]).unwrap_err().to_string();
        assert!(clash.contains("`s`") && clash.contains("`step`") && clash.contains("`stop`"), "{clash}");
        let prefix = with("stop", &["g"]).unwrap_err().to_string();
        assert!(prefix.contains("`g`") && prefix.contains("`top`") && prefix.contains("`stop`"), "{prefix}");
        let everywhere = with("step", &["ctrl+c"]).unwrap_err().to_string();
        assert!(everywhere.contains("`step`") && everywhere.contains("`quit-at-once`"), "{everywhere}");
    }

    #[test]
    fn mistakes_name_what_was_written() {
        let misspelt = with("setp", &["x"]).unwrap_err().to_string();
        assert!(misspelt.contains("`setp`") && misspelt.contains("`step`"), "{misspelt}");
        let key = with("step", &["hyper+s"]).unwrap_err().to_string();
        assert!(key.contains("step") && key.contains("`hyper+s`"), "{key}");
        let typed = with("redraw", &["r"]).unwrap_err().to_string();
        assert!(typed.contains("`r`") && typed.contains("redraw"), "{typed}");
    }
}
