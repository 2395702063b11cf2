//! What a knob is (name, unit, range, step and meaning), and how a value is read and checked.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{KnobGroup, Params};

/// A knob's value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// On or off.
    Switch(bool),
    /// A whole number.
    Integer(i64),
    /// A number.
    Real(f64),
    /// One of a list of names.
    Name(String),
}

/// The values a knob takes.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    Switch,
    /// Whole numbers from `min` to `max`; a key press changes it by `step`.
    Integer {
        min: i64,
        max: i64,
        step: i64,
    },
    /// Numbers from `min` to `max`; a key press changes it by `step`.
    Real {
        min: f64,
        max: f64,
        step: f64,
    },
    /// One of these names.
    Choice(&'static [&'static str]),
}

/// The values of a knob under which another one has an effect.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum When {
    /// One of these names.
    Is(&'static [&'static str]),
    /// A number above this.
    Above(f64),
}

/// One knob of the table.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy)]
pub struct Knob {
    /// Its name in the configuration file and, after `--`, on the command line.
    pub name: &'static str,
    pub group: KnobGroup,
    /// The unit of its value; empty for pure numbers, switches and choices.
    pub unit: &'static str,
    pub kind: Kind,
    /// One line: what it does.
    pub meaning: &'static str,
    /// The knobs it depends on, and the values each must have for it to have an effect; all must hold.
    pub needs: &'static [(&'static str, When)],
    pub get: fn(&Params) -> Value,
    /// Writes a value accepted by [`Knob::check`].
    pub(super) put: fn(&mut Params, &Value),
}

/// What is wrong with a knob's name or value.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ParamError {
    /// There is no such knob.
    #[error("there is no knob `{name}`; the nearest is `{nearest}`")]
    UnknownKnob {
        name: String,
        /// The most similar known name.
        nearest: &'static str,
    },
    /// The value does not fit the knob.
    #[error("`{name}` is {value}, but it takes {takes}")]
    BadValue {
        name: &'static str,
        value: String,
        /// What the knob takes, in words.
        takes: String,
    },
    /// There is no such preset.
    #[error("there is no preset `{name}`; there are: {known} (did you mean `{nearest}`?)")]
    UnknownPreset {
        name: String,
        /// The most similar known one.
        nearest: String,
        known: String,
    },
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Switch(on) => f.write_str(if *on { "on" } else { "off" }),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Real(number) => write!(f, "{number}"),
            Self::Name(name) => f.write_str(name),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Switch => f.write_str("on or off"),
            Self::Integer { min, max, .. } => write!(f, "a whole number from {min} to {max}"),
            Self::Real { min, max, .. } => write!(f, "a number from {min} to {max}"),
            Self::Choice(names) => write!(f, "one of {}", names.join(", ")),
        }
    }
}

impl When {
    /// Whether this value of the governing knob lets the other have an effect.
    #[must_use]
    pub fn allows(self, value: &Value) -> bool {
        match (self, value) {
            (Self::Is(names), Value::Switch(_) | Value::Name(_)) => names.contains(&value.to_string().as_str()),
            (Self::Above(least), Value::Real(number)) => *number > least,
            (Self::Above(least), Value::Integer(number)) => *number as f64 > least,
            (Self::Is(_), Value::Integer(_) | Value::Real(_)) | (Self::Above(_), Value::Switch(_) | Value::Name(_)) => false,
        }
    }

    /// The only value that would do, if there is just one.
    #[must_use]
    pub fn only(self) -> Option<&'static str> {
        match self {
            Self::Is([only]) => Some(only),
            Self::Is(_) | Self::Above(_) => None,
        }
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is(names) => f.write_str(&names.join(" or ")),
            Self::Above(least) => write!(f, "above {least}"),
        }
    }
}

impl Knob {
    /// Its value among the default knobs.
    #[must_use]
    pub fn default_value(&self) -> Value {
        (self.get)(&Params::default())
    }

