//! Tests that need to see inside; the others are in `tests/llama_cpp.rs`.
