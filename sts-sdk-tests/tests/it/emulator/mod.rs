//! The SDK against the emulator.

mod faults;
mod identities;
mod prism;
