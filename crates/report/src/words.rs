//! Numbers in words.

/// `n` with the right form of a noun, such as `1 request`.
pub(crate) fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}
