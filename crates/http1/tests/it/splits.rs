//! However bytes are split, they are read alike.

use crosscheck_http1::answer::{Answer, AnswerError, AnswerReader, Connection, read_whole};
use proptest::{collection::vec, prelude::*};

use crate::{bytes, method};

/// Where the answer ends, what becomes of the connection, and the answer when that ends.
type Read = (
    Result<Option<(usize, Connection)>, AnswerError>,
    Result<Answer, AnswerError>,
);

fn read<'a>(method: &str, pieces: impl IntoIterator<Item = &'a [u8]>) -> Read {
    let mut reader = AnswerReader::new(method.as_bytes());
    let mut before = 0;
    for piece in pieces {
        match reader.read(piece) {
            Ok(None) => before += piece.len(),
            Ok(Some(taken)) => {
                let end = (before + taken, reader.connection());
                return (Ok(Some(end)), reader.end());
            }
            Err(malformed) => return (Err(malformed), reader.end()),
        }
    }
    (Ok(None), reader.end())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_split_is_read_as_the_whole(
        bytes in bytes(),
        method in method(),
        sizes in vec(1_usize..40, 1..20),
    ) {
        let whole = read(method, [&*bytes]);
        let mut rest = &*bytes;
        let pieces = sizes.iter().cycle().map_while(|size| {
            let (piece, after) = rest.split_at(rest.len().min(*size));
            rest = after;
            (!piece.is_empty()).then_some(piece)
        });
        prop_assert_eq!(&read(method, pieces), &whole);
        prop_assert_eq!(&read(method, bytes.chunks(1)), &whole);
        prop_assert_eq!(&read_whole(&bytes, method.as_bytes()), &whole.1);
    }

    #[test]
    fn any_two_halves_are_read_as_the_whole(bytes in bytes(), method in method()) {
        let whole = read(method, [&*bytes]);
        for at in 0..=bytes.len() {
            let (before, after) = bytes.split_at(at);
            prop_assert_eq!(&read(method, [before, after]), &whole, "split at {}", at);
        }
    }

    #[test]
    fn what_follows_changes_nothing(bytes in bytes(), method in method(), more in bytes()) {
        if let (Ok(Some(end)), answer) = read(method, [&*bytes]) {
            let longer = [&*bytes, &*more].concat();
            prop_assert_eq!(read(method, [&*longer]), (Ok(Some(end)), answer));
        }
    }
}
