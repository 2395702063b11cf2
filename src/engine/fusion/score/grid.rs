//! A table of values in one allocation: a row per verifier, a column per candidate.

use std::ops::{Index, IndexMut};

/// Rows of equal length, one after another. `grid[row]` is a row.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Grid<T> {
    rows: usize,
    columns: usize,
    values: Vec<T>,
}

impl<T: Copy> Grid<T> {
    /// This many rows and columns of one value.
    #[cfg(any(test, feature = "testing"))]
    #[must_use]
    pub fn filled(rows: usize, columns: usize, value: T) -> Self {
        Self { rows, columns, values: vec![value; rows * columns] }
    }

    /// Resizes to this many rows and columns of one value, reusing its memory.
    pub fn reset(&mut self, rows: usize, columns: usize, value: T) {
        (self.rows, self.columns) = (rows, columns);
        self.values.clear();
        self.values.resize(rows * columns, value);
    }

    /// Length of each row.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The rows in order.
    #[must_use]
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[T]> {
        (0..self.rows).map(|row| &self[row])
    }

    /// Every value, row by row.
    #[cfg(any(test, feature = "testing"))]
    #[must_use]
    pub fn values(&self) -> &[T] {
        &self.values
    }
}

impl<T> Index<usize> for Grid<T> {
    type Output = [T];

    fn index(&self, row: usize) -> &[T] {
        &self.values[row * self.columns..(row + 1) * self.columns]
    }
}

impl<T> IndexMut<usize> for Grid<T> {
    fn index_mut(&mut self, row: usize) -> &mut [T] {
        &mut self.values[row * self.columns..(row + 1) * self.columns]
    }
}
