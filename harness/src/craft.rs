//! What the suite makes and proves of itself.

pub mod generate;
pub mod mutation;
pub mod selftest;
