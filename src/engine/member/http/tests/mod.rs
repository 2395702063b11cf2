//! Tests of the HTTP client's pure rules. What needs a server is in `tests/http`.

mod cutting;
mod secrecy;
mod telling;
mod waiting;
