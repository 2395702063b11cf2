//! The style sheet of an animation: every look and every movement once, however often it is used.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use crate::playground::view::picture::{Look, Rgb, hex};

/// What is written of the style sheet while the shapes are.
#[derive(Default)]
pub(super) struct Sheet {
    /// The classes of texts and of grounds.
    classes: HashMap<Class, usize>,
    /// The rules of these, in the order of their numbers.
    rules: Vec<String>,
    /// The keyframes, and the numbers of their animations.
    keyframes: BTreeMap<String, usize>,
}

#[derive(PartialEq, Eq, Hash)]
pub(super) enum Class {
    Text { front: Rgb, bold: bool, italic: bool, underlined: bool },
    Ground(Rgb),
}

impl Sheet {
    pub(super) fn class(&mut self, class: Class) -> String {
        let rules = &mut self.rules;
        let number = *self.classes.entry(class).or_insert_with_key(|class| {
            rules.push(class.rule());
            rules.len() - 1
        });
        format!("c{number}")
    }

    pub(super) fn animation(&mut self, keyframes: String) -> String {
        let next = self.keyframes.len();
        format!("k{}", self.keyframes.entry(keyframes).or_insert(next))
    }

    /// The text of the style sheet, for a film of this length.
    pub(super) fn text(&self, length_ms: u64) -> String {
        // From one keyframe to the next everything stays where it is.
        let mut style = format!(".m{{animation:{}.{:03}s step-end infinite}}\n", length_ms / 1000, length_ms % 1000);
        for (number, rule) in self.rules.iter().enumerate() {
            let _ = writeln!(style, ".c{number}{{{rule}}}");
        }
        for (keyframes, number) in &self.keyframes {
            let _ = writeln!(style, ".k{number}{{animation-name:k{number}}}@keyframes k{number}{{{keyframes}}}");
        }
        style.push_str("@media(prefers-reduced-motion:reduce){.m{animation:none}}\n");
        style
    }
}

impl Class {
    pub(super) fn of(look: Look) -> Self {
        Self::Text { front: look.front, bold: look.bold, italic: look.italic, underlined: look.underlined }
    }

    fn rule(&self) -> String {
        match self {
            Self::Ground(back) => format!("fill:{}", hex(*back)),
            Self::Text { front, bold, italic, underlined } => {
                let mut rule = format!("fill:{}", hex(*front));
                for (is_set, declaration) in
                    [(*bold, "font-weight:bold"), (*italic, "font-style:italic"), (*underlined, "text-decoration:underline")]
                {
                    if is_set {
                        rule.push(';');
                        rule.push_str(declaration);
                    }
                }
                rule
            }
        }
    }
}
