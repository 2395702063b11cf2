//! What a GGUF file reveals of its model, and how much memory the model takes, before any weights are read.
//!
//! For lists of models, and to refuse a model before it uses up the memory. Owns the metadata that every architecture has
//! ([`header`]), the estimate of the memory ([`memory`]), how much is available ([`available`]) and the files that belong
//! together ([`parts`]). The embedded engine's parser reads the container; whether an engine can run the model is up to that
//! engine.

pub mod available;
pub mod header;
pub mod memory;
pub mod parts;
mod quantisation;

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;
