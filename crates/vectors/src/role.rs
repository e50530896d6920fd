//! Roles: what a policy vector says in place of literal origins, methods and headers.
//!
//! A vector written against roles runs under the suite's policies and under any policy that a user
//! declares. See `vectors/README.md` for the list.

pub mod origin;

use serde_json::Value;

use crate::{
    policy::{Listing, MaxAge, Policy},
    vector::Vector,
};

/// Why a vector cannot run under a policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RoleError {
    /// The policy has nothing or nobody for the role.
    #[error("the policy has no `{role}`: {why}")]
    NotApplicable {
        /// The role.
        role: String,
        /// What is missing.
        why: &'static str,
    },
    /// No such role exists.
    #[error("`{{{0}}}` is not a role")]
    Unknown(String),
}

/// `vector` with all its roles filled from `policy`.
///
/// # Errors
///
/// The first role that the policy cannot fill, or that does not exist.
///
/// # Panics
///
/// Never: a vector survives JSON with other strings in it.
pub fn fill(vector: &Vector, policy: &Policy) -> Result<Vector, RoleError> {
    let mut filled = vector.clone();
    for step in &mut filled.steps {
        let mut json = serde_json::to_value(&*step).expect("a step has only string keys");
        fill_value(&mut json, policy)?;
        *step = serde_json::from_value(json).expect("filling a role changes the text of a string");
    }
    Ok(filled)
}

/// The roles named in `vector`, in order.
///
/// # Panics
///
/// Never: a vector can be written as JSON.
pub fn roles_of(vector: &Vector) -> Vec<String> {
    let mut found = Vec::new();
    let steps = serde_json::to_value(&vector.steps).expect("a step has only string keys");
    collect(&steps, &mut found);
    found
}

fn collect(json: &Value, found: &mut Vec<String>) {
    match json {
        Value::String(text) => {
            found.extend(pieces(text).filter_map(|piece| match piece {
                Piece::Role(role) => Some(role.to_owned()),
                Piece::Text(_) => None,
            }));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(fields) => fields.values().for_each(|item| collect(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn fill_value(json: &mut Value, policy: &Policy) -> Result<(), RoleError> {
    match json {
        Value::String(text) => *text = fill_text(text, policy)?,
        Value::Array(items) => items
            .iter_mut()
            .try_for_each(|item| fill_value(item, policy))?,
        Value::Object(fields) => fields
            .values_mut()
            .try_for_each(|item| fill_value(item, policy))?,
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    Ok(())
}

fn fill_text(text: &str, policy: &Policy) -> Result<String, RoleError> {
    let mut filled = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Text(literal) => filled.push_str(literal),
            Piece::Role(role) => filled.push_str(&resolve(role, policy)?),
        }
    }
    Ok(filled)
}

enum Piece<'a> {
    Text(&'a str),
    Role(&'a str),
}

/// Cuts `text` at `{role}`; braces around anything but lower-case letters, `_`, `+` and `-` are text.
fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let is_role = |name: &str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|b| matches!(b, b'a'..=b'z' | b'_' | b'+' | b'-'))
    };
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut from = 0;
        while let Some(open) = rest.get(from..)?.find('{').map(|at| at + from) {
            let inside = rest.get(open + 1..)?;
            match inside.split_once('}') {
                Some((name, after)) if is_role(name) => {
                    if open == 0 {
                        rest = after;
                        return Some(Piece::Role(name));
                    }
                    let (literal, tail) = rest.split_at(open);
                    rest = tail;
                    return Some(Piece::Text(literal));
                }
                _ => from = open + 1,
            }
        }
        let literal = rest;
        rest = "";
        Some(Piece::Text(literal))
    })
}

/// What `role` stands for under `policy`.
///
/// # Errors
///
/// If the policy cannot fill the role, or there is no such role.
pub fn resolve(role: &str, policy: &Policy) -> Result<String, RoleError> {
    let (base, change) = role
        .split_once('+')
        .map_or((role, None), |(base, change)| (base, Some(change)));
    let missing = |why| RoleError::NotApplicable {
        role: role.to_owned(),
        why,
    };
    let filled = match (base, change) {
        ("allowed_method", None) => method(&policy.methods, 0),
        ("other_allowed_method", None) => method(&policy.methods, 1),
        ("allowed_method", Some("case")) => other_case(&policy.methods),
        ("denied_method", None) => denied_method(&policy.methods),
        ("allowed_header", None) => header(&policy.request_headers, 0, "x-any"),
        ("other_allowed_header", None) => header(&policy.request_headers, 1, "x-other"),
        ("denied_header", None) => unlisted(&policy.request_headers, "x-denied"),
        ("exposed_header", None) => header(&policy.response_headers, 0, "x-any"),
        ("other_exposed_header", None) => header(&policy.response_headers, 1, "x-other"),
        ("hidden_header", None) => unlisted(&policy.response_headers, "x-hidden"),
        ("max_age", None) => match policy.max_age {
            MaxAge::Seconds(seconds) => Ok(seconds.to_string()),
            MaxAge::Disable => Ok("0".to_owned()),
            MaxAge::Unset => Err("it leaves the time to the browser"),
        },
        _ => origin::resolve(base, change, &policy.origins)
            .ok_or_else(|| RoleError::Unknown(role.to_owned()))?,
    };
    filled.map_err(missing)
}

type Filled = Result<String, &'static str>;

fn is_simple(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "POST")
}

fn method(methods: &Listing<String>, index: usize) -> Filled {
    let any = ["PUT", "PATCH"].map(str::to_owned);
    let listed = if methods.is_any() {
        &any[..]
    } else {
        methods.listed()
    };
    let found = listed.iter().filter(|method| !is_simple(method)).nth(index);
    found
        .cloned()
        .ok_or("it lists no such method beyond GET, HEAD and POST")
}

/// A listed method in other letters, of those that `fetch()` leaves alone.
fn other_case(methods: &Listing<String>) -> Filled {
    let normalized = |m: &String| {
        ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"]
            .iter()
            .any(|n| n.eq_ignore_ascii_case(m))
    };
    let swap = |m: &String| {
        let lower = m.to_ascii_lowercase();
        if lower == *m {
            m.to_ascii_uppercase()
        } else {
            lower
        }
    };
    let listed = methods.listed();
    let found = listed
        .iter()
        .filter(|m| !normalized(m))
        .map(swap)
        .find(|m| !listed.contains(m));
    found.ok_or("it lists no method whose letter case `fetch()` keeps")
}

fn denied_method(methods: &Listing<String>) -> Filled {
    let candidates = ["DELETE", "PATCH", "PUT", "PURGE"];
    let listed = |method: &&str| {
        methods
            .listed()
            .iter()
            .any(|m| m.eq_ignore_ascii_case(method))
    };
    let found = candidates
        .into_iter()
        .find(|method| !methods.is_any() && !listed(method));
    found.map(str::to_owned).ok_or("it permits every method")
}

fn header(names: &Listing<String>, index: usize, any: &str) -> Filled {
    if names.is_any() {
        return Ok(any.to_owned());
    }
    let ordinary = |name: &&String| {
        !["authorization", "content-type"]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name))
    };
    let found = names.listed().iter().filter(ordinary).nth(index);
    found.cloned().ok_or("it lists too few header names")
}

fn unlisted(names: &Listing<String>, name: &str) -> Filled {
    let listed = names
        .listed()
        .iter()
        .any(|listed| listed.eq_ignore_ascii_case(name));
    if names.is_any() || listed {
        Err("it permits every such header")
    } else {
        Ok(name.to_owned())
    }
}

#[cfg(test)]
mod tests;
