//! The help page: what fusion is, every key, what the marks mean.

use super::view::{Body, READING, View, whole};
use crate::clean::{DisplayStr, DisplayText};
use crate::display;
use crate::playground::state::action::{ACTIONS, Action, Context, Group};
use crate::playground::state::glyphs::Glyphs;
use crate::playground::state::keymap::Keymap;
use crate::playground::state::prose::{Prose, Tone, line, wrap};
use crate::playground::state::scene::pane::Activity;
use crate::playground::state::scene::timeline::Mark;

/// The page.
pub const VIEW: View = View {
    title: "help",
    width: 96,
    height: whole,
    context: Context::Keys,
    hints: |_| READING,
    body: Body::Lines(|of| help(&of.shown.state.keymap, of.shown.state.settings.ascii, of.width)),
    next: None,
};

/// What fusion is, for a new user.
pub const EXPLANATION: &[&str] = &[
    "Several models write one answer together. Each round, every model drafts the next segment (its pane), every model scores \
     every candidate (the ranking), and the best one is accepted for all (the transcript). Models that keep losing leave.",
    "Letters name the models: A is the first. A score is how probable a verifier finds a candidate; the bar is the fused score.",
];

/// The help screen, made from the table of actions and the current keys.
#[must_use]
pub fn help(keymap: &Keymap, ascii: bool, width: u16) -> Prose {
    let mut prose = Prose::new();
    for paragraph in EXPLANATION {
        wrap(&mut prose, Vec::new(), Tone::Plain, *paragraph, width, 0);
        prose.push(Vec::new());
    }
    for group in Group::ALL {
        prose.push(line(Tone::Heading, group.title()));
        for entry in ACTIONS.iter().filter(|entry| entry.group == *group) {
            match entry.action {
                Action::Pane(1) => {
                    let keys = [Action::Pane(1), Action::Pane(9)].map(|action| keymap.key(action)).join("…");
                    row(&mut prose, &keys, "focus the pane of that place", width);
                }
                Action::Pane(_) => {}
                action => row(&mut prose, &keymap.keys(action).join(", "), entry.meaning, width),
            }
        }
        prose.push(Vec::new());
    }
    marks(&mut prose, Glyphs::new(ascii), width);
    wrap(
        &mut prose,
        Vec::new(),
        Tone::Dim,
        &display!(
            "Keys can be changed in the configuration file: [keys] with the name of a command (they are listed under `{}`).",
            keymap.key(Action::Palette)
        ),
        width,
        0,
    );
    prose
}

/// What the marks of the screen mean.
fn marks(prose: &mut Prose, glyphs: Glyphs, width: u16) {
    prose.push(line(Tone::Heading, "Marks"));
    let member = Activity::ALL.iter().map(|activity| display!("{} {}", glyphs.activity(*activity), activity.word()));
    row(prose, "a member", &DisplayText::joined(&member.collect::<Vec<_>>(), "   "), width);
    row(prose, "the letters beside a line", "who wrote its segments, in order", width);
    row(prose, "red, underlined", "tokens and scores of low probability; some servers tell none of their tokens", width);
    let marks = [
        (Mark::Unanimous, "all agreed"),
        (Mark::Overridden, "a person chose"),
        (Mark::Edited, "changed it"),
        (Mark::Written, "wrote it"),
        (Mark::Failed, "something failed"),
    ];
    let marks: Vec<DisplayText> = marks.iter().map(|(mark, meaning)| display!("{} {meaning}", glyphs.mark(*mark, 0.0))).collect();
    let bars = display!("{}{} how far the best was ahead", glyphs.mark(Mark::Margin, 0.1), glyphs.mark(Mark::Margin, 0.9));
    row(prose, "? and a small letter", "what would have been under the knobs that are tried: exits, winners of rounds", width);
    row(
        prose,
        "below the rounds",
        &display!("{bars}   {}   x a member left   ~ knobs changed (X both)", marks.join("   ")),
        width,
    );
    prose.push(Vec::new());
}

/// Columns of the keys.
const KEYS: u16 = 27;

fn row<'a>(prose: &mut Prose, keys: &str, meaning: impl Into<DisplayStr<'a>>, width: u16) {
    let keys = if keys.is_empty() { "(no key)" } else { keys };
    let head = vec![(Tone::Key, display!("  {keys:<width$} ", width = KEYS as usize - 3))];
    wrap(prose, head, Tone::Plain, meaning, width, KEYS);
}
