//! Which vectors a run is about.

use crosscheck_replay::case::Case;
use crosscheck_report::known::LONGEST_PATTERN;
use crosscheck_vectors::vector::Kind;
use globset::{Glob, GlobSet, GlobSetBuilder};

/// A selection of vectors.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Globs over ids; empty means all.
    pub only: Vec<String>,
    /// Globs over ids to leave out.
    pub skip: Vec<String>,
    /// Kinds; empty means all.
    pub kinds: Vec<Kind>,
    /// The part of the selection to run.
    pub shard: Option<Shard>,
}

/// One of several equal parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which part, from 1.
    pub index: usize,
    /// How many parts there are.
    pub of: usize,
}

/// Why nothing can be selected.
#[derive(Debug, thiserror::Error)]
pub enum SelectError {
    /// A pattern is no glob.
    #[error("`{pattern}` is no glob")]
    BadGlob {
        /// The pattern.
        pattern: String,
        /// Why.
        #[source]
        source: globset::Error,
    },
    /// A pattern is too long to be compiled.
    #[error("a glob has {0} bytes, and at most {LONGEST_PATTERN} are taken")]
    LongGlob(usize),
    /// Nothing is left.
    #[error(
        "no vector is selected by {0}; `crosscheck vectors list` shows all ids (`*` also matches `/`)"
    )]
    Empty(String),
}

impl std::str::FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("`{text}` is no shard: write `1/4` for the first of four");
        let (index, of) = text.split_once('/').ok_or_else(wrong)?;
        let parse = |number: &str| number.parse::<usize>().map_err(|_no_number| wrong());
        let shard = Self {
            index: parse(index)?,
            of: parse(of)?,
        };
        if shard.index == 0 || shard.index > shard.of {
            Err(wrong())
        } else {
            Ok(shard)
        }
    }
}

impl Selection {
    /// Those of `cases` that are selected, in order.
    ///
    /// # Errors
    ///
    /// If a pattern is no glob, or nothing is left.
    pub fn of(&self, cases: Vec<Case>) -> Result<Vec<Case>, SelectError> {
        let only = globs(&self.only)?;
        let skip = globs(&self.skip)?;
        let wanted = |case: &Case| {
            let id = case.id.as_str();
            (self.only.is_empty() || only.is_match(id))
                && !skip.is_match(id)
                && (self.kinds.is_empty() || self.kinds.contains(&case.vector.kind))
        };
        let in_shard = |(position, case): (usize, Case)| {
            self.shard
                .is_none_or(|shard| position % shard.of == shard.index - 1)
                .then_some(case)
        };
        let left: Vec<_> = cases
            .into_iter()
            .filter(wanted)
            .enumerate()
            .filter_map(in_shard)
            .collect();
        if left.is_empty() {
            Err(SelectError::Empty(self.to_string()))
        } else {
            Ok(left)
        }
    }
}

impl std::fmt::Display for Selection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut parts: Vec<String> = Vec::new();
        parts.extend(self.only.iter().map(|glob| format!("--only '{glob}'")));
        parts.extend(self.skip.iter().map(|glob| format!("--skip '{glob}'")));
        parts.extend(
            self.kinds
                .iter()
                .map(|kind| format!("--kind {kind:?}").to_lowercase()),
        );
        parts.extend(
            self.shard
                .map(|shard| format!("--shard {}/{}", shard.index, shard.of)),
        );
        f.write_str(&if parts.is_empty() {
            "this suite".to_owned()
        } else {
            parts.join(" ")
        })
    }
}

fn globs(patterns: &[String]) -> Result<GlobSet, SelectError> {
    let mut set = GlobSetBuilder::new();
    let bad = |pattern: &String| {
        let pattern = pattern.clone();
        move |source| SelectError::BadGlob { pattern, source }
    };
    for pattern in patterns {
        if pattern.len() > LONGEST_PATTERN {
            return Err(SelectError::LongGlob(pattern.len()));
        }
        set.add(Glob::new(pattern).map_err(bad(pattern))?);
    }
    set.build().map_err(bad(&patterns.join(", ")))
}

#[cfg(test)]
mod tests {
    use crosscheck_replay::case::{Case, cases};
    use crosscheck_vectors::{load::Suite, vector::Kind};
    use rstest::rstest;

    use super::{Selection, Shard};

    fn all() -> Vec<Case> {
        cases(&Suite::embedded().unwrap(), None)
    }

    #[test]
    fn shards_share_out_everything() {
        let n_all = all().len();
        let part = |index| Selection {
            shard: Some(Shard { index, of: 3 }),
            ..Selection::default()
        };
        let sizes: Vec<_> = (1..=3)
            .map(|index| part(index).of(all()).unwrap().len())
            .collect();
        assert_eq!(sizes.iter().sum::<usize>(), n_all);
        assert!(
            sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 1,
            "{sizes:?}"
        );
    }

    #[test]
    fn only_and_skip_are_globs_over_ids() {
        let selection = Selection {
            only: vec!["server/*".to_owned()],
            skip: vec!["*/vary/*".to_owned()],
            kinds: vec![Kind::Required],
            shard: None,
        };
        for case in selection.of(all()).unwrap() {
            assert!(
                case.id.as_str().starts_with("server/") && !case.id.as_str().contains("/vary/")
            );
            assert_eq!(case.vector.kind, Kind::Required);
        }
    }

    #[rstest]
    #[case::nothing_matches("nowhere/*", "no vector is selected by --only 'nowhere/*'")]
    #[case::no_glob("server/[", "is no glob")]
    fn a_selection_that_cannot_be_is_an_error(#[case] only: &str, #[case] message: &str) {
        let selection = Selection {
            only: vec![only.to_owned()],
            ..Selection::default()
        };
        let error = selection.of(all()).unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
    }

    #[rstest]
    #[case("0/4")]
    #[case("5/4")]
    #[case("1")]
    #[case("a/b")]
    fn a_shard_that_cannot_be_is_an_error(#[case] text: &str) {
        assert!(text.parse::<Shard>().is_err());
    }
}
