//! What stands in the transcript before anything was asked: who there is, what fusion is, what to press.

use super::State;
use super::action::Action;
use super::connect::found_in_words;
use super::layout::Layout;
use super::overlay;
use super::prose::{Prose, Tone, wrap};
use super::roster::compose::others;
use super::roster::{Origin, Standing};
use crate::clean::clean_line;

/// The longest reason, in characters: the roster has all of it.
const LONGEST: usize = 150;

impl State {
    /// For somebody who has never seen fusion.
    pub(super) fn welcome(&self, layout: &Layout) -> Prose {
        let width = layout.transcript_text().map_or(0, |place| place.width);
        let key = |action| self.keymap.key(action);
        let how = [
            (key(Action::Send), "asks what you type; with nothing typed it asks the example"),
            (key(Action::LeavePrompt), "leaves the prompt, so that keys are commands"),
            (key(Action::Help), "then explains every key"),
            (key(Action::Roster), "then shows who takes part, and lets you choose"),
        ];
        let mut prose = self.found_servers(width);
        prose.extend(self.ensemble_in_words(width));
        for paragraph in overlay::EXPLANATION {
            wrap(&mut prose, Vec::new(), Tone::Plain, paragraph, width, 0);
            prose.push(Vec::new());
        }
        for (key, meaning) in how {
            wrap(&mut prose, vec![(Tone::Key, format!("{key:<7}"))], Tone::Dim, meaning, width, 7);
        }
        prose
    }

    /// Servers on this machine that nobody named.
    fn found_servers(&self, width: u16) -> Prose {
        let mut prose = Prose::new();
        let key = self.keymap.key(Action::Roster);
        let after =
            if self.writing { format!("{}, then `{key}`", self.keymap.key(Action::LeavePrompt)) } else { format!("`{key}`") };
        for row in others(&self.roster, Origin::Found) {
            let Some(known) = self.roster.row(row) else { continue };
            let text = format!("{}: {after} adds it", clean_line(&found_in_words(&known.spec)));
            wrap(&mut prose, Vec::new(), Tone::Good, &text, width, 0);
        }
        if !prose.is_empty() {
            prose.push(Vec::new());
        }
        prose
    }

    /// Some words for each member, where the ensemble is not simply the built-in one.
    fn ensemble_in_words(&self, width: u16) -> Prose {
        let mut prose = Prose::new();
        if self.roster.is_plain() {
            return prose;
        }
        let play = self.session.play(0);
        let longest = play.labels.iter().map(|label| label.name.chars().count()).max().unwrap_or(0).min(16);
        for (place, (label, standing)) in play.labels.iter().zip(&play.standings).enumerate() {
            let name: String = label.name.chars().take(longest).collect();
            let head = vec![(Tone::Member(place), format!("{} {name:<longest$} ", label.letter))];
            let (tone, text) = match standing {
                Standing::Unknown => (Tone::Dim, "not connected yet".to_owned()),
                Standing::Connecting(what) if what.is_empty() => (Tone::Dim, "connecting".to_owned()),
                Standing::Connecting(what) => (Tone::Dim, what.clone()),
                Standing::Away(reason) => (Tone::Bad, format!("away: {reason}")),
                Standing::Ready(known) => {
                    (Tone::Plain, format!("ready: {}; {}", known.drafting.in_words(), known.tier.in_words()))
                }
            };
            wrap(&mut prose, head, tone, &cut(&text), width, 2);
        }
        prose.push(Vec::new());
        prose
    }
}

fn cut(text: &str) -> String {
    let mut shown: String = text.chars().take(LONGEST).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
