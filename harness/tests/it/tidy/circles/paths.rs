//! Which paths a source has in it, as far as they can lead to another module of its crate.

/// The paths after `use` and those that begin with `crate`, `self` or `super`, without those of tests.
pub(super) fn paths(source: &str) -> Vec<Vec<&str>> {
    let tokens = tokens(source);
    let mut rest = &*tokens;
    let mut found = Vec::new();
    while let Some((token, after)) = rest.split_first() {
        rest = match *token {
            "#" if after.starts_with(&["[", "cfg", "(", "test", ")", "]"]) => after_item(after),
            "use" => after_use(after, &mut found),
            "crate" | "self" | "super" => after_path(rest, &mut found),
            _ => after,
        };
    }
    found
}

/// What comes after an item: behind the first `;` or block.
fn after_item<'t, 's>(tokens: &'t [&'s str]) -> &'t [&'s str] {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match *token {
            "{" => depth += 1,
            "}" if depth > 1 => depth -= 1,
            "}" => return &tokens[at + 1..],
            ";" if depth == 0 => return &tokens[at + 1..],
            _ => {}
        }
    }
    &[]
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

fn is_word(token: &str) -> bool {
    token.starts_with(in_word)
}

fn in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The words and signs of `source`, without comments and literals.
fn tokens(source: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = source.trim_start();
    while let Some(first) = rest.chars().next() {
        let n_left_out = left_out(rest);
        if n_left_out == 0 {
            let length = match first {
                ':' if rest.starts_with("::") => 2,
                _ if in_word(first) => rest.find(|c| !in_word(c)).unwrap_or(rest.len()),
                _ => first.len_utf8(),
            };
            found.push(&rest[..length]);
            rest = rest[length..].trim_start();
        } else {
            rest = rest[n_left_out..].trim_start();
        }
    }
    found
}

/// How many bytes at the front of `rest` are a comment, a string or a character.
fn left_out(rest: &str) -> usize {
    let until = |from: usize, end: &str| {
        let at = rest.get(from..).and_then(|text| text.find(end));
        at.map_or(rest.len(), |at| from + at + end.len())
    };
    if rest.starts_with("//") {
        until(2, "\n")
    } else if rest.starts_with("/*") {
        until(2, "*/")
    } else if let Some(text) = rest.strip_prefix('"') {
        let mut escaped = false;
        let ends = |c| {
            let is_end = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            is_end
        };
        text.find(ends).map_or(rest.len(), |at| at + 2)
    } else if let Some((opening, closing)) = raw_quotes(rest) {
        until(opening.len(), &closing)
    } else if rest.starts_with("'\\") {
        until(3, "'")
    } else {
        // What is no character is a lifetime.
        let mut quoted = rest.strip_prefix('\'').unwrap_or_default().chars();
        let inside = quoted.next().map_or(0, char::len_utf8);
        if quoted.next() == Some('\'') {
            inside + 2
        } else {
            0
        }
    }
}

/// What begins and ends the raw string that `rest` begins with.
fn raw_quotes(rest: &str) -> Option<(&str, String)> {
    let after = rest.strip_prefix('b').unwrap_or(rest).strip_prefix('r')?;
    let (signs, _) = after.split_once('"')?;
    let is_raw = signs.bytes().all(|sign| sign == b'#');
    let opening = &rest[..=rest.find('"')?];
    is_raw.then(|| (opening, format!("\"{signs}")))
}
