//! How the source of a policy looks in JSON: a name, or the policy itself.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, MapAccess, Visitor, value::MapAccessDeserializer},
};

use super::PolicySource;
use crate::policy::Policy;

impl Serialize for PolicySource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Inline(policy) => policy.serialize(serializer),
            Self::Suite(name) => serializer.serialize_str(name),
        }
    }
}

impl<'de> Deserialize<'de> for PolicySource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PolicySourceVisitor)
    }
}

struct PolicySourceVisitor;

impl<'de> Visitor<'de> for PolicySourceVisitor {
    type Value = PolicySource;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a policy file, or a policy")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(PolicySource::Suite(name.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        Policy::deserialize(MapAccessDeserializer::new(map)).map(PolicySource::Inline)
    }
}

impl JsonSchema for PolicySource {
    fn schema_name() -> Cow<'static, str> {
        "PolicySource".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "oneOf": [
            { "type": "string", "description": "The name of a file in `vectors/policies`, without ending." },
            generator.subschema_for::<Policy>()
        ] })
    }
}
