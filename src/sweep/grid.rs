//! The grid: which knobs take which values, and every combination of them in order.
//!
//! Owns parsing lists of values and counting settings. `needs` decides whether a knob has an effect under the others.

use crate::engine::fusion::params::{Kind, Knob, ParamError, Params, Value};

/// The most values of one knob in a sweep: more are a typing mistake.
pub const MOST_VALUES: usize = 1000;

/// The most settings of a grid.
pub const MOST_SETTINGS: usize = 100_000;

/// One knob and the values that it takes.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone)]
pub struct Axis {
    pub knob: &'static Knob,
    /// Its values in the order given, without duplicates, at least one.
    pub values: Vec<Value>,
}

/// Every combination of the values of some knobs.
///
/// Settings are numbered from 0; the last axis changes fastest.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    axes: Vec<Axis>,
}

/// What is wrong with a grid.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum GridError {
    /// A value that its knob does not take, or an unknown knob.
    #[error(transparent)]
    Parameter(#[from] ParamError),
    /// A list with a gap, or an empty one.
    #[error("`{knob}` has an empty place in its list `{text}`: give values with one comma between them")]
    EmptyPlace { knob: &'static str, text: String },
    #[error("`{knob}`: `{text}` is no range: {reason}; write FROM..TO:STEP")]
    BadRange { knob: &'static str, text: String, reason: &'static str },
    /// More values than anyone would want.
    #[error("`{knob}` has {count} values, but a sweep takes at most {MOST_VALUES} of one knob")]
    TooManyValues { knob: &'static str, count: usize },
    /// More settings than anyone would want.
    #[error("the grid has more than {MOST_SETTINGS} settings: give fewer values")]
    TooManySettings,
    #[error("nothing is swept: give at least one knob several values, as in --segment-tokens 3,5,10")]
    NothingSwept,
    #[error("`{knob}` is swept twice: give it one list")]
    Twice { knob: &'static str },
}

impl PartialEq for Axis {
    /// A knob is identified by its name.
    fn eq(&self, other: &Self) -> bool {
        self.knob.name == other.knob.name && self.values == other.values
    }
}

impl Axis {
    /// Parses the values of a knob as on the command line: a list with commas, in which `FROM..TO:STEP` (numbers, both ends
    /// included; the default step is 1 for whole numbers, otherwise the knob's own) stands for all values in it. Duplicates count
    /// once.
    ///
    /// # Errors
    /// Names the knob, the value and what the knob takes.
    pub fn parse(knob: &'static Knob, text: &str) -> Result<Self, GridError> {
        let mut values = Vec::new();
        for part in text.split(',').map(str::trim) {
            if part.is_empty() {
                return Err(GridError::EmptyPlace { knob: knob.name, text: text.to_owned() });
            }
            match part.split_once("..") {
                Some((from, rest)) => values.extend(range(knob, part, from, rest)?),
                None => values.push(knob.parse(part)?),
            }
        }
        Self::new(knob, &values)
    }

    /// A knob with these values.
    ///
    /// # Errors
    /// If there is none, or one that the knob does not take.
    pub fn new(knob: &'static Knob, values: &[Value]) -> Result<Self, GridError> {
        let mut once: Vec<Value> = Vec::new();
        for value in values {
            let value = knob.check(value)?;
            if !once.contains(&value) {
                once.push(value);
            }
        }
        match once.len() {
            0 => Err(GridError::EmptyPlace { knob: knob.name, text: String::new() }),
            count if count > MOST_VALUES => Err(GridError::TooManyValues { knob: knob.name, count }),
            _ => Ok(Self { knob, values: once }),
        }
    }
}

/// All values from one end to the other.
fn range(knob: &'static Knob, text: &str, from: &str, rest: &str) -> Result<Vec<Value>, GridError> {
    let bad = |reason| GridError::BadRange { knob: knob.name, text: text.to_owned(), reason };
    let (to, step) = rest.split_once(':').map_or((rest, None), |(to, step)| (to, Some(step)));
    let own_step = match knob.kind {
        Kind::Integer { .. } => 1.0,
        Kind::Real { step, .. } => step,
        Kind::Switch | Kind::Choice(_) => return Err(bad("only numbers have ranges")),
    };
    let (from, to) = (number(&knob.parse(from.trim())?), number(&knob.parse(to.trim())?));
    let step = step.map_or(Some(own_step), |step| step.trim().parse().ok()).filter(|step: &f64| step.is_finite() && *step > 0.0);
    let step = step.ok_or_else(|| bad("the step must be a number above 0"))?;
    if from > to {
        return Err(bad("it must rise"));
    }
    // If the step does not divide the range exactly, rounding must not lose the end.
    let steps = ((to - from) / step + 1e-9).floor();
    if steps >= MOST_VALUES as f64 {
        return Err(GridError::TooManyValues { knob: knob.name, count: steps as usize + 1 });
    }
    let values = (0..=steps as usize).map(|place| Value::Real(rounded(from + place as f64 * step)));
    values.map(|value| Ok(knob.check(&value)?)).collect()
}

fn number(value: &Value) -> f64 {
    match value {
        Value::Integer(number) => *number as f64,
        Value::Real(number) => *number,
        Value::Switch(_) | Value::Name(_) => f64::NAN,
    }
}

/// Sums of steps have rounding errors in their last digits: 0.1 three times is 0.3.
fn rounded(number: f64) -> f64 {
    (number * 1e9).round() / 1e9
}

impl Grid {
    /// The grid of these axes.
    ///
    /// # Errors
    /// If no axis has several values, one knob has two axes, or there are too many settings.
    pub fn new(axes: Vec<Axis>) -> Result<Self, GridError> {
        for (place, axis) in axes.iter().enumerate() {
            if axes.iter().take(place).any(|other| other.knob.name == axis.knob.name) {
                return Err(GridError::Twice { knob: axis.knob.name });
            }
        }
        if axes.iter().all(|axis| axis.values.len() < 2) {
            return Err(GridError::NothingSwept);
        }
        let settings = axes.iter().try_fold(1_usize, |product, axis| product.checked_mul(axis.values.len()));
        if settings.is_none_or(|settings| settings > MOST_SETTINGS) {
            return Err(GridError::TooManySettings);
        }
        Ok(Self { axes })
    }

    /// The knobs that vary, with their values.
    #[must_use]
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// How many settings there are.
    #[must_use]
    pub fn settings(&self) -> usize {
        self.axes.iter().map(|axis| axis.values.len()).product()
    }

    /// The index of a setting on each axis.
    #[must_use]
    pub fn places(&self, setting: usize) -> Vec<usize> {
        let mut rest = setting;
        let mut places: Vec<usize> = self
            .axes
            .iter()
            .rev()
            .map(|axis| {
                let place = rest % axis.values.len();
                rest /= axis.values.len();
                place
            })
            .collect();
        places.reverse();
        places
    }

    /// The values of a setting, axis by axis.
    #[must_use]
    pub fn values(&self, setting: usize) -> Vec<&Value> {
        self.axes.iter().zip(self.places(setting)).filter_map(|(axis, place)| axis.values.get(place)).collect()
    }

    /// The setting with these values, axis by axis.
    #[must_use]
    pub fn find(&self, values: &[&Value]) -> Option<usize> {
        if values.len() != self.axes.len() {
            return None;
        }
        self.axes.iter().zip(values).try_fold(0, |setting, (axis, value)| {
            let place = axis.values.iter().position(|known| known == *value)?;
            Some(setting * axis.values.len() + place)
        })
    }

    /// The knobs of a setting, over those that do not vary.
    #[must_use]
    pub fn params(&self, fixed: &Params, setting: usize) -> Params {
        let mut params = fixed.clone();
        for (axis, value) in self.axes.iter().zip(self.values(setting)) {
            // Every value was checked when its axis was made.
            let _ = params.set(axis.knob.name, value);
        }
        params
    }

    /// A setting in words: `segment-tokens 5, exit-threshold 0.3`.
    #[must_use]
    pub fn name(&self, setting: usize) -> String {
        let pair = |(axis, value): (&Axis, &Value)| format!("{} {value}", axis.knob.name);
        self.axes.iter().zip(self.values(setting)).map(pair).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::engine::fusion::params::knob;

    fn axis(name: &str, text: &str) -> Result<Axis, GridError> {
        Axis::parse(knob(name).unwrap(), text)
    }

    fn shown(name: &str, text: &str) -> String {
        axis(name, text).unwrap().values.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_list_is_read_in_its_order_and_each_value_once() {
        assert_eq!(shown("segment-tokens", "20, 3,5,20"), "20 3 5");
        assert_eq!(shown("exit-threshold", "0,0.3,0.30"), "0 0.3");
        assert_eq!(shown("scoring", "geometric,mean-prob"), "geometric mean-prob");
        assert_eq!(shown("outlier-filter", "on,off"), "on off");
    }

    #[test]
    fn a_range_has_both_its_ends() {
        assert_eq!(shown("segment-tokens", "3..9:3,20"), "3 6 9 20");
        assert_eq!(shown("segment-tokens", "3..5"), "3 4 5");
        assert_eq!(shown("exit-threshold", "0..0.5:0.1"), "0 0.1 0.2 0.3 0.4 0.5");
        assert_eq!(shown("exit-worst-quality", "-10..-5:2.5"), "-10 -7.5 -5");
    }

    #[test]
    fn what_is_wrong_names_the_knob_and_the_value() {
        let error = |name: &str, text: &str| axis(name, text).unwrap_err().to_string();
        assert_eq!(
            error("segment-tokens", "3,900"),
            "`segment-tokens` is 900, but it takes a whole number from 1 to 200 (tokens)"
        );
        assert!(error("segment-tokens", "3,x").contains("`x`"));
        for list in ["", ",", "3,,5", "3,5,"] {
            assert!(error("segment-tokens", list).contains("empty place"), "{list}");
        }
        assert!(error("scoring", "geometric..mean-prob").contains("only numbers"));
        assert!(error("segment-tokens", "9..3").contains("rise"));
        assert!(error("exit-threshold", "0..1:0").contains("above 0"));
        assert!(error("exit-threshold", "0..1:0.0001").contains("10001 values"));
        assert!(error("segment-tokens", "1..9:0.5").contains("1.5"), "a whole number does not take halves");
    }

    #[test]
    fn a_grid_must_sweep_something_once() {
        assert_eq!(Grid::new(vec![]).unwrap_err(), GridError::NothingSwept);
        let single = axis("segment-tokens", "3").unwrap();
        assert_eq!(Grid::new(vec![single.clone()]).unwrap_err(), GridError::NothingSwept);
        let several = axis("segment-tokens", "3,4").unwrap();
        assert_eq!(Grid::new(vec![several.clone(), several.clone()]).unwrap_err(), GridError::Twice { knob: "segment-tokens" });
        let wide = |name| axis(name, "1..100").unwrap();
        let huge = vec![wide("segment-tokens"), wide("segment-words"), wide("exit-warm-up")];
        assert_eq!(Grid::new(huge).unwrap_err(), GridError::TooManySettings);
    }

    #[test]
    fn a_setting_is_put_over_the_fixed_knobs() {
        let axes = vec![axis("segment-tokens", "3,5").unwrap(), axis("exit-threshold", "0,0.3,0.5").unwrap()];
        let grid = Grid::new(axes).unwrap();
        assert_eq!((grid.settings(), grid.name(4)), (6, "segment-tokens 5, exit-threshold 0.3".to_owned()));
        let params = grid.params(&Params { max_tokens: 7, ..Params::default() }, 4);
        assert_eq!((params.segment_tokens, params.exit_threshold, params.max_tokens), (5, 0.3, 7));
    }

    proptest! {
        #[test]
        fn every_setting_is_found_by_its_values(lengths in prop::collection::vec(1_usize..5, 1..4)) {
            let names = ["segment-tokens", "segment-words", "exit-warm-up"];
            let axes = lengths.iter().zip(names).map(|(length, name)| axis(name, &format!("1..{length}")).unwrap()).collect();
            let grid = Grid::new(axes);
            prop_assume!(grid.is_ok());
            let grid = grid.unwrap();
            prop_assert_eq!(grid.settings(), lengths.iter().product::<usize>());
            for setting in 0..grid.settings() {
                prop_assert_eq!(grid.find(&grid.values(setting)), Some(setting));
            }
        }
    }
}
