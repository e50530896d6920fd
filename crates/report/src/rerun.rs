//! The command that replays vectors once more, as it is pasted into a shell.

use std::collections::BTreeSet;

use crosscheck_vectors::vector::VectorId;

use crate::{
    overview::Overview,
    results::{Results, Subject},
    shell::shell_word,
};

/// How many vectors are named, and how many topics.
const MOST_NAMED: usize = 3;

/// The command that replays `ids` in the way they were; where they are many, it replays their topics.
pub(crate) fn rerun(results: &Overview, ids: &[&VectorId]) -> String {
    let is_made = |id: &&VectorId| id.as_str().starts_with("server/generated-");
    let mut words = vec![results.command()];
    if let Some(made) = results.generated.filter(|_| ids.iter().any(is_made)) {
        words.push(made.to_string());
        if !ids.iter().all(is_made) {
            words.push("--and-embedded".to_owned());
        }
    }
    if let Some(own) = &results.own {
        words.push(format!("--vectors {}", shell_word(own.folder.as_bytes())));
        if own.beside_embedded {
            words.push("--and-embedded".to_owned());
        }
    }
    let patterns = patterns(ids).into_iter();
    words.extend(patterns.map(|pattern| format!("--only {}", shell_word(pattern.as_bytes()))));
    if results.subject.has_private_headers {
        words.push(" # with the same --header".to_owned());
    }
    words.join(" ")
}

/// The fewest patterns that fit all of `ids`.
fn patterns(ids: &[&VectorId]) -> Vec<String> {
    if ids.len() <= MOST_NAMED {
        return ids.iter().map(ToString::to_string).collect();
    }
    let topics: BTreeSet<_> = ids.iter().map(|id| id.topic()).collect();
    let kinds = || topics.iter().filter_map(|topic| topic.split('/').next());
    let places: BTreeSet<_> = if topics.len() <= MOST_NAMED {
        topics.clone()
    } else {
        kinds().collect()
    };
    places.iter().map(|place| format!("{place}/*")).collect()
}

impl<V> Results<V> {
    /// The command that judges the subject once more, on the same legs.
    pub fn command(&self) -> String {
        let subject = self.subject.options();
        let leg = match self.legs.as_slice() {
            [only] => format!(" --leg {}", only.leg),
            _ => String::new(),
        };
        format!("crosscheck run{subject}{leg}")
    }
}

impl Subject {
    /// The options that name it, each after a blank.
    fn options(&self) -> String {
        let mut options: Vec<(&str, &str)> = Vec::new();
        match (&self.adapter_path, &self.policy_path) {
            (Some(path), _) => options.push(("adapter", path)),
            (None, Some(path)) => options.extend([("url", &*self.name), ("policy", path)]),
            (None, None) => {
                options.extend(self.fault.iter().map(|fault| ("fault", &**fault)));
                options.extend(self.layers.iter().map(|layer| ("layer", &**layer)));
            }
        }
        let option =
            |(option, value): (&str, &str)| format!(" --{option} {}", shell_word(value.as_bytes()));
        let flags = self.flags.iter().map(|flag| format!(" --{flag}"));
        options.into_iter().map(option).chain(flags).collect()
    }
}

#[cfg(test)]
mod tests {
    use crosscheck_vectors::vector::VectorId;

    use super::rerun;
    use crate::{
        fixture::run,
        overview::Overview,
        results::{Generated, OwnVectors},
    };

    /// A run of the sound reference server on both legs.
    fn plain() -> Overview {
        let mut results = run(Vec::new());
        results.subject.fault = None;
        results
    }

    fn command(results: &Overview, ids: &[&str]) -> String {
        let ids: Vec<_> = ids.iter().map(|id| VectorId::parse(id).unwrap()).collect();
        rerun(results, &ids.iter().collect::<Vec<_>>())
    }

