//! Judges by script: fair ones, biased ones, broken ones; and hostile candidates.
