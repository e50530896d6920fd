//! The JSON format of crosscheck's test vectors.
//!
//! | term | module |
//! | --- | --- |
//! | policy: what a server's operator intends | [`policy`] |
//! | script: canned answers, byte for byte | [`script`] |
//! | vector: one case; suite file: the vectors of one topic | [`vector`] |
//! | what the page does; what it must lead to | [`client`], [`expect`] |
//! | role: what a vector says in place of a literal origin, method or header | [`role`] |
//! | near-miss: an origin that resembles a trusted one | [`near_miss`] |
//! | requirement, claim, weakness class | [`catalogue`] |
//! | reading all of it, or every problem in it | [`load`] |
//! | what is covered; the schema | [`coverage`], [`schema`] |
//!
//! This crate reads and checks; it never touches a network.

pub mod bytes;
pub mod capability;
pub mod catalogue;
pub mod client;
pub mod coverage;
pub mod expect;
pub mod file;
mod kind;
mod lint;
pub mod load;
pub mod near_miss;
pub mod policy;
pub mod role;
pub mod schema;
pub mod script;
mod suite;
pub mod vector;
