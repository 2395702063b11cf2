//! Locations in JSON, written `choices/0/delta/content`; `*` stands for every element of an array.
//!
//! APIs differ mostly in where a value is, so locations are data, which this reads and writes.

use serde_json::{Map, Value};

use crate::engine::member::count;

/// Every value at a location, in order.
pub(super) fn all<'a>(value: &'a Value, path: &str) -> Vec<&'a Value> {
    let Some((step, rest)) = split(path) else { return vec![value] };
    match (value, step) {
        (Value::Array(elements), "*") => elements.iter().flat_map(|element| all(element, rest)).collect(),
        (Value::Array(elements), index) => {
            index.parse().ok().and_then(|index: usize| elements.get(index)).map_or_else(Vec::new, |element| all(element, rest))
        }
        (Value::Object(fields), name) => fields.get(name).map_or_else(Vec::new, |field| all(field, rest)),
        (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_), _) => Vec::new(),
    }
}

/// The first value at a location that is not null.
pub(super) fn one<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    all(value, path).into_iter().find(|found| !found.is_null())
}

/// The first text at any of these locations, ignoring empty ones.
pub(super) fn text<'a>(value: &'a Value, paths: &[&str]) -> Option<&'a str> {
    paths.iter().flat_map(|path| all(value, path)).filter_map(Value::as_str).find(|text| !text.is_empty())
}

/// The texts at the first of these locations that has any, joined.
pub(super) fn joined(value: &Value, paths: &[&str]) -> String {
    let found = paths.iter().map(|path| all(value, path).into_iter().filter_map(Value::as_str).collect::<String>());
    found.into_iter().find(|text| !text.is_empty()).unwrap_or_default()
}

/// The first number at any of these locations.
pub(super) fn number(value: &Value, paths: &[&str]) -> Option<u64> {
    paths.iter().flat_map(|path| all(value, path)).find_map(count::of)
}

/// Sets the value at a location made of object names; objects on the way are created, other values there are replaced.
pub(super) fn set(object: &mut Map<String, Value>, path: &str, value: Value) {
    match split(path) {
        None => {}
        Some((name, "")) => {
            object.insert(name.to_owned(), value);
        }
        Some((name, rest)) => {
            let inner = object.entry(name).or_insert_with(|| Value::Object(Map::new()));
            if !inner.is_object() {
                *inner = Value::Object(Map::new());
            }
            if let Value::Object(inner) = inner {
                set(inner, rest, value);
            }
        }
    }
}

/// Merges fields into an object: objects are merged, anything else is replaced.
pub(super) fn merge(object: &mut Map<String, Value>, extra: &Map<String, Value>) {
    for (name, value) in extra {
        match (object.get_mut(name), value) {
            (Some(Value::Object(inner)), Value::Object(extra)) => merge(inner, extra),
            (_, value) => {
                object.insert(name.clone(), value.clone());
            }
        }
    }
}

fn split(path: &str) -> Option<(&str, &str)> {
    (!path.is_empty()).then(|| path.split_once('/').unwrap_or((path, "")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn places_are_found_through_objects_and_arrays() {
        let value = json!({"a": [{"b": "x"}, {"c": 1}, {"b": "y"}], "n": null, "s": ""});
        assert_eq!(joined(&value, &["missing", "a/*/b"]), "xy");
        assert_eq!(all(&value, "a/1/c"), [&json!(1)]);
        assert_eq!(number(&value, &["a/0/b", "a/1/c"]), Some(1));
        assert!(one(&value, "n").is_none() && all(&value, "a/9/b").is_empty() && all(&value, "s/x").is_empty());
        assert_eq!(text(&value, &["s", "a/2/b"]), Some("y"));
    }

    #[test]
    fn values_are_set_in_objects_that_may_not_be_there() {
        let mut object = Map::new();
        set(&mut object, "options/num_predict", json!(3));
        set(&mut object, "options/seed", json!(7));
        set(&mut object, "options/seed/deep", json!(8));
        assert_eq!(Value::Object(object), json!({"options": {"num_predict": 3, "seed": {"deep": 8}}}));
    }

    #[test]
    fn extra_fields_win_and_leave_their_neighbours() {
        let Value::Object(mut object) = json!({"a": {"x": 1, "y": 2}, "b": 3}) else { panic!() };
        let Value::Object(extra) = json!({"a": {"y": 5}, "b": [4]}) else { panic!() };
        merge(&mut object, &extra);
        assert_eq!(Value::Object(object), json!({"a": {"x": 1, "y": 5}, "b": [4]}));
    }
}
