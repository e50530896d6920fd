//! How the parts of a policy look in JSON: a word or a list, a string or an object.

use std::{borrow::Cow, fmt, marker::PhantomData};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, MapAccess, SeqAccess, Visitor, value::SeqAccessDeserializer},
    ser::SerializeMap,
};

use super::{Listing, MaxAge, OriginRule};

impl<T: Serialize> Serialize for Listing<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Any => serializer.serialize_str("*"),
            Self::Listed(items) => items.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Listing<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListingVisitor(PhantomData))
    }
}

struct ListingVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListingVisitor<T> {
    type Value = Listing<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"*\" or a list")
    }

    fn visit_str<E: de::Error>(self, word: &str) -> Result<Self::Value, E> {
        if word == "*" {
            Ok(Listing::Any)
        } else {
            Err(E::invalid_value(de::Unexpected::Str(word), &self))
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Self::Value, A::Error> {
        Deserialize::deserialize(SeqAccessDeserializer::new(items)).map(Listing::Listed)
    }
}

impl<T: JsonSchema> JsonSchema for Listing<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("ListingOf{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "oneOf": [{ "const": "*" }, generator.subschema_for::<Vec<T>>()] })
    }
}

impl Serialize for OriginRule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Exact(origin) => serializer.serialize_str(origin),
            Self::Null => serializer.serialize_str("null"),
            Self::SubdomainsOf(origin) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("subdomains_of", origin)?;
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for OriginRule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OriginRuleVisitor)
    }
}

struct OriginRuleVisitor;

impl<'de> Visitor<'de> for OriginRuleVisitor {
    type Value = OriginRule;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an origin, \"null\" or {\"subdomains_of\": ORIGIN}")
    }

    fn visit_str<E: de::Error>(self, origin: &str) -> Result<Self::Value, E> {
        Ok(match origin {
            "null" => OriginRule::Null,
            other => OriginRule::Exact(other.to_owned()),
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let Some((key, origin)) = map.next_entry::<String, String>()? else {
            return Err(de::Error::missing_field("subdomains_of"));
        };
        if key != "subdomains_of" {
            return Err(de::Error::unknown_field(&key, &["subdomains_of"]));
        }
        if let Some(extra) = map.next_key::<String>()? {
            return Err(de::Error::unknown_field(&extra, &["subdomains_of"]));
        }
        Ok(OriginRule::SubdomainsOf(origin))
    }
}

impl JsonSchema for OriginRule {
    fn schema_name() -> Cow<'static, str> {
        "OriginRule".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "oneOf": [
            { "type": "string", "description": "A serialised origin, or `null`." },
            { "type": "object", "required": ["subdomains_of"], "additionalProperties": false,
              "properties": { "subdomains_of": { "type": "string" } } }
        ] })
    }
}

impl Serialize for MaxAge {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Disable => serializer.serialize_str("disable"),
            Self::Seconds(seconds) => serializer.serialize_u32(*seconds),
            Self::Unset => serializer.serialize_unit(),
        }
    }
}

impl<'de> Deserialize<'de> for MaxAge {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MaxAgeVisitor)
    }
}

struct MaxAgeVisitor;

impl Visitor<'_> for MaxAgeVisitor {
    type Value = MaxAge;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("seconds up to 4294967295, null or \"disable\"")
    }

    fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<Self::Value, E> {
        u32::try_from(seconds)
            .map(MaxAge::Seconds)
            .map_err(|_too_large| E::invalid_value(de::Unexpected::Unsigned(seconds), &self))
    }

    fn visit_str<E: de::Error>(self, word: &str) -> Result<Self::Value, E> {
        if word == "disable" {
            Ok(MaxAge::Disable)
        } else {
            Err(E::invalid_value(de::Unexpected::Str(word), &self))
        }
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(MaxAge::Unset)
    }
}

impl JsonSchema for MaxAge {
    fn schema_name() -> Cow<'static, str> {
        "MaxAge".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "oneOf": [
            { "type": "integer", "minimum": 0, "maximum": u32::MAX },
            { "const": "disable" },
            { "type": "null" }
        ] })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::policy::Policy;

    const WHOLE: &str = r#"{"origins":["https://a.example","null",{"subdomains_of":"https://b.example"}],
        "methods":"*","request_headers":[],"response_headers":["x-a"],"credentials":false,"max_age":null}"#;

    #[test]
    fn a_policy_survives_json() {
        let policy: Policy = serde_json::from_str(WHOLE).unwrap();
        let again = serde_json::from_str(&serde_json::to_string(&policy).unwrap()).unwrap();
        assert_eq!(policy, again);
    }

    #[rstest]
    #[case::unknown_word("\"*\"", "\"any\"", "expected \"*\" or a list")]
    #[case::pattern_key("subdomains_of", "suffix", "unknown field `suffix`")]
    #[case::negative_age("null}", "-1}", "expected seconds")]
    #[case::other_age("null}", "\"never\"}", "expected seconds")]
    fn a_bad_part_is_named(#[case] from: &str, #[case] to: &str, #[case] message: &str) {
        let error = serde_json::from_str::<Policy>(&WHOLE.replacen(from, to, 1)).unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
    }
}
