//! Laws that hold for every input.

mod cache;
mod checks;
mod fetches;
mod headers;
mod play;
mod strategies;
