//! Which paths a source has in it, as far as they can lead to another module of its crate.

use crate::tidy::code::{FOR_TESTS, is_comment, is_literal, is_word, item, pieces};

/// The paths after `use` and those that begin with `crate`, `self` or `super`, without those of tests.
pub(super) fn paths(source: &str) -> Vec<Vec<&str>> {
    let tokens = tokens(source);
    let mut rest = &*tokens;
    let mut found = Vec::new();
    while let Some((token, after)) = rest.split_first() {
        rest = match *token {
            "#" if rest.starts_with(&FOR_TESTS) => &rest[item(rest).len()..],
            "use" => after_use(after, &mut found),
            "crate" | "self" | "super" => after_path(rest, &mut found),
            _ => after,
        };
    }
    found
}

/// Adds every path of the tree that follows `use`.
fn after_use<'t, 's>(tokens: &'t [&'s str], found: &mut Vec<Vec<&'s str>>) -> &'t [&'s str] {
    let mut open = Vec::new();
    let mut path: Vec<&str> = Vec::new();
    let mut has_more = false;
    for (at, token) in tokens.iter().enumerate() {
        match *token {
            "::" | "*" => {}
            "{" => open.push(path.clone()),
            "," | "}" | ";" => {
                if std::mem::take(&mut has_more) {
                    found.push(path.clone());
                }
                match *token {
                    "," => path = open.last().cloned().unwrap_or_default(),
                    "}" => path = open.pop().unwrap_or_default(),
                    _ => return &tokens[at + 1..],
                }
            }
            _ if at > 0 && (tokens[at - 1] == "as" || *token == "as") => {}
            word if is_word(word) => {
                path.push(word);
                has_more = true;
            }
            // This `use` says which lifetimes a type captures.
            _ => return &tokens[at..],
        }
    }
    &[]
}

/// Adds the path that `tokens` begin with.
fn after_path<'t, 's>(tokens: &'t [&'s str], found: &mut Vec<Vec<&'s str>>) -> &'t [&'s str] {
    let more = tokens[1..].chunks_exact(2);
    let more = more.take_while(|pair| pair[0] == "::" && is_word(pair[1]));
    let path: Vec<_> = tokens[..1]
        .iter()
        .copied()
        .chain(more.map(|pair| pair[1]))
        .collect();
    let n_tokens = 2 * path.len() - 1;
    found.push(path);
    &tokens[n_tokens..]
}

/// The words and signs of `source`, without comments, literals and blanks.
fn tokens(source: &str) -> Vec<&str> {
    let is_token =
        |piece: &&str| !is_comment(piece) && !is_literal(piece) && !piece.trim().is_empty();
    pieces(source).into_iter().filter(is_token).collect()
}
