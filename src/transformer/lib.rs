//! The arithmetic of the built-in models: the forward pass of a llama model in plain safe Rust.
//!
//! A crate of its own so that it is compiled with optimisation in every profile: without that the built-in models are 70 times slower,
//! and with it everywhere the program takes four times as long to compile. Knows tokens as numbers and nothing of text, files or
//! requests: those are the member's (`engine::member::embedded`).
//!
//! From the bottom up: `lanes` are sixteen numbers at a time, `matmul` and `attention` compute with them, `cache` keeps keys
//! and values, `model` and `config` are what a model is, and [`Forward`] evaluates it.

mod attention;
mod cache;
mod config;
mod forward;
mod lanes;
mod matmul;
mod model;

pub use cache::Store;
pub use config::Config;
pub use forward::{Batch, Forward, Place, Row};
pub use lanes::{levels, padded, weigh};
pub use matmul::Matrix;
pub use model::{Layer, Model};
