//! The JSON Schema of suite files, made from the Rust types.

use schemars::generate::SchemaSettings;

use crate::vector::SuiteFile;

/// The schema of one suite file, as text with a final newline: the content of `vector.schema.json`.
///
/// # Panics
///
/// Never: a schema can be written as JSON.
pub fn schema() -> String {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let schema = generator.into_root_schema_for::<SuiteFile>();
    let text = serde_json::to_string_pretty(&schema).expect("a schema has only string keys");
    format!("{text}\n")
}
