//! A file that is locked as long as it is held.
//!
//! Closing a file does not release its lock while a child process, between its fork and its exec, holds a copy of the descriptor;
//! unlocking does, for all copies.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::ops::{Deref, DerefMut};

/// An open file with its lock. If the file system does not support locks, it is held without one: there is no better option.
#[derive(Debug)]
pub(crate) struct Locked(File);

impl Locked {
    /// Waits until no other program writes.
    pub(crate) fn shared(file: File) -> Self {
        let _ = file.lock_shared();
        Self(file)
    }

    /// Waits until no other program reads or writes.
    pub(crate) fn alone(file: File) -> Self {
        let _ = file.lock();
        Self(file)
    }

    /// A file that is already locked.
    pub(crate) fn held(file: File) -> Self {
        Self(file)
    }

    /// Does not wait.
    ///
    /// # Errors
    /// If another program holds it, or there are no locks.
    pub(crate) fn at_once(file: File) -> io::Result<Self> {
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(error) => Err(io::Error::new(ErrorKind::WouldBlock, error)),
        }
    }
}

impl Deref for Locked {
    type Target = File;

    fn deref(&self) -> &File {
        &self.0
    }
}

impl DerefMut for Locked {
    fn deref_mut(&mut self) -> &mut File {
        &mut self.0
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        // A lock that cannot be released ends with the process.
        let _ = self.0.unlock();
    }
}