    #[test]
    fn it_goes_through_the_same_adapter() {
        let mut results = plain();
        results.subject.adapter_path = Some("my own/adapter.toml".to_owned());
        assert_eq!(
            command(&results, &["a/b/c"]),
            "crosscheck run --adapter 'my own/adapter.toml' --only a/b/c"
        );
    }

    #[test]
    fn it_goes_to_the_same_address_in_the_same_way() {
        let mut results = plain();
        results.subject.name = "https://api.example/items?page=1&all".to_owned();
        results.subject.policy_path = Some("policy.json".to_owned());
        let address =
            "crosscheck run --url 'https://api.example/items?page=1&all' --policy policy.json";
        assert_eq!(
            command(&results, &["a/b/c"]),
            format!("{address} --only a/b/c")
        );
        results.subject.flags = vec!["insecure".to_owned()];
        results.subject.has_private_headers = true;
        assert_eq!(
            command(&results, &["a/b/c"]),
            format!("{address} --insecure --only a/b/c  # with the same --header")
        );
    }

    #[test]
    fn it_commits_the_same_fault_in_the_same_layers() {
        let mut results = plain();
        results.subject.fault = Some("echo-all".to_owned());
        assert_eq!(
            command(&results, &["a/b/c"]),
            "crosscheck run --fault echo-all --only a/b/c"
        );
        results.subject.fault = None;
        results.subject.layers = vec!["vary".to_owned(), "policy".to_owned()];
        assert_eq!(
            command(&results, &["a/b/c"]),
            "crosscheck run --layer vary --layer policy --only a/b/c"
        );
    }

    #[test]
    fn one_leg_is_named_and_both_are_not() {
        let mut results = plain();
        assert_eq!(results.legs.len(), 2);
        assert_eq!(command(&results, &["a/b/c"]), "crosscheck run --only a/b/c");
        results.legs.truncate(1);
        assert_eq!(
            command(&results, &["a/b/c"]),
            "crosscheck run --leg wire --only a/b/c"
        );
    }

    #[test]
    fn vectors_come_from_where_they_came_from() {
        let mut results = plain();
        results.own = Some(OwnVectors {
            folder: "my-vectors".to_owned(),
            beside_embedded: false,
        });
        let own = "crosscheck run --vectors my-vectors";
        assert_eq!(command(&results, &["a/b/c"]), format!("{own} --only a/b/c"));
        results.own = Some(OwnVectors {
            folder: "my-vectors".to_owned(),
            beside_embedded: true,
        });
        assert_eq!(
            command(&results, &["a/b/c"]),
            format!("{own} --and-embedded --only a/b/c")
        );
    }

    #[test]
    fn what_was_made_up_is_made_up_again() {
        let mut results = plain();
        results.generated = Some(Generated { n: 9, seed: 7 });
        let made = "crosscheck run --generate 9 --seed 7";
        assert_eq!(
            command(&results, &["server/generated-a/1"]),
            format!("{made} --only server/generated-a/1")
        );
        assert_eq!(
            command(&results, &["server/a/b", "server/generated-a/1"]),
            format!("{made} --and-embedded --only server/a/b --only server/generated-a/1")
        );
        assert_eq!(
            command(&results, &["server/a/b"]),
            "crosscheck run --only server/a/b"
        );
    }

    #[test]
    fn many_vectors_are_replayed_by_topic() {
        let three = ["a/b/1", "a/b/2", "a/b/3"];
        assert_eq!(
            command(&plain(), &three),
            "crosscheck run --only a/b/1 --only a/b/2 --only a/b/3"
        );
        let two_topics = [&three[..], &["a/c/1"]].concat();
        assert_eq!(
            command(&plain(), &two_topics),
            "crosscheck run --only 'a/b/*' --only 'a/c/*'"
        );
        let many = ["a/b/1", "a/c/1", "a/d/1", "b/g/h/1"];
        assert_eq!(
            command(&plain(), &many),
            "crosscheck run --only 'a/*' --only 'b/*'"
        );
    }
}
