//! Sliders: the track of a knob with the value in force, the one that is tried, and the values at which something changes.
//!
//! Owns the places on a track, and which value is at one; the panel says what stands beside it.

use super::ladder::{Length, RUNGS};
use super::panel::Row;
use crate::clean::DisplayText;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::params::{Kind, Knob, Params, Value};
use crate::playground::state::answer::letter;
use crate::playground::state::glyphs::Glyphs;
use crate::playground::state::prose::{Line, Tone};

/// A track; places are shares from 0 (left) to 1.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Slider {
    /// The places that can be chosen, where they are few.
    pub stops: Vec<f64>,
    /// The value in force.
    pub in_force: f64,
    /// The value that is tried, if it is another.
    pub tried: Option<f64>,
    /// Where a member starts or ceases to leave.
    pub ticks: Vec<(f64, MemberIndex)>,
}

/// What clicking on a track sets.
#[derive(Debug, Clone)]
pub enum Setting {
    /// The length of a segment.
    Length(Length),
    /// A knob's value.
    Value(&'static Knob, Value),
}

/// What is in a cell of a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    Rail,
    Stop,
    InForce,
    Tried,
    Tick(MemberIndex),
}

impl Slider {
    /// The slider of a row; `None` for one without.
    #[must_use]
    pub fn of(row: Row, in_force: &Params, tried: &Params) -> Option<Self> {
        let stops = match row {
            Row::Length => stops(RUNGS.len()),
            Row::Knob(Knob { kind: Kind::Choice(names), .. }) => stops(names.len()),
            Row::Preset | Row::Knob(_) => Vec::new(),
        };
        let (now, then) = (place(row, in_force)?, place(row, tried)?);
        Some(Self { stops, in_force: now, tried: ((now - then).abs() > 1e-9).then_some(then), ticks: Vec::new() })
    }

    /// The track in this many columns.
    #[must_use]
    pub fn line(&self, columns: u16, glyphs: Glyphs) -> Line {
        let mut line = Line::new();
        for cell in self.cells(columns) {
            let (tone, text): (Tone, DisplayText) = match cell {
                Cell::Rail => (Tone::Dim, glyphs.rule().into()),
                Cell::Stop => (Tone::Dim, glyphs.stop().into()),
                Cell::InForce => (Tone::Strong, glyphs.in_force().into()),
                Cell::Tried => (Tone::Warning, glyphs.tried().into()),
                Cell::Tick(member) => (Tone::Member(member.0), letter(member.0).into()),
            };
            match line.last_mut() {
                Some((last, before)) if *last == tone => before.push(text.as_display()),
                Some(_) | None => line.push((tone, text)),
            }
        }
        line
    }

    fn cells(&self, columns: u16) -> Vec<Cell> {
        let mut cells = vec![Cell::Rail; usize::from(columns)];
        let Some(last) = cells.len().checked_sub(1) else { return cells };
        let at = |place: f64| (place.clamp(0.0, 1.0) * last as f64).round() as usize;
        for stop in &self.stops {
            cells[at(*stop)] = Cell::Stop;
        }
        cells[at(self.in_force)] = Cell::InForce;
        if let Some(tried) = self.tried {
            cells[at(tried)] = Cell::Tried;
        }
        for (place, member) in &self.ticks {
            if let Some(free) = beside(&cells, at(*place), *place < self.in_force) {
                cells[free] = Cell::Tick(*member);
            }
        }
        cells
    }
}

/// The nearest cell that is free for a tick, first on its own side of the value in force.
fn beside(cells: &[Cell], at: usize, left: bool) -> Option<usize> {
    let step = |steps: usize, left: bool| if left { at.checked_sub(steps) } else { at.checked_add(steps) };
    let near = (0..=3).flat_map(|steps| [step(steps, left), step(steps, !left)]).flatten();
    near.filter(|near| *near < cells.len()).find(|near| matches!(cells[*near], Cell::Rail | Cell::Stop))
}

/// What is at a place of a row's track.
#[must_use]
pub fn setting(row: Row, place: f64) -> Option<Setting> {
    let nearest = |count: usize| (place.clamp(0.0, 1.0) * count.saturating_sub(1) as f64).round() as usize;
    match row {
        Row::Preset => None,
        Row::Length => RUNGS.get(nearest(RUNGS.len())).copied().map(Setting::Length),
        Row::Knob(knob) => {
            let value = match knob.kind {
                Kind::Switch => return None,
                Kind::Choice(names) => Value::Name((*names.get(nearest(names.len()))?).to_owned()),
                Kind::Real { min, max, step } => {
                    // As fine as the smallest steps, so that no rounding error is shown.
                    let steps = (place.clamp(0.0, 1.0) * (max - min) / step).round();
                    Value::Real((((min + steps * step) * 1e6).round() / 1e6).clamp(min, max))
                }
                Kind::Integer { min, max, .. } => {
                    Value::Integer(min + (place.clamp(0.0, 1.0) * (max - min) as f64).round() as i64)
                }
            };
            Some(Setting::Value(knob, value))
        }
    }
}

fn stops(count: usize) -> Vec<f64> {
    let last = count.saturating_sub(1).max(1) as f64;
    (0..count).map(|place| place as f64 / last).collect()
}

