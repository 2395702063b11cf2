//! The only code that touches the terminal.
//!
//! Each piece has one duty: [`guard`] takes the screen and gives it back whatever happens, [`panics`] keeps what goes wrong off
//! the screen, [`input`] hands keys over, [`signals`] what the system asks of the program, [`suspend`] stops it, [`editor`] lends
//! the terminal to an editor, [`clipboard`] copies, [`frames`] says when to draw, and [`outside`] whether there is a terminal at
//! all. None of them knows the state or the views.

pub mod clipboard;
pub mod editor;
pub mod frames;
pub mod guard;
pub mod input;
pub mod outside;
pub mod panics;
mod screen;
pub mod signals;
pub mod suspend;
mod words;
