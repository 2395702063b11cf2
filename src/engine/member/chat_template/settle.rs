//! Limits on the weight and depth of a template's values.
//!
//! A list that contains another twice, and so on sixty times, takes no memory until it is printed or compared. Values outlive an
//! expression only under a name, so every named value passes through here: lazy lists are evaluated, and what weighs too much or
//! nests too deeply is refused. Within one expression a value then grows by no more than the expression's own length.

use std::time::Instant;

use minijinja::value::{DynObject, ObjectRepr, Value, ValueKind};
use minijinja::{Error, ErrorKind};

/// Lists in lists.
const DEPTH: usize = 24;

/// The base weight of every value.
const PLAIN: usize = 8;

/// The additional weight of a text, which is escaped when printed inside a list.
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

    /// Fails if time is up.
    pub(super) fn in_time(self) -> Result<(), Error> {
        if Instant::now() < self.until { Ok(()) } else { Err(refused("time is up")) }
    }

    /// Fails if a text of this many bytes may not be made.
    pub(super) fn room_for(self, bytes: usize) -> Result<(), Error> {
        self.in_time()?;
        if weight(bytes) <= self.weight { Ok(()) } else { Err(refused("a value is too large")) }
    }

    /// The value, if it may have a name.
    pub(super) fn settled(self, value: &Value) -> Result<Value, Error> {
        // The contents of a namespace were settled when they were added.
        if is_namespace(value) { self.in_time().map(|()| value.clone()) } else { self.settled_inside(value) }
    }

    /// The value, if another may contain it. A namespace may not be contained: it could come to contain itself, and grow later.
    pub(super) fn settled_inside(self, value: &Value) -> Result<Value, Error> {
        self.in_time()?;
        let mut left = self.weight;
        Ok(settle(value, 0, &mut left)?.unwrap_or_else(|| value.clone()))
    }
}

/// The replacement of a value that cannot stay as it is.
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

/// Whether a list stores its items, so that none is computed when it is read.
fn is_plain_list(object: &DynObject) -> bool {
    object.repr() == ObjectRepr::Seq && object.downcast_ref::<Vec<Value>>().is_some()
}

/// The engine's type is private; it is recognised by the name of a namespace made here.
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