/// A length between two rungs is between their places.
fn length_place(length: Length) -> f64 {
    let last = RUNGS.len().saturating_sub(1).max(1) as f64;
    let place = |rung: Option<Length>| rung.and_then(|rung| RUNGS.iter().position(|known| *known == rung));
    let between = || (place(length.next(1)).unwrap_or(0) + place(length.next(-1)).unwrap_or(RUNGS.len() - 1)) as f64 / 2.0;
    place(Some(length)).map_or_else(between, |place| place as f64) / last
}

/// Where the value of a row is on its track; `None` for a row without one.
fn place(row: Row, params: &Params) -> Option<f64> {
    let knob = match row {
        Row::Preset => return None,
        Row::Length => return Some(length_place(Length::of(params))),
        Row::Knob(knob) => knob,
    };
    match (knob.kind, (knob.get)(params)) {
        (Kind::Choice(names), Value::Name(name)) => {
            let place = names.iter().position(|known| *known == name).unwrap_or(0);
            Some(place as f64 / names.len().saturating_sub(1).max(1) as f64)
        }
        (Kind::Real { min, max, .. }, Value::Real(value)) => Some((value - min) / (max - min)),
        (Kind::Integer { min, max, .. }, Value::Integer(value)) => Some((value - min) as f64 / (max - min) as f64),
        (Kind::Switch | Kind::Choice(_) | Kind::Real { .. } | Kind::Integer { .. }, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::fusion::params::knob;
    use proptest::prelude::*;

    fn row(name: &str) -> Row {
        Row::Knob(knob(name).unwrap())
    }

    fn with(changes: &[(&str, &str)]) -> Params {
        let mut params = Params::default();
        for (name, text) in changes {
            params.set_text(name, text).unwrap();
        }
        params
    }

    fn drawn(slider: &Slider, columns: u16) -> String {
        slider.line(columns, Glyphs::new(false)).iter().map(|(_, text)| text.as_str()).collect()
    }

    #[test]
    fn the_track_marks_the_value_in_force_and_the_one_that_is_tried() {
        let threshold = |text| {
            let tried = with(&[("exit-threshold", text)]);
            Slider::of(row("exit-threshold"), &Params::default(), &tried).unwrap()
        };
        assert_eq!(drawn(&threshold("0.5"), 11), "─────●─────");
        assert_eq!(drawn(&threshold("0.8"), 11), "─────●──◆──");
        assert_eq!(drawn(&threshold("1"), 11), "─────●────◆");
        assert_eq!(drawn(&threshold("0.5"), 0), "");
        let ascii = threshold("0").line(11, Glyphs::new(true));
        assert_eq!(ascii.iter().map(|(_, text)| text.as_str()).collect::<String>(), "+----o-----");
    }

    #[test]
    fn names_and_lengths_are_stops() {
        let length = |tried: &Params| Slider::of(Row::Length, &Params::default(), tried).unwrap();
        assert_eq!(drawn(&length(&Params::default()), 13), "●─┼─┼─┼─┼─┼─┼");
        let words = with(&[("segment", "words"), ("segment-words", "6")]);
        assert_eq!(drawn(&length(&words), 13), "●─┼─◆─┼─┼─┼─┼");
        let between = with(&[("segment", "words"), ("segment-words", "8")]);
        assert_eq!(drawn(&length(&between), 13), "●─┼◆┼─┼─┼─┼─┼");
        let scoring = Slider::of(row("scoring"), &Params::default(), &with(&[("scoring", "mean-prob")])).unwrap();
        assert_eq!((scoring.in_force, scoring.tried), (0.2, Some(0.0)));
        assert_eq!(Slider::of(Row::Preset, &words, &words), None);
    }

    #[test]
    fn ticks_stay_beside_the_marks_on_their_own_side() {
        let slider = |ticks: &[(f64, usize)]| Slider {
            in_force: 0.5,
            ticks: ticks.iter().map(|(place, member)| (*place, MemberIndex(*member))).collect(),
            ..Slider::default()
        };
        assert_eq!(drawn(&slider(&[(0.2, 0), (0.9, 1)]), 11), "──A──●───B─");
        assert_eq!(drawn(&slider(&[(0.48, 4)]), 11), "────E●─────");
        assert_eq!(drawn(&slider(&[(0.52, 4)]), 11), "─────●E────");
        assert_eq!(drawn(&slider(&[(0.9, 0), (0.9, 1), (1.0, 2)]), 11), "─────●──CAB");
    }

    proptest! {
        #[test]
        fn a_place_sets_a_value_that_is_there(place in -0.5_f64..1.5) {
            for row in Row::all() {
                let mut params = Params::default();
                match setting(row, place) {
                    Some(Setting::Length(length)) => {
                        for (name, value) in length.values() {
                            params.set(name, &value).unwrap();
                        }
                    }
                    Some(Setting::Value(knob, value)) => params.set(knob.name, &value).unwrap(),
                    None => continue,
                }
                let slider = Slider::of(row, &params, &params).unwrap();
                // Within half a step, or half the way to the next stop.
                let tolerance = match row { Row::Knob(Knob { kind: Kind::Real { min, max, step }, .. }) => step / (max - min), _ => 0.51 };
                prop_assert!((slider.in_force - place.clamp(0.0, 1.0)).abs() <= tolerance, "{}: {}", row.name(), slider.in_force);
            }
        }
    }
}
