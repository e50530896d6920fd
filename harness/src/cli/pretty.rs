//! JSON as people write it: what fits on a line stands on one.

use serde_json::Value;

/// So long is a line at most that holds more than one value.
const WIDTH: usize = 96;

/// `json` over as few lines as are easy to read.
pub(super) fn pretty(json: &Value) -> String {
    let mut text = String::new();
    write(json, 0, 0, &mut text);
    text
}

/// Writes `json` at `depth`, after `before` characters of its line.
fn write(json: &Value, depth: usize, before: usize, text: &mut String) {
    let line = one_line(json);
    let indent = 2 * depth;
    if indent + before + line.chars().count() <= WIDTH && depth > 0 {
        text.push_str(&line);
        return;
    }
    match json {
        Value::Array(items) if !items.is_empty() => {
            let items = items.iter().map(|item| (String::new(), item));
            lines(items, ["[", "]"], depth, text);
        }
        Value::Object(fields) if !fields.is_empty() => {
            let fields = fields.iter().map(|(key, value)| (named(key), value));
            lines(fields, ["{", "}"], depth, text);
        }
        Value::Array(_)
        | Value::Bool(_)
        | Value::Null
        | Value::Number(_)
        | Value::Object(_)
        | Value::String(_) => text.push_str(&line),
    }
}

fn lines<'v>(
    items: impl Iterator<Item = (String, &'v Value)>,
    [open, close]: [&str; 2],
    depth: usize,
    text: &mut String,
) {
    let mut before = open;
    for (key, value) in items {
        text.push_str(before);
        text.push('\n');
        text.push_str(&"  ".repeat(depth + 1));
        text.push_str(&key);
        write(value, depth + 1, key.chars().count(), text);
        before = ",";
    }
    text.push('\n');
    text.push_str(&"  ".repeat(depth));
    text.push_str(close);
}

fn named(key: &str) -> String {
    format!("{}: ", Value::from(key))
}

fn one_line(json: &Value) -> String {
    match json {
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(one_line).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(fields) => {
            let field =
                |(key, value): (&String, &Value)| format!("{}{}", named(key), one_line(value));
            let fields: Vec<_> = fields.iter().map(field).collect();
            format!("{{{}}}", fields.join(", "))
        }
        Value::Bool(_) | Value::Null | Value::Number(_) | Value::String(_) => json.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::pretty;

    #[test]
    fn what_fits_stands_on_one_line() {
        let long = "x".repeat(90);
        let json = json!({ "a": [1, { "b": "c" }], "d": [long, {}], "e": [] });
        let text = pretty(&json);
        let expected = format!(
            "{{\n  \"a\": [1, {{\"b\": \"c\"}}],\n  \"d\": [\n    \"{long}\",\n    {{}}\n  ],\n  \"e\": []\n}}"
        );
        assert_eq!(text, expected);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), json);
    }
}
