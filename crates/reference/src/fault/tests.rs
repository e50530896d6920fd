use std::collections::HashSet;

use super::{Fault, UnknownFault, nearest};

#[test]
fn names_are_unique_and_in_kebab_case() {
    let mut seen = HashSet::new();
    for fault in Fault::all() {
        let name = fault.name();
        assert!(seen.insert(name), "{name} twice");
        for word in name.split('-').chain(fault.flag().split('-')) {
            let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
            assert!(!word.is_empty() && word.chars().all(fits), "{name}");
        }
        assert_eq!(name.parse(), Ok(*fault));
        let sentence = fault.description();
        assert!(sentence.ends_with('.') && sentence.len() > 30, "{name}");
    }
    assert!(seen.len() >= 35);
}

#[test]
fn an_unknown_name_is_answered_with_the_nearest() {
    let error = "reflect-orign".parse::<Fault>().unwrap_err();
    let expected = UnknownFault {
        name: "reflect-orign".to_owned(),
        nearest: Fault::ReflectOrigin,
    };
    assert_eq!(error, expected);
    let message = error.to_string();
    assert!(
        message.contains("did you mean `reflect-origin`"),
        "{message}"
    );
    assert!(message.contains("`vary-overwritten`"), "{message}");
    assert_eq!(nearest("vary-missing-grant"), Fault::VaryMissingGranted);
}
