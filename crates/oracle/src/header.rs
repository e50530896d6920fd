//! Header lists: ordered, duplicates and spelling kept, values as bytes.

use std::{borrow::Cow, fmt};

use crate::token::is_token;

/// An ordered list of headers.
///
/// Order, duplicates and the spelling of names are kept. Names are compared without regard to
/// ASCII case. A value never has a space or tab at either end, as the standard demands of a
/// header value: [`HeaderList::push`] strips them, like the parser of a received message.
///
/// Spec: <https://fetch.spec.whatwg.org/#concept-header-list>
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct HeaderList {
    headers: Vec<Header>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Header {
    name: Vec<u8>,
    value: Vec<u8>,
}

impl HeaderList {
    /// An empty list. Does not allocate.
    pub const fn new() -> Self {
        Self {
            headers: Vec::new(),
        }
    }

    /// Adds a header at the end, without joining it to others of its name.
    ///
    /// Spaces and tabs at both ends of `value` are dropped; every other byte is kept.
    ///
    /// Spec: <https://fetch.spec.whatwg.org/#concept-header-list-append>
    pub fn push(&mut self, name: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) {
        let value = trimmed(value.into(), is_tab_or_space);
        let name = name.into();
        self.headers.push(Header { name, value });
    }

    /// The values of all headers called `name`, in order, joined with `, `.
    ///
    /// `None` means that there is no such header, which differs from an empty value. Borrows
    /// when there is one header of that name.
    ///
    /// Spec: <https://fetch.spec.whatwg.org/#concept-header-list-get>
    pub fn get(&self, name: impl AsRef<[u8]>) -> Option<Cow<'_, [u8]>> {
        let mut values = self.values(name.as_ref());
        let mut combined = Cow::Borrowed(values.next()?);
        for value in values {
            let joined = combined.to_mut();
            joined.extend_from_slice(b", ");
            joined.extend_from_slice(value);
        }
        Some(combined)
    }

    /// The values of the headers called `name`, line by line.
    pub fn values<'a>(&'a self, name: &[u8]) -> impl Iterator<Item = &'a [u8]> {
        self.iter()
            .filter(move |(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Whether there is a header called `name`.
    ///
    /// Spec: <https://fetch.spec.whatwg.org/#header-list-contains>
    pub fn contains(&self, name: impl AsRef<[u8]>) -> bool {
        self.values(name.as_ref()).next().is_some()
    }

    /// Deletes every header called `name`, and says whether there was one.
    ///
    /// Spec: <https://fetch.spec.whatwg.org/#concept-header-list-delete>
    pub fn remove(&mut self, name: impl AsRef<[u8]>) -> bool {
        let before = self.headers.len();
        self.headers
            .retain(|header| !header.name.eq_ignore_ascii_case(name.as_ref()));
        self.headers.len() != before
    }

    /// Gives the first header called `name` this value and deletes the others, or adds one.
    ///
    /// Spec: <https://fetch.spec.whatwg.org/#concept-header-list-set>
    pub fn set(&mut self, name: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) {
        let name = name.into();
        let Some(first) = self.position(&name) else {
            return self.push(name, value);
        };
        let mut index = 0;
        self.headers.retain(|header| {
            let keep = index <= first || !header.name.eq_ignore_ascii_case(&name);
            index += 1;
            keep
        });
        if let Some(header) = self.headers.get_mut(first) {
            header.value = trimmed(value.into(), is_tab_or_space);
        }
    }

    /// Joins `value` with `, ` to the first header called `name`, or adds one.
    ///
    /// Spec: <https://fetch.spec.whatwg.org/#concept-header-list-combine>
    pub fn combine(&mut self, name: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) {
        let name = name.into();
        let first = self.position(&name);
        match first.and_then(|index| self.headers.get_mut(index)) {
            Some(header) => {
                header.value.extend_from_slice(b", ");
                header
                    .value
                    .extend_from_slice(&trimmed(value.into(), is_tab_or_space));
            }
            None => self.push(name, value),
        }
    }

    /// The list as script iterates over it: names lower-cased, sorted by byte, each once with
    /// its combined value.
    ///
    /// Spec: <https://fetch.spec.whatwg.org/#concept-header-list-sort-and-combine>
    #[must_use]
    pub fn sort_and_combine(&self) -> Self {
        self.sort_and_combine_where(|_| true)
    }

    /// [`HeaderList::sort_and_combine`] of the headers whose name passes `keep`.
    pub(crate) fn sort_and_combine_where(&self, keep: impl Fn(&[u8]) -> bool) -> Self {
        let mut names: Vec<Vec<u8>> = self
            .iter()
            .filter(|(name, _)| keep(name))
            .map(|(name, _)| name.to_ascii_lowercase())
            .collect();
        names.sort_unstable();
        names.dedup();
        let headers = names.into_iter().filter_map(|name| {
            let value = self.get(&name)?.into_owned();
            Some(Header { name, value })
        });
        Self {
            headers: headers.collect(),
        }
    }

    /// Name and value of each header, in order.
    pub fn iter(&self) -> Headers<'_> {
        Headers {
            headers: self.headers.iter(),
        }
    }

    /// How many headers there are, duplicates counted.
    pub const fn len(&self) -> usize {
        self.headers.len()
    }

    /// Whether there is no header.
    pub const fn is_empty(&self) -> bool {
        self.headers.is_empty()
    }

    fn position(&self, name: &[u8]) -> Option<usize> {
        self.headers
            .iter()
            .position(|header| header.name.eq_ignore_ascii_case(name))
    }
}

