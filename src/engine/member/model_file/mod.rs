//! What a GGUF file says of its model, and how much memory the model takes, before any of its weights is read.
//!
//! For lists of models and for a refusal that comes before the memory is gone. Owns the meaning of the metadata that every
//! architecture has ([`header`]), the estimate of the memory ([`memory`]), what this machine has of it ([`available`]) and the
//! files that belong together ([`parts`]). The container itself is read by the embedded engine's parser; whether an engine can run
//! the model is that engine's to say.

pub mod available;
pub mod header;
pub mod memory;
pub mod parts;
mod quantisation;

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;
