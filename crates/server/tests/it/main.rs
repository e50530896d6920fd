//! The reference server as its users meet it: over sockets, as a service, as a pure function.

#[cfg(test)]
mod client;
#[cfg(test)]
mod compositions;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod http2;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod prediction;
#[cfg(test)]
mod relays;
#[cfg(test)]
mod scripts;
#[cfg(test)]
mod sites;
#[cfg(test)]
mod transport;
