//! `results.json` written and read a vector at a time.

use std::{cell::RefCell, fmt, io};

use serde::{
    Serialize, Serializer,
    de::{
        DeserializeSeed, Deserializer as _, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
    },
    ser::{Error as _, SerializeSeq},
};

use crate::{
    overview::Overview,
    results::{Results, VectorResult},
};

/// Writes a run to `writer`: all that `overview` says of the run, and `vectors` for its vectors.
///
/// # Errors
///
/// If `writer` fails, or one of `vectors` does.
pub fn write<E: fmt::Display>(
    writer: impl io::Write,
    overview: &Overview,
    vectors: impl Iterator<Item = Result<VectorResult, E>>,
) -> serde_json::Result<()> {
    let results = Results {
        suite: overview.suite.clone(),
        fetch_revision: overview.fetch_revision.clone(),
        subject: overview.subject.clone(),
        started: overview.started.clone(),
        seconds: overview.seconds,
        legs: overview.legs.clone(),
        vectors: Streamed(RefCell::new(vectors)),
        stale: overview.stale.clone(),
        not_selected: overview.not_selected,
        generated: overview.generated,
        own: overview.own.clone(),
    };
    serde_json::to_writer(writer, &results)
}

/// Reads a run from `reader` and gives each of its vectors to `take`, in order.
///
/// # Errors
///
/// If `reader` fails, or what it has is no run.
pub fn each_vector(
    reader: impl io::Read,
    take: impl FnMut(VectorResult),
) -> serde_json::Result<()> {
    let mut reader = serde_json::Deserializer::from_reader(reader);
    (&mut reader).deserialize_map(Run(take))?;
    reader.end()
}

/// An iterator as a list; can be written once.
struct Streamed<I>(RefCell<I>);

impl<I, E> Serialize for Streamed<I>
where
    I: Iterator<Item = Result<VectorResult, E>>,
    E: fmt::Display,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for vector in &mut *self.0.borrow_mut() {
            list.serialize_element(&vector.map_err(S::Error::custom)?)?;
        }
        list.end()
    }
}

/// A run, of which only the vectors are wanted.
struct Run<F>(F);

impl<'de, F: FnMut(VectorResult)> Visitor<'de> for Run<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a run")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let mut found = false;
        while let Some(key) = map.next_key::<String>()? {
            if key == "vectors" {
                map.next_value_seed(List(&mut self.0))?;
                found = true;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        let missing = || A::Error::missing_field("vectors");
        found.then_some(()).ok_or_else(missing)
    }
}

/// The vectors of a run.
struct List<'a, F>(&'a mut F);

impl<'de, F: FnMut(VectorResult)> DeserializeSeed<'de> for List<'_, F> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, F: FnMut(VectorResult)> Visitor<'de> for List<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of vectors")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(vector) = list.next_element()? {
            (self.0)(vector);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::{each_vector, write};
    use crate::{
        fixture::{overview, results},
        results::VectorResult,
    };

    #[test]
    fn it_is_written_as_it_would_be_in_one_go() {
        let (results, overview) = (results(), overview());
        let mut json = Vec::new();
        let vectors = results.vectors.iter().cloned().map(Ok::<_, Infallible>);
        write(&mut json, &overview, vectors).unwrap();
        assert_eq!(json, serde_json::to_vec(&results).unwrap());
    }

    #[test]
    fn a_vector_that_cannot_be_had_is_told_of() {
        let vectors = [Err::<VectorResult, _>("it is gone")];
        let error = write(Vec::new(), &overview(), vectors.into_iter()).unwrap_err();
        assert_eq!(error.to_string(), "it is gone");
    }

    #[test]
    fn vectors_are_read_one_by_one() {
        let results = results();
        let json = serde_json::to_vec(&results).unwrap();
        let mut read = Vec::new();
        each_vector(&*json, |vector| read.push(vector)).unwrap();
        assert_eq!(read, results.vectors);
    }

    #[test]
    fn what_is_no_run_is_refused() {
        for (json, problem) in [
            ("{}", "missing field `vectors`"),
            ("[]", "expected a run"),
            (r#"{"vectors":{}}"#, "expected a list of vectors"),
            (r#"{"vectors":[]}, 1"#, "trailing characters"),
        ] {
            let error = each_vector(json.as_bytes(), |_| {})
                .unwrap_err()
                .to_string();
            assert!(error.contains(problem), "{error}");
        }
    }
}
