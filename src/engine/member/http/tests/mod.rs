//! Tests of the HTTP client's pure rules. Those that need a server are in `tests/http`.

mod cutting;
mod secrecy;
mod telling;
mod waiting;
