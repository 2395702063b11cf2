//! Chooses the front end; owns nothing else.

fn main() {}
