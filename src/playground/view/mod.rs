//! Drawing: functions of the state and a theme onto a frame. Nothing is computed here that could be computed before.

pub mod theme;
