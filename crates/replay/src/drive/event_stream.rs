//! What an `EventSource` makes of a stream, as far as its reconnecting depends on it.
//!
//! Spec: <https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation>

/// What a stream said before it ended.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Events {
    /// Whether there was an event of the type `end`, at which the page stops to listen.
    pub ended: bool,
    /// The last event id; empty if there was none.
    pub last_id: Vec<u8>,
}

impl Events {
    /// Reads `stream`. An event that no blank line ends is dropped.
    pub(super) fn of(stream: &[u8]) -> Self {
        let mut events = Self::default();
        let (mut kind, mut has_data) = (&b""[..], false);
        let mut id = Vec::new();
        for line in stream.split(|&byte| byte == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.is_empty() {
                events.ended |= has_data && kind == b"end";
                events.last_id.clone_from(&id);
                (kind, has_data) = (b"", false);
                continue;
            }
            let colon = line.iter().position(|&byte| byte == b':');
            let (field, value) = line.split_at(colon.unwrap_or(line.len()));
            let value = value.strip_prefix(b":").unwrap_or(value);
            let value = value.strip_prefix(b" ").unwrap_or(value);
            match field {
                b"data" => has_data = true,
                b"event" => kind = value,
                b"id" if !value.contains(&0) => id = value.to_vec(),
                _ => {}
            }
        }
        events
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::Events;

    #[rstest]
    #[case::nothing("", false, "")]
    #[case::message("id: 7\ndata: a\n\n", false, "7")]
    #[case::end("event:end\ndata\n\n", true, "")]
    #[case::end_without_data("event: end\n\n", false, "")]
    #[case::other_event("event: end\nevent: other\ndata: a\n\n", false, "")]
    #[case::windows("id: 1\r\nevent: end\r\ndata: a\r\n\r\n", true, "1")]
    #[case::cut_off("event: end\ndata: a\nid: 1", false, "")]
    #[case::id_taken_back("id: 1\n\nid\ndata: a\n\n", false, "")]
    fn streams(#[case] stream: &str, #[case] ended: bool, #[case] last_id: &str) {
        let last_id = last_id.as_bytes().to_vec();
        assert_eq!(Events::of(stream.as_bytes()), Events { ended, last_id });
    }
}
