//! Sweeps: the prompts of a set, each under every setting of a grid of knobs.
//!
//! Everything about a sweep except requesting it and showing it on a screen: the command line and the playground both use it. The
//! [`Grid`] counts settings, `imply` ensures that they differ, [`start`] plays the cells, `Store` keeps the results so that a
//! sweep can continue after an interruption, `Earlier` decides which of them count, [`Figures`] summarises them, `best` compares,
//! and [`report`] writes the table.

mod asked;
mod cell;
mod earlier;
mod figures;
mod grid;
mod needs;
mod plan;
mod play;
pub mod report;
mod run;
mod store;

pub use asked::{Asked, Seeding};
pub use cell::{Answer, Cell, Finished};
pub use figures::Figures;
pub(crate) use figures::best;
pub use grid::{Axis, Grid, GridError};
pub(crate) use needs::{imply, settle};
pub use plan::{Sweep, SweepError};
pub use run::{Running, start};
pub(crate) use run::{fresh, spawn, usual_jobs, working};
pub(crate) use store::{Pinned, Store, StoreError};
