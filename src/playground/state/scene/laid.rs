//! Where everything of a scene is, as the state needs it to know what is scrolled and clicked.

use super::draft::PaneText;
use super::hints;
use super::pane::Pane;
use super::whole::Scene;
use crate::playground::state::laid::{Laid, LaidHint, LaidPane};

impl Scene {
    fn laid_hints(&self) -> Vec<LaidHint> {
        let Some(layout) = &self.layout else { return Vec::new() };
        let places = hints::places(&self.hints, layout.hints.width, self.notice).into_iter();
        let hints = places.filter_map(|(columns, place)| Some((columns, self.hints.get(place)?)));
        let parts = hints.flat_map(|(columns, hint)| hint.under(columns));
        parts.map(|(columns, action)| LaidHint { columns, action: action.entry().name.to_owned() }).collect()
    }

    /// Where everything is, for the state.
    #[must_use]
    pub fn laid(&self) -> Laid {
        let pane = |pane: &Pane| {
            let text = self.texts.get(pane.member.0);
            LaidPane {
                member: pane.member,
                away: pane.away.then(|| pane.note.clone()),
                draft: text.and_then(PaneText::draft),
                open: text.is_some_and(PaneText::is_open),
                lines: text.map_or(0, |text| text.flow().lines()),
            }
        };
        Laid {
            layout: self.layout.clone(),
            panes: self.panes.iter().map(pane).collect(),
            table_rows: self.table.rows.len(),
            ticks: self.timeline.ticks.iter().map(|tick| tick.place).collect(),
            overlay_lines: self.overlay.len(),
            overlay_height: usize::from(self.popup.height.saturating_sub(2)),
            popup: self.popup,
            ranked: self.table.rows.iter().map(|row| row.member).collect(),
            chart: self.chart_places.1.clone(),
            chart_place: self.chart_places.0,
            roster: self.roster.rows(),
            hints: self.laid_hints(),
            tuning: self.tuning.laid(self.popup),
        }
    }
}
