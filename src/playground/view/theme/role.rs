//! The roles that a theme gives styles to: what something means on the screen, not which widget it is.

/// What a piece of the screen means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Ordinary text.
    Text,
    /// Secondary text.
    Dim,
    /// Emphasised text.
    Strong,
    /// Frames.
    Border,
    /// The frame of the focused pane.
    BorderFocus,
    /// Titles of panes.
    Title,
    /// What should catch the eye.
    Accent,
    /// The selected row.
    Selection,
    /// The text cursor.
    Cursor,
    /// Success.
    Ok,
    /// A warning.
    Warn,
    /// A failure.
    Error,
    /// Work under way.
    Busy,
    /// Work that is finished.
    Done,
    /// What one could do.
    Hint,
    /// The name of a key.
    Key,
    /// The candidate that won its round.
    Winner,
    /// A choice that the user made instead of the verifiers.
    Override,
    /// A member that left the ensemble.
    Exit,
    /// The filled part of a gauge.
    Gauge,
    /// The line that a value is compared with.
    Threshold,
    /// A question that waits for an answer.
    Question,
    /// Probability or score, from 0 (low) to 4 (high); larger numbers count as 4.
    Heat(u8),
    /// The member with this place in the ensemble, from 0; after 15 the styles start again.
    Member(u8),
}

/// How many steps [`Role::Heat`] has.
pub const HEAT_STEPS: u8 = 5;

/// How many members have a style of their own.
pub const MEMBER_STYLES: u8 = 16;

/// Names that a file may give a style to without there being such a role: what `heat.0` or `member.1` falls back to.
pub(super) const GROUPS: [&str; 2] = ["heat", "member"];

/// One row of the table of roles.
struct Entry {
    role: Role,
    name: &'static str,
    #[allow(dead_code, reason = "for whoever reads the table")]
    meaning: &'static str,
}

const fn entry(role: Role, name: &'static str, meaning: &'static str) -> Entry {
    Entry { role, name, meaning }
}

/// Every role, in the order of [`Role::index`].
static ROLES: [Entry; Role::COUNT] = [
    entry(Role::Text, "text", "ordinary text; its background is that of the whole screen"),
    entry(Role::Dim, "text.dim", "secondary text"),
    entry(Role::Strong, "text.strong", "emphasised text"),
    entry(Role::Border, "border", "frames"),
    entry(Role::BorderFocus, "border.focus", "the frame of the focused pane"),
    entry(Role::Title, "title", "titles of panes"),
    entry(Role::Accent, "accent", "what should catch the eye"),
    entry(Role::Selection, "selection", "the selected row"),
    entry(Role::Cursor, "cursor", "the text cursor"),
    entry(Role::Ok, "ok", "success"),
    entry(Role::Warn, "warn", "a warning"),
    entry(Role::Error, "error", "a failure"),
    entry(Role::Busy, "busy", "work under way"),
    entry(Role::Done, "done", "work that is finished"),
    entry(Role::Hint, "hint", "what one could do"),
    entry(Role::Key, "key", "the name of a key"),
    entry(Role::Winner, "winner", "the candidate that won its round"),
    entry(Role::Override, "override", "a choice made by a person instead of the verifiers"),
    entry(Role::Exit, "exit", "a member that left the ensemble"),
    entry(Role::Gauge, "gauge", "the filled part of a gauge"),
    entry(Role::Threshold, "threshold", "the line that a value is compared with"),
    entry(Role::Question, "question", "a question that waits for an answer"),
    entry(Role::Heat(0), "heat.0", "improbable, or a low score"),
    entry(Role::Heat(1), "heat.1", "rather improbable"),
    entry(Role::Heat(2), "heat.2", "between the two"),
    entry(Role::Heat(3), "heat.3", "rather probable"),
    entry(Role::Heat(4), "heat.4", "certain, or a high score"),
    entry(Role::Member(0), "member.1", "the first member"),
    entry(Role::Member(1), "member.2", "the second member"),
    entry(Role::Member(2), "member.3", "the third member"),
    entry(Role::Member(3), "member.4", "the fourth member"),
    entry(Role::Member(4), "member.5", "the fifth member"),
    entry(Role::Member(5), "member.6", "the sixth member"),
    entry(Role::Member(6), "member.7", "the seventh member"),
    entry(Role::Member(7), "member.8", "the eighth member"),
    entry(Role::Member(8), "member.9", "the ninth member"),
    entry(Role::Member(9), "member.10", "the tenth member"),
    entry(Role::Member(10), "member.11", "the eleventh member"),
    entry(Role::Member(11), "member.12", "the twelfth member"),
    entry(Role::Member(12), "member.13", "the thirteenth member"),
    entry(Role::Member(13), "member.14", "the fourteenth member"),
    entry(Role::Member(14), "member.15", "the fifteenth member"),
    entry(Role::Member(15), "member.16", "the sixteenth member"),
];

impl Role {
    /// How many roles there are.
    pub const COUNT: usize = 22 + HEAT_STEPS as usize + MEMBER_STYLES as usize;

    /// Every role, in the table's order.
    pub fn all() -> impl Iterator<Item = Self> {
        ROLES.iter().map(|entry| entry.role)
    }

    /// What theme files call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        ROLES[self.index()].name
    }

    /// One line: what it means.
    #[cfg(any(test, feature = "testing"))]
    #[must_use]
    pub fn meaning(self) -> &'static str {
        ROLES[self.index()].meaning
    }

    /// Its place in the table.
    pub(super) fn index(self) -> usize {
        match self {
            Self::Text => 0,
            Self::Dim => 1,
            Self::Strong => 2,
            Self::Border => 3,
            Self::BorderFocus => 4,
            Self::Title => 5,
            Self::Accent => 6,
            Self::Selection => 7,
            Self::Cursor => 8,
            Self::Ok => 9,
            Self::Warn => 10,
            Self::Error => 11,
            Self::Busy => 12,
            Self::Done => 13,
            Self::Hint => 14,
            Self::Key => 15,
            Self::Winner => 16,
            Self::Override => 17,
            Self::Exit => 18,
            Self::Gauge => 19,
            Self::Threshold => 20,
            Self::Question => 21,
            Self::Heat(step) => 22 + usize::from(step.min(HEAT_STEPS - 1)),
            Self::Member(place) => 22 + usize::from(HEAT_STEPS) + usize::from(place % MEMBER_STYLES),
        }
    }
}

/// What a theme file may give a style to: the names of all roles, and the groups.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    Role::all().map(Role::name).chain(GROUPS)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_indices() {
        assert_eq!(Role::all().map(Role::index).collect::<Vec<_>>(), (0..Role::COUNT).collect::<Vec<_>>());
    }

    #[test]
    fn every_role_has_a_name_and_a_meaning_of_its_own() {
        assert_eq!(names().collect::<BTreeSet<_>>().len(), Role::COUNT + GROUPS.len());
        assert_eq!(Role::all().map(Role::meaning).collect::<BTreeSet<_>>().len(), Role::COUNT);
        assert!(Role::all().all(|role| !role.meaning().is_empty()));
    }

    #[test]
    fn what_is_outside_a_range_still_has_a_role() {
        assert_eq!(Role::Heat(u8::MAX).index(), Role::Heat(4).index());
        assert_eq!(Role::Member(16).index(), Role::Member(0).index());
        assert_eq!(Role::Member(u8::MAX).index(), Role::Member(15).index());
    }
}
