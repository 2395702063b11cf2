//! Methods of Python's strings, lists and dictionaries, which chat templates call as if they were Python.
//!
//! The engine's makers wrote them; here is what of them a foreign template may use. What one call makes out of two texts is as large
//! as their product, and within one expression no name bounds it, so every result is bounded as if it had one.

use minijinja::value::Value;
use minijinja::{Error, ErrorKind, State};
use minijinja_contrib::pycompat::unknown_method_callback;

use super::settle::Bounds;

/// Those that take no width or template of their own: `format` can be told to make a gigabyte of blanks.
const METHODS: &[&str] = &[
    "capitalize",
    "count",
    "endswith",
    "find",
    "get",
    "isalnum",
    "isalpha",
    "isascii",
    "isdigit",
    "islower",
    "isnumeric",
    "isspace",
    "isupper",
    "items",
    "join",
    "keys",
    "lower",
    "lstrip",
    "replace",
    "rfind",
    "rstrip",
    "split",
    "splitlines",
    "startswith",
    "strip",
    "title",
    "upper",
    "values",
];

/// Calls a method.
pub(super) fn call(
    bounds: Bounds,
    state: &mut State<'_, '_>,
    value: &Value,
    name: &str,
    arguments: &[Value],
) -> Result<Value, Error> {
    if !METHODS.contains(&name) {
        return Err(Error::from(ErrorKind::UnknownMethod));
    }
    let length = |value: &Value| value.as_str().map_or_else(|| value.len().unwrap_or_default(), str::len);
    // Before it is there: afterwards is too late.
    let made = match name {
        "replace" => length(value).saturating_add(1).saturating_mul(arguments.last().map_or(0, length)),
        "join" => length(value).saturating_mul(arguments.first().map_or(0, length)),
        _ => length(value),
    };
    bounds.room_for(made)?;
    let result = unknown_method_callback(state, value, name, arguments)?;
    bounds.settled_inside(&result)
}
