//! Tests of the HTTP client's pure rules. What needs a server is in `tests/http.rs`.
