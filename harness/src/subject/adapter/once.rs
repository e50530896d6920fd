//! JSON that says nothing twice.

use std::{collections::HashSet, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
};

/// Any JSON value in which no object has a key twice: readers would disagree about what it says.
#[derive(Debug)]
pub(super) struct Once;

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OnceVisitor)
    }
}

struct OnceVisitor;

impl<'de> Visitor<'de> for OnceVisitor {
    type Value = Once;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_str<E>(self, _: &str) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Once, A::Error> {
        while let Some(Once) = items.next_element()? {}
        Ok(Once)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Once, A::Error> {
        let mut keys = HashSet::new();
        while let Some((key, Once)) = entries.next_entry::<String, _>()? {
            if keys.contains(&key) {
                return Err(A::Error::custom(format!("`{key}` is there twice")));
            }
            keys.insert(key);
        }
        Ok(Once)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::Once;

    #[rstest]
    #[case::in_two_objects(r#"[{"a":null,"b":true},{"a":-1,"b":1.5}]"#, "")]
    #[case::in_one_within_another(r#"{"a":{"a":"text"},"b":7}"#, "")]
    #[case::twice(r#"{"a":1,"b":2,"a":1}"#, "`a` is there twice")]
    #[case::twice_further_in(r#"[{"a":{"b":1,"b":2}}]"#, "`b` is there twice")]
    #[case::spelled_otherwise(r#"{"a":1,"\u0061":1}"#, "`a` is there twice")]
    fn a_key_belongs_into_an_object_once(#[case] text: &str, #[case] told: &str) {
        let said = serde_json::from_str::<Once>(text).err();
        let said = said.map(|error| error.to_string()).unwrap_or_default();
        assert!(said.starts_with(told), "{said}");
        assert_eq!(said.is_empty(), told.is_empty(), "{said}");
    }
}
