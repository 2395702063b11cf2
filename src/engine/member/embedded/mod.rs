//! A GGUF language model in this process: plain safe Rust, one thread a member.
