//! What a value of a template may weigh, and how deep it may go.
//!
//! A list that holds another twice, and so on sixty times, takes no memory until it is printed or compared. Values outlive an
//! expression only under a name, so every value that gets one comes through here: lists that would be worked out later are worked
//! out, and what weighs too much or nests too deep is refused. Within one expression a value then grows by the expression's own
//! length and no more.

use std::time::Instant;

use minijinja::value::{DynObject, ObjectRepr, Value, ValueKind};
use minijinja::{Error, ErrorKind};

/// Lists in lists.
const DEPTH: usize = 24;

/// What every value weighs, whatever it is.
const PLAIN: usize = 8;

/// What a text weighs besides: printed inside a list it is escaped.
pub(super) fn weight(bytes: usize) -> usize {
    bytes.saturating_mul(2)
}

/// The bounds of one rendering.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    weight: usize,
    until: Instant,
}

impl Bounds {
    pub(super) fn new(weight: usize, until: Instant) -> Self {
        Self { weight, until }
    }

    /// Whether there is time left.
    pub(super) fn in_time(self) -> Result<(), Error> {
        if Instant::now() < self.until { Ok(()) } else { Err(refused("time is up")) }
    }

    /// Whether a text of this many bytes may be made.
    pub(super) fn room_for(self, bytes: usize) -> Result<(), Error> {
        self.in_time()?;
        if weight(bytes) <= self.weight { Ok(()) } else { Err(refused("a value is too large")) }
    }

    /// The value, if it may have a name.
    pub(super) fn settled(self, value: &Value) -> Result<Value, Error> {
        // What a namespace holds was settled when it came in.
        if is_namespace(value) { self.in_time().map(|()| value.clone()) } else { self.settled_inside(value) }
    }

    /// The value, if something else may hold it. A namespace may not be held: it could come to hold itself, and grow later.
    pub(super) fn settled_inside(self, value: &Value) -> Result<Value, Error> {
        self.in_time()?;
        let mut left = self.weight;
        Ok(settle(value, 0, &mut left)?.unwrap_or_else(|| value.clone()))
    }
}

/// What takes the value's place, where it cannot stay as it is.
fn settle(value: &Value, depth: usize, left: &mut usize) -> Result<Option<Value>, Error> {
    if depth > DEPTH {
        return Err(refused(&format!("a value nests deeper than {DEPTH} levels")));
    }
    let bytes = value.as_str().map(str::len).or_else(|| value.as_bytes().map(<[u8]>::len)).unwrap_or_default();
    *left = left.checked_sub(PLAIN + weight(bytes)).ok_or_else(|| refused("a value is too large"))?;
    match value.kind() {
        ValueKind::Seq | ValueKind::Iterable => settle_list(value, depth, left),
        ValueKind::Map => settle_map(value, depth, left),
        ValueKind::Invalid => Err(refused("a value could not be worked out")),
        _ => Ok(None),
    }
}

fn settle_list(value: &Value, depth: usize, left: &mut usize) -> Result<Option<Value>, Error> {
    let mut items = Vec::new();
    let mut changed = !value.as_object().is_some_and(is_plain_list);
    for item in value.try_iter()? {
        let settled = settle(&item, depth + 1, left)?;
        changed |= settled.is_some();
        items.push(settled.unwrap_or(item));
    }
    Ok(changed.then(|| Value::from(items)))
}

fn settle_map(value: &Value, depth: usize, left: &mut usize) -> Result<Option<Value>, Error> {
    if is_namespace(value) {
        return Err(refused("a namespace cannot be part of another value"));
    }
    let mut pairs = Vec::new();
    let mut changed = false;
    for key in value.try_iter()? {
        let item = value.get_item(&key)?;
        settle(&key, depth + 1, left)?;
        let settled = settle(&item, depth + 1, left)?;
        changed |= settled.is_some();
        pairs.push((key, settled.unwrap_or(item)));
    }
    Ok(changed.then(|| pairs.into_iter().collect::<Value>()))
}

/// Whether a list holds its items, so that none is worked out when it is read.
fn is_plain_list(object: &DynObject) -> bool {
    object.repr() == ObjectRepr::Seq && object.downcast_ref::<Vec<Value>>().is_some()
}

/// The engine keeps the type to itself; its name is that of a namespace that we make.
fn is_namespace(value: &Value) -> bool {
    let Ok(known) = minijinja::functions::namespace(None) else { return false };
    match (value.as_object(), known.as_object()) {
        (Some(value), Some(known)) => value.type_name() == known.type_name(),
        _ => false,
    }
}

fn refused(problem: &str) -> Error {
    Error::new(ErrorKind::InvalidOperation, problem.to_owned())
}
