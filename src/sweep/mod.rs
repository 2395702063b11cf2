//! Sweeps: the prompts of a set, each under every setting of a grid of knobs.
//!
//! Everything of a sweep but how it is asked for and shown on a screen: the command line and the playground both use it. The
//! [`Grid`] counts settings, `imply` sees that they differ, [`start`] plays the cells, `Store` keeps what came out so that a
//! sweep can continue after an interruption, `Earlier` says what of it counts, [`Figures`] add it up, `best` compares, and [`report`] writes the table.

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
pub(crate) use run::usual_jobs;
pub use run::{Running, start};
pub(crate) use store::{Pinned, Store, StoreError};
