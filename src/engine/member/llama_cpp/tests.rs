//! What needs to see inside: the rest is in `tests/llama_cpp.rs`.
