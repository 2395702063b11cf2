//! What the user looks at: a round, a part of the screen, a position in a text, a page over everything.
//!
//! Owns positions only. The layout of the last frame ([`Laid`]) reports how large things are.

use crate::engine::fusion::MemberIndex;
use crate::playground::state::action::Page;
use crate::playground::state::laid::Laid;
use crate::playground::state::layout::Part;
use crate::playground::state::overlay::{Against, Overlay};
use crate::playground::state::scene::draft::DraftKey;
use crate::playground::state::session::Session;

/// What the user looks at.
#[derive(Debug, Clone)]
pub struct Looking {
    /// The selected round, if it is not the newest.
    pub round: Option<Look>,
    /// The focused part.
    pub focus: Part,
    /// Whether the focused part fills the screen.
    pub zoomed: bool,
    /// The member whose pane is visible if not all are.
    pub pane: MemberIndex,
    /// What is shown over the screen.
    pub overlay: Option<Overlay>,
    /// What the answer is compared with on the comparison page.
    pub against: Option<Against>,
    /// The lines that the user scrolled to, by member.
    pub tops: Vec<Option<(DraftKey, usize)>>,
    /// The first visible row of the ranking.
    pub table_top: usize,
    /// Where everything was in the last frame, and how large.
    pub laid: Laid,
}

/// A round that the user selected instead of the newest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// The answer's index in the session.
    pub answer: usize,
    /// The round's index in the answer.
    pub round: usize,
}

impl Default for Looking {
    fn default() -> Self {
        Self {
            round: None,
            focus: Part::Transcript,
            zoomed: false,
            pane: MemberIndex(0),
            overlay: None,
            against: None,
            tops: Vec::new(),
            table_top: 0,
            laid: Laid::default(),
        }
    }
}

impl Looking {
    /// The round that panes and table show: the answer, and the round in it if there is one yet. A decided round stays visible
    /// until something of the next one arrives. Behind the closing card it is the last round that was contested.
    #[must_use]
    pub fn shown(&self, session: &Session) -> (usize, Option<usize>) {
        if let Some(look) = self.round {
            return (look.answer, Some(look.round));
        }
        if let Some(answer) = session.newest().filter(|answer| answer.is_closed()) {
            return (session.answers().len() - 1, answer.last_contested());
        }
        let rounds = session.newest().map_or(&[][..], |answer| &answer.run.rounds);
        let shown = match rounds {
            [.., decided, next] if decided.accepted.is_some() && !next.has_begun() => rounds.len() - 1,
            all => all.len(),
        };
        (session.answers().len().saturating_sub(1), shown.checked_sub(1))
    }

    /// The number of the round that taking back goes to the start of.
    #[must_use]
    pub fn taken_back(&self, session: &Session) -> Option<usize> {
        let (at, round) = self.shown(session);
        let answer = session.answer(at);
        // An open round has nothing to take back: go to the one before it.
        let decided = |round: usize| answer.round(round).is_some_and(|round| round.accepted.is_some());
        let last = round.map(|round| if decided(round) { round } else { round.saturating_sub(1) });
        // The round that only ends the answer is no round to draft differently, unless the user selected it.
        let written = |place: &usize| {
            let accepted = answer.round(*place).and_then(|round| round.accepted.as_ref());
            accepted.is_some_and(|accepted| !accepted.text.trim().is_empty())
        };
        let skipped = last.filter(|_| self.round.is_none()).and_then(|last| (0..=last).rev().find(written));
        let round = skipped.or(last).and_then(|round| answer.round(round))?;
        round.accepted.is_some().then_some(round.number)
    }

    /// The page over the screen.
    #[must_use]
    pub fn page(&self) -> Option<Page> {
        self.overlay.as_ref().and_then(Overlay::as_page)
    }

    /// Shows the answer next to another.
    pub fn compare_with(&mut self, against: Against) {
        self.against = Some(against);
        self.overlay = Some(Overlay::page(Page::Compare));
    }

    /// Focuses a part; the pane of a member stays visible.
    pub fn focus_on(&mut self, part: Part) {
        self.focus = part;
        if let Part::Pane(member) = part {
            self.pane = member;
        }
    }

    /// Gives the ranking, with every vote in numbers, the whole screen, or everything its place again.
    pub fn votes(&mut self) {
        if (self.focus, self.zoomed) == (Part::Ranking, true) {
            (self.focus, self.zoomed) = (Part::Transcript, false);
        } else {
            (self.focus, self.zoomed) = (Part::Ranking, true);
        }
    }

    /// Drops the focus of a pane that another run, with fewer members, does not have.
    pub fn limit_to(&mut self, members: usize) {
        if let Part::Pane(member) = self.focus
            && member.0 >= members
        {
            (self.focus, self.zoomed) = (Part::Transcript, false);
        }
    }

    /// The line that the user scrolled to in the pane of a member, if it still shows this draft.
    #[must_use]
    pub fn top_of(&self, member: MemberIndex, draft: Option<DraftKey>) -> Option<usize> {
        let (of, top) = (*self.tops.get(member.0)?)?;
        (Some(of) == draft).then_some(top)
    }

    /// The first visible line of a member's pane.
    #[must_use]
    pub fn pane_top(&self, member: MemberIndex) -> usize {
        let height = self.laid.part_height(Part::Pane(member));
        self.laid.panes.get(member.0).map_or(0, |pane| pane.top(height, self.top_of(member, pane.draft)))
    }

    /// Scrolls the pane of a member by lines.
    pub fn scroll_pane(&mut self, member: MemberIndex, lines: isize) {
        let height = self.laid.part_height(Part::Pane(member));
        let Some(pane) = self.laid.panes.get(member.0) else { return };
        let Some(draft) = pane.draft else { return };
        let last = pane.lines.saturating_sub(height);
        let top = pane.top(height, self.top_of(member, pane.draft)).saturating_add_signed(lines).min(last);
        if self.tops.len() <= member.0 {
            self.tops.resize(member.0 + 1, None);
        }
        self.tops[member.0] = Some((draft, top));
    }

    /// Scrolls the ranking by lines.
    pub fn scroll_table(&mut self, lines: isize) {
        let last = (self.laid.table_rows + 1).saturating_sub(self.laid.part_height(Part::Ranking));
        self.table_top = self.table_top.saturating_add_signed(lines).min(last);
    }

    /// Records the measurements of the layout.
    pub fn lay(&mut self, laid: Laid) {
        if let Some(scroll) = self.overlay.as_mut().and_then(Overlay::scroll_mut) {
            scroll.fit(laid.overlay_lines, laid.overlay_height);
        }
        self.laid = laid;
    }
}
