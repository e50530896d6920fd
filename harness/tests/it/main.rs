//! The whole of crosscheck: the tree that it is made of, the suite tested by itself, the program as
//! its users meet it.

#[cfg(test)]
mod adapter;
#[cfg(test)]
mod again;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod binary;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod cli;
#[cfg(test)]
mod compare;
#[cfg(test)]
mod compositions;
#[cfg(test)]
mod deployed;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod ending;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod folder;
#[cfg(test)]
mod gallery;
#[cfg(test)]
mod generate;
#[cfg(test)]
mod known;
#[cfg(test)]
mod meta;
#[cfg(test)]
mod mutations;
#[cfg(test)]
mod near_misses;
#[cfg(test)]
mod private;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod repeat;
#[cfg(test)]
mod rerun;
#[cfg(test)]
mod resume;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod running;
#[cfg(test)]
mod screens;
#[cfg(test)]
mod serve;
#[cfg(test)]
mod subject;
#[cfg(test)]
mod tidy;
#[cfg(test)]
mod unreachable;
