//! The help page: what fusion is, every key, what the marks mean.

use super::view::{Body, View, whole};
use crate::clean::{DisplayStr, DisplayText, clean_line};
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
    hints: |_| &[Action::Back, Action::FindHelp, Action::ScrollDown, Action::ScrollUp, Action::PageDown, Action::End],
    body: Body::Lines(|of| help(&of.shown.state.keymap, of.shown.state.settings.ascii, of.width)),
    next: None,
};

/// What fusion is, for a new user.
pub const EXPLANATION: &[&str] = &[
    "Several models write one answer together. Each round, every model drafts the next segment, every model scores every draft \
     (the votes), and the best draft is accepted for all (the answer). Models that keep losing leave.",
    "Letters name the models: A is the first. A vote is how likely a model finds a draft, from 0 to 1; a draft's score is the mean \
     of its votes.",
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
        for (keys, meaning, _) in of_group(keymap, *group) {
            row(&mut prose, &keys, meaning, width);
        }
        prose.push(Vec::new());
    }
    prose.push(line(Tone::Heading, "Marks"));
    for (keys, meaning) in marks(Glyphs::new(ascii)) {
        row(&mut prose, keys, &meaning, width);
    }
    prose.push(Vec::new());
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

/// The rows of a group: keys, what they do, and the action if it is one.
fn of_group(keymap: &Keymap, group: Group) -> Vec<(String, &'static str, Option<Action>)> {
    let entries = ACTIONS.iter().filter(|entry| entry.group == group);
    let rows = entries.filter_map(|entry| match entry.action {
        Action::Pane(1) => {
            let keys = [Action::Pane(1), Action::Pane(9)].map(|action| keymap.key(action)).join("…");
            Some((keys, "focus the pane of that place", None))
        }
        Action::Pane(_) => None,
        action => Some((keymap.keys(action).join(", "), entry.meaning, Some(action))),
    });
    rows.collect()
}

/// A line of the help page that can be found.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The keys, or the mark.
    pub keys: DisplayText,
    /// What they mean.
    pub meaning: DisplayText,
    /// The action that they are, if it can be done from anywhere.
    pub action: Option<Action>,
}

/// Every line of the help page that can be found.
#[must_use]
pub fn rows(keymap: &Keymap, ascii: bool) -> Vec<Row> {
    let anywhere = |action: &Action| matches!(action.entry().context, Context::Keys | Context::Anywhere);
    let keys = Group::ALL.iter().flat_map(|group| of_group(keymap, *group));
    let keys = keys.map(|(keys, meaning, action)| Row {
        keys: clean_line(if keys.is_empty() { NO_KEY } else { &keys }),
        meaning: meaning.into(),
        action: action.filter(anywhere),
    });
    let marks = marks(Glyphs::new(ascii)).into_iter();
    let marks = marks.map(|(keys, meaning)| Row { keys: keys.into(), meaning, action: None });
    let explained = EXPLANATION.iter().map(|text| Row { keys: DisplayText::new(), meaning: (*text).into(), action: None });
    keys.chain(marks).chain(explained).collect()
}

/// What the marks of the screen mean.
fn marks(glyphs: Glyphs) -> Vec<(&'static str, DisplayText)> {
    let member = Activity::ALL.iter().map(|activity| display!("{}\u{a0}{}", glyphs.activity(*activity), activity.word()));
    let marks = [
        (Mark::Unanimous, "all agreed"),
        (Mark::Overridden, "a person chose"),
        (Mark::Edited, "changed it"),
        (Mark::Written, "wrote it"),
        (Mark::Redrafted, "had drafts drawn again"),
        (Mark::Failed, "something failed"),
    ];
    let marks: Vec<DisplayText> = marks.iter().map(|(mark, meaning)| display!("{} {meaning}", glyphs.mark(*mark, 0.0))).collect();
    let bars = display!("{}{} how far the best was ahead", glyphs.mark(Mark::Margin, 0.1), glyphs.mark(Mark::Margin, 0.9));
    let below = display!("{bars}   {}   x a member left   ~ knobs or weights changed (X both)", marks.join("   "));
    vec![
        ("a member", DisplayText::joined(&member.collect::<Vec<_>>(), "   ")),
        (
            "the bars of a draft",
            display!(
                "the votes: how likely each verifier finds it, each in its colour; in brackets or underlined the one that decided, \
                 {} one to come",
                glyphs.open_ballot()
            ),
        ),
        (
            "above exit",
            display!(
                "how likely a member is to stay in the last rounds, as a curve and a number, and how far that is above the exit \
                 threshold; {} below it, the member leaves after the round",
                glyphs.below()
            ),
        ),
        ("exit threshold", "a member leaves below it, divided by the number of members: 0.5 of 5 members is .100".into()),
        (
            "score: geometric mean",
            "what a vote is: the mean probability of the draft's words under a model (`scoring` chooses the mean)".into(),
        ),
        ("dim words of a draft", "what all drafts have in common, and what lies behind the end of the segment".into()),
        ("the letters beside a line", "who wrote its segments, in order".into()),
        ("tinted, underlined", "words and scores of low probability; some servers tell none of their tokens".into()),
        ("? and a small letter", "what would have been under the knobs that are tried: exits, winners of rounds".into()),
        ("below the rounds", below),
    ]
}

/// What stands where an action has no key.
const NO_KEY: &str = "(no key)";

/// Columns of the keys.
const KEYS: u16 = 27;

fn row<'a>(prose: &mut Prose, keys: &str, meaning: impl Into<DisplayStr<'a>>, width: u16) {
    let keys = if keys.is_empty() { NO_KEY } else { keys };
    let head = vec![(Tone::Key, display!("  {keys:<width$} ", width = KEYS as usize - 3))];
    wrap(prose, head, Tone::Plain, meaning, width, KEYS);
}
