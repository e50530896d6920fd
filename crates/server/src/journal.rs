//! What the server saw: every request exactly as it arrived.

use std::{
    collections::HashMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// The most entries that one exchange keeps until they are taken.
const MOST_ENTRIES: usize = 4096;

/// Ordered entries by exchange.
///
/// Only exchanges that were opened are kept, and of each no more than 4096 entries that were not
/// taken yet; what comes after them is dropped.
#[derive(Debug, Default)]
pub struct Journal {
    exchanges: Mutex<HashMap<String, Vec<Entry>>>,
    next: AtomicU64,
}

/// One request and the answer to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Grows with every entry of the journal, over all exchanges.
    pub sequence: u64,
    /// How the request came.
    pub scheme: Scheme,
    /// The method, as it came.
    pub method: Vec<u8>,
    /// The target, as it came, with the address prefix of the stage.
    pub target: Vec<u8>,
    /// Names and values as they came, in order, duplicates included.
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    /// The head as it came, up to and including the blank line; what came over HTTP/2 is told in the words of
    /// HTTP/1.1.
    pub request_head: Vec<u8>,
    /// The body without chunk framing; the first 64 KiB.
    pub body: Vec<u8>,
    /// What was sent, head and body; the first 64 KiB.
    pub response: Vec<u8>,
    /// What made the answer.
    pub answered_by: AnsweredBy,
}

/// How a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// In the clear.
    Http,
    /// Over TLS.
    Https,
}

/// What made an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnsweredBy {
    /// The handler of a route.
    Handler,
    /// The site or the server behind a relay, without any handler: a preflight, or no such route.
    Site,
    /// An answer of the script.
    Script,
    /// The script has none for the request: 500.
    Unscripted,
    /// The listener: the body was malformed or too long.
    Listener,
    /// Nobody: the server behind a relay does not listen.
    Nobody,
}

impl Entry {
    /// Whether the handler of a route ran.
    pub fn is_handled(&self) -> bool {
        self.answered_by == AnsweredBy::Handler
    }

    /// Whether there was a server that could have answered.
    pub fn is_reached(&self) -> bool {
        self.answered_by != AnsweredBy::Nobody
    }

    /// The values of all header lines called `name`, in order; names compare without case.
    pub fn values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        self.headers
            .iter()
            .filter(move |(found, _)| found.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| value.as_slice())
    }
}

impl Journal {
    /// Begins to keep the entries of `exchange`; what was kept before stays.
    pub fn open(&self, exchange: &str) {
        let mut exchanges = self.lock();
        exchanges.entry(exchange.to_owned()).or_default();
    }

    /// The entries of `exchange` since they were last taken, in order; it stays open.
    pub fn take(&self, exchange: &str) -> Vec<Entry> {
        let mut exchanges = self.lock();
        exchanges
            .get_mut(exchange)
            .map(std::mem::take)
            .unwrap_or_default()
    }

    /// The entries of `exchange` since they were last taken, in order; it is kept no longer.
    pub fn close(&self, exchange: &str) -> Vec<Entry> {
        self.lock().remove(exchange).unwrap_or_default()
    }

    /// Keeps the entry that `make` builds for its sequence number, if `exchange` is open.
    pub(crate) fn record(&self, exchange: &str, make: impl FnOnce(u64) -> Entry) {
        let mut exchanges = self.lock();
        if let Some(entries) = exchanges.get_mut(exchange)
            && entries.len() < MOST_ENTRIES
        {
            entries.push(make(self.next.fetch_add(1, Ordering::Relaxed)));
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Vec<Entry>>> {
        self.exchanges
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{AnsweredBy, Entry, Journal, MOST_ENTRIES, Scheme};

    fn entry(sequence: u64) -> Entry {
        Entry {
            sequence,
            scheme: Scheme::Http,
            method: b"GET".to_vec(),
            target: b"/".to_vec(),
            headers: Vec::new(),
            request_head: Vec::new(),
            body: Vec::new(),
            response: Vec::new(),
            answered_by: AnsweredBy::Script,
        }
    }

    #[test]
    fn an_exchange_cannot_grow_without_bound() {
        let journal = Journal::default();
        journal.open("e");
        for _ in 0..=MOST_ENTRIES {
            journal.record("e", entry);
        }
        assert_eq!(journal.take("e").len(), MOST_ENTRIES);
        journal.record("e", entry);
        assert_eq!(journal.close("e").len(), 1);
    }
}