    /// The value if it fits this knob's kind and range. Whole numbers pass as reals and whole reals as integers, because TOML and
    /// JSON writers do not distinguish them.
    pub fn check(&self, value: &Value) -> Result<Value, ParamError> {
        let fitting = match (self.kind, value) {
            (Kind::Switch, Value::Switch(_)) => Some(value.clone()),
            (Kind::Integer { min, max, .. }, Value::Integer(number)) => (min..=max).contains(number).then(|| value.clone()),
            (Kind::Integer { min, max, .. }, Value::Real(number)) => {
                let whole = number.fract() == 0.0 && (min as f64..=max as f64).contains(number);
                whole.then_some(Value::Integer(*number as i64))
            }
            (Kind::Real { min, max, .. }, Value::Real(number)) => (min..=max).contains(number).then(|| value.clone()),
            (Kind::Real { min, max, .. }, Value::Integer(number)) => {
                (min..=max).contains(&(*number as f64)).then_some(Value::Real(*number as f64))
            }
            (Kind::Choice(names), Value::Name(name)) => names.contains(&name.as_str()).then(|| value.clone()),
            (Kind::Switch, Value::Integer(_) | Value::Real(_) | Value::Name(_))
            | (Kind::Integer { .. } | Kind::Real { .. }, Value::Switch(_) | Value::Name(_))
            | (Kind::Choice(_), Value::Switch(_) | Value::Integer(_) | Value::Real(_)) => None,
        };
        fitting.ok_or_else(|| self.refuse(value.to_string()))
    }

    /// The value one key press up (`1`) or down (`-1`), within the range; names and switches wrap around.
    #[must_use]
    pub fn stepped(&self, value: &Value, direction: i64) -> Value {
        match (self.kind, value) {
            (Kind::Switch, Value::Switch(on)) => Value::Switch(!on),
            (Kind::Integer { min, max, step }, Value::Integer(number)) => {
                Value::Integer(number.saturating_add(step * direction).clamp(min, max))
            }
            (Kind::Real { min, max, step }, Value::Real(number)) => {
                // Round to a grid as fine as the smallest steps, so that no rounding error is shown.
                let moved = ((number + step * direction as f64) * 1e6).round() / 1e6;
                Value::Real(moved.clamp(min, max))
            }
            (Kind::Choice(names), Value::Name(name)) => {
                let at = names.iter().position(|known| known == name).unwrap_or(0);
                let last = names.len().saturating_sub(1);
                let to = match direction {
                    0 => at,
                    1.. => {
                        if at == last {
                            0
                        } else {
                            at + 1
                        }
                    }
                    ..0 => at.checked_sub(1).unwrap_or(last),
                };
                Value::Name(names.get(to).copied().unwrap_or_default().to_owned())
            }
            (Kind::Switch | Kind::Integer { .. } | Kind::Real { .. } | Kind::Choice(_), other) => other.clone(),
        }
    }

    /// Reads a value as the command line gives it.
    pub fn parse(&self, text: &str) -> Result<Value, ParamError> {
        let value = match self.kind {
            Kind::Switch => match text {
                "on" | "true" | "yes" | "1" => Some(Value::Switch(true)),
                "off" | "false" | "no" | "0" => Some(Value::Switch(false)),
                _ => None,
            },
            Kind::Integer { .. } => text.parse().ok().map(Value::Integer),
            Kind::Real { .. } => text.parse().ok().map(Value::Real),
            Kind::Choice(_) => Some(Value::Name(text.to_owned())),
        };
        value.ok_or_else(|| self.refuse(format!("`{text}`"))).and_then(|value| self.check(&value))
    }

    fn refuse(&self, value: String) -> ParamError {
        let unit = if self.unit.is_empty() { String::new() } else { format!(" ({})", self.unit) };
        ParamError::BadValue { name: self.name, value, takes: format!("{}{unit}", self.kind) }
    }
}

/// The known name most similar to `name`, for a suggestion after a typo.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known.into_iter().min_by_key(|known| strsim::damerau_levenshtein(name, known))
}
