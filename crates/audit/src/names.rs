//! Names that nobody has.

/// A source of names that are in nobody's list: letters and digits, a letter first.
#[derive(Debug)]
pub struct Names(u64);

impl Names {
    /// Names that follow from `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next name.
    pub fn next_name(&mut self) -> String {
        let mut bits = self.next_number();
        let mut name = String::from("x");
        for _digit in 0..9 {
            let digit = u32::try_from(bits % 36).unwrap_or_default();
            name.extend(char::from_digit(digit, 36));
            bits /= 36;
        }
        name
    }

    /// A port that hardly anything listens on, and that is in nobody's list.
    pub fn next_port(&mut self) -> u16 {
        20000 + u16::try_from(self.next_number() % 20000).unwrap_or_default()
    }

    /// `SplitMix64`: short, and random enough for names.
    fn next_number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }
}

/// Whether `text` may be a name of [`Names`], perhaps with `x-` before it or in capitals.
pub fn is_invented(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let name = lower.strip_prefix("x-").unwrap_or(&lower);
    name.len() == 10 && name.starts_with('x') && name.bytes().all(|b| b.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::{Names, is_invented};

    #[test]
    fn names_differ() {
        let mut names = Names::new(1);
        let (one, other) = (names.next_name(), names.next_name());
        assert_ne!(one, other);
        assert!(is_invented(&one) && is_invented(&format!("X-{one}")));
        assert!(!is_invented("x-token") && !is_invented("PUT"));
        assert!((20000..40000).contains(&names.next_port()));
    }
}
