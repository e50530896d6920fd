//! `Set-Cookie` values for DevTools, which takes attributes one by one.

use serde_json::{Map, Value, json};

use crate::browser::call::Cookie;

/// What a `Set-Cookie` value asks for, as a DevTools `CookieParam`.
///
/// A lifetime is left out, so the cookie lasts as long as the browser.
pub(super) fn parameters(cookie: &Cookie) -> Map<String, Value> {
    let mut parts = cookie.set_cookie.split(';').map(str::trim);
    let pair = parts.next().unwrap_or_default();
    // Without an equals sign all of it is the value.
    let (name, value) = pair.split_once('=').unwrap_or(("", pair));
    let mut parameters = Map::new();
    let mut put = |name: &str, value: Value| drop(parameters.insert(name.to_owned(), value));
    put("url", cookie.url.clone().into());
    put("name", name.trim().into());
    put("value", value.trim().into());
    for part in parts {
        let (attribute, value) = part.split_once('=').unwrap_or((part, ""));
        let value = value.trim();
        match attribute.trim().to_ascii_lowercase().as_str() {
            "domain" => put("domain", value.into()),
            "httponly" => put("httpOnly", true.into()),
            "path" => put("path", value.into()),
            "samesite" => {
                if let Some(same_site) = same_site(value) {
                    put("sameSite", same_site.into());
                }
            }
            "secure" => put("secure", true.into()),
            _ => {}
        }
    }
    parameters
}

/// DevTools' word; any other value counts as no attribute at all.
fn same_site(value: &str) -> Option<&'static str> {
    ["Lax", "None", "Strict"]
        .into_iter()
        .find(|word| word.eq_ignore_ascii_case(value))
}

/// The parameters of `Storage.setCookies` and `Storage.clearCookies`.
pub(super) fn in_context(context: Option<&str>, cookies: &[Map<String, Value>]) -> Value {
    match context {
        Some(context) => json!({ "cookies": cookies, "browserContextId": context }),
        None => json!({ "cookies": cookies }),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::{Cookie, parameters};

    #[rstest]
    #[case::bare("sid=1", json!({ "name": "sid", "value": "1" }))]
    #[case::equals_in_value("a=b=c", json!({ "name": "a", "value": "b=c" }))]
    #[case::no_name("abc", json!({ "name": "", "value": "abc" }))]
    #[case::attributes(
        "sid=1; Secure; HttpOnly; SameSite=None; Path=/x; Domain=a.example",
        json!({ "name": "sid", "value": "1", "secure": true, "httpOnly": true,
            "sameSite": "None", "path": "/x", "domain": "a.example" })
    )]
    #[case::any_case("sid=1;secure;SAMESITE=strict",
        json!({ "name": "sid", "value": "1", "secure": true, "sameSite": "Strict" }))]
    #[case::unknown_same_site("sid=1; SameSite=Always", json!({ "name": "sid", "value": "1" }))]
    #[case::lifetime("sid=1; Max-Age=60", json!({ "name": "sid", "value": "1" }))]
    fn attributes_are_taken_apart(#[case] set_cookie: &str, #[case] mut expected: Value) {
        let cookie = Cookie {
            url: "https://a.example/".to_owned(),
            set_cookie: set_cookie.to_owned(),
        };
        expected["url"] = "https://a.example/".into();
        assert_eq!(Value::Object(parameters(&cookie)), expected);
    }
}