impl fmt::Debug for HeaderList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(
                self.iter().map(|(name, value)| {
                    format!("{}: {}", name.escape_ascii(), value.escape_ascii())
                }),
            )
            .finish()
    }
}

impl<N: Into<Vec<u8>>, V: Into<Vec<u8>>> FromIterator<(N, V)> for HeaderList {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(headers: I) -> Self {
        let mut list = Self::new();
        list.extend(headers);
        list
    }
}

impl<N: Into<Vec<u8>>, V: Into<Vec<u8>>> Extend<(N, V)> for HeaderList {
    fn extend<I: IntoIterator<Item = (N, V)>>(&mut self, headers: I) {
        for (name, value) in headers {
            self.push(name, value);
        }
    }
}

impl<'a> IntoIterator for &'a HeaderList {
    type Item = (&'a [u8], &'a [u8]);
    type IntoIter = Headers<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Name and value of each header of a [`HeaderList`], in order.
#[derive(Clone)]
pub struct Headers<'a> {
    headers: std::slice::Iter<'a, Header>,
}

impl fmt::Debug for Headers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Headers")
            .field("n_left", &self.headers.len())
            .finish()
    }
}

impl<'a> Iterator for Headers<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let header = self.headers.next()?;
        Some((&header.name, &header.value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.headers.size_hint()
    }
}

impl ExactSizeIterator for Headers<'_> {}

/// Whether `name` is a header name, that is, a token.
///
/// Spec: <https://fetch.spec.whatwg.org/#header-name>
pub fn is_header_name(name: &[u8]) -> bool {
    is_token(name)
}

/// Whether `value` is a header value: no space or tab at either end; no NUL, LF or CR at all.
///
/// Spec: <https://fetch.spec.whatwg.org/#header-value>
pub fn is_header_value(value: &[u8]) -> bool {
    trim(value, is_tab_or_space).len() == value.len()
        && !value
            .iter()
            .any(|byte| matches!(byte, b'\0' | b'\n' | b'\r'))
}

/// `value` as the API reads it from script: without tab, space, LF and CR at both ends.
///
/// Spec: <https://fetch.spec.whatwg.org/#concept-header-value-normalize>
pub fn normalize_header_value(value: &[u8]) -> &[u8] {
    trim(value, is_http_whitespace)
}

/// Tab, space, LF and CR.
pub(crate) const fn is_http_whitespace(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | b' ')
}

/// Tab and space.
pub(crate) const fn is_tab_or_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b' ')
}

/// `bytes` without the bytes at both ends that `strip` names.
pub(crate) fn trim(bytes: &[u8], strip: impl Fn(u8) -> bool) -> &[u8] {
    let mut bytes = trim_end(bytes, &strip);
    while let [first, rest @ ..] = bytes
        && strip(*first)
    {
        bytes = rest;
    }
    bytes
}

/// `bytes` without the bytes at the end that `strip` names.
pub(crate) fn trim_end(mut bytes: &[u8], strip: impl Fn(u8) -> bool) -> &[u8] {
    while let [rest @ .., last] = bytes
        && strip(*last)
    {
        bytes = rest;
    }
    bytes
}

/// [`trim`] for owned bytes, which copies only if there is something to strip.
fn trimmed(bytes: Vec<u8>, strip: impl Fn(u8) -> bool) -> Vec<u8> {
    let kept = trim(&bytes, strip);
    if kept.len() == bytes.len() {
        bytes
    } else {
        kept.to_vec()
    }
}

#[cfg(test)]
mod tests;
