//! The case folder: store, timeline, register.
