//! Methods of Python's strings, lists and dictionaries, which chat templates call as if they were Python.
//!
//! The authors of the template engine wrote them; this selects those that an untrusted template may use. One call can make of two
//! texts one as large as their product, and no name bounds it within an expression, so every result is bounded as if it had a
//! name.

use minijinja::value::Value;
use minijinja::{Error, ErrorKind, State};
use minijinja_contrib::pycompat::unknown_method_callback;

use super::settle::Bounds;

/// Those without a width or a template of their own: `format` could produce a gigabyte of blanks.
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
    // Check before creating it: afterwards is too late.
    let made = match name {
        "replace" => length(value).saturating_add(1).saturating_mul(arguments.last().map_or(0, length)),
        "join" => length(value).saturating_mul(arguments.first().map_or(0, length)),
        _ => length(value),
    };
    bounds.room_for(made)?;
    let result = unknown_method_callback(state, value, name, arguments)?;
    bounds.settled_inside(&result)
}
