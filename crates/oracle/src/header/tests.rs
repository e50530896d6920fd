use rstest::rstest;

use super::*;

fn list(headers: &[(&str, &str)]) -> HeaderList {
    headers.iter().copied().collect()
}

#[rstest]
#[case::absent(&[("b", "1")], None)]
#[case::empty_is_not_absent(&[("a", "")], Some(""))]
#[case::one(&[("a", "1")], Some("1"))]
#[case::null_is_a_value(&[("a", "null")], Some("null"))]
#[case::any_case(&[("A", "1")], Some("1"))]
#[case::joined_in_order(&[("a", "1"), ("b", "2"), ("A", "3")], Some("1, 3"))]
#[case::wildcard_twice(&[("a", "*"), ("a", "*")], Some("*, *"))]
#[case::empty_then_wildcard(&[("a", ""), ("a", "*")], Some(", *"))]
#[case::wildcard_then_empty(&[("a", "*"), ("a", "")], Some("*, "))]
#[case::two_empty(&[("a", ""), ("a", "")], Some(", "))]
fn get(#[case] headers: &[(&str, &str)], #[case] expected: Option<&str>) {
    let list = list(headers);
    assert_eq!(list.get("a").as_deref(), expected.map(str::as_bytes));
    assert_eq!(list.get(b"A").as_deref(), expected.map(str::as_bytes));
    assert_eq!(list.contains("a"), expected.is_some());
}

#[test]
fn get_borrows_a_single_value() {
    assert!(matches!(
        list(&[("a", "1")]).get("a"),
        Some(Cow::Borrowed(b"1"))
    ));
}

#[test]
fn names_differ_beyond_ascii_case() {
    // 0xC4 and 0xE4 are a letter in two cases in Latin-1, but not in ASCII.
    let list: HeaderList = [(b"\xc4".to_vec(), b"1".to_vec())].into_iter().collect();
    assert!(!list.contains([0xE4]));
}

#[rstest]
#[case::space(" a ", "a")]
#[case::tab("\ta\t", "a")]
#[case::inner_kept("a \tb", "a \tb")]
#[case::only_blanks(" \t ", "")]
#[case::vertical_tab_kept("\x0ba\x0b", "\x0ba\x0b")]
#[case::form_feed_kept("\x0ca\x0c", "\x0ca\x0c")]
#[case::line_ends_kept("\ra\n", "\ra\n")]
fn push_strips_spaces_and_tabs_only(#[case] value: &str, #[case] expected: &str) {
    let mut list = HeaderList::new();
    list.push("a", value);
    assert_eq!(list.get("a").unwrap(), expected.as_bytes());
}

#[test]
fn push_keeps_bytes_of_0xa0() {
    let mut list = HeaderList::new();
    list.push("a", b"\xa0a\xa0".to_vec());
    assert_eq!(&*list.get("a").unwrap(), b"\xa0a\xa0");
}

#[test]
fn order_spelling_and_duplicates_are_kept() {
    let list = list(&[("B", "1"), ("a", "2"), ("b", "1")]);
    let seen: Vec<(&[u8], &[u8])> = list.iter().collect();
    let expected: [(&[u8], &[u8]); 3] = [(b"B", b"1"), (b"a", b"2"), (b"b", b"1")];
    assert_eq!(seen, expected);
    assert_eq!((&list).into_iter().len(), 3);
    assert_eq!(list.len(), 3);
    assert!(!list.is_empty());
    assert!(HeaderList::new().is_empty());
}

#[test]
fn remove_takes_every_header_of_that_name() {
    let mut list = list(&[("a", "1"), ("b", "2"), ("A", "3")]);
    assert!(list.remove("a"));
    assert!(!list.remove("a"));
    assert_eq!(list, self::list(&[("b", "2")]));
}

#[test]
fn set_changes_the_first_and_deletes_the_others() {
    let mut list = list(&[("x", "0"), ("a", "1"), ("b", "2"), ("A", "3")]);
    list.set("A", " 4");
    assert_eq!(list, self::list(&[("x", "0"), ("a", "4"), ("b", "2")]));
    list.set("c", "5");
    assert_eq!(list.get("c").unwrap(), b"5".as_slice());
}

#[test]
fn combine_joins_to_the_first() {
    let mut list = list(&[("a", "1"), ("b", "2")]);
    list.combine("A", " 3 ");
    list.combine("c", "4");
    assert_eq!(list, self::list(&[("a", "1, 3"), ("b", "2"), ("c", "4")]));
}

#[test]
fn sort_and_combine_is_what_script_iterates_over() {
    let list = list(&[("b", "1"), ("A", "2"), ("B", "3"), ("a-b", "4")]);
    let expected = self::list(&[("a", "2"), ("a-b", "4"), ("b", "1, 3")]);
    assert_eq!(list.sort_and_combine(), expected);
}

#[test]
fn debug_escapes_bytes() {
    let list: HeaderList = [("a", vec![0xff, b'\n'])].into_iter().collect();
    assert_eq!(format!("{list:?}"), r#"["a: \\xff\\n"]"#);
}

#[rstest]
#[case::plain("a b", true)]
#[case::empty("", true)]
#[case::inner_tab("a\tb", true)]
#[case::vertical_tab("\x0b", true)]
#[case::leading_space(" a", false)]
#[case::trailing_tab("a\t", false)]
#[case::nul("a\0b", false)]
#[case::line_feed("a\nb", false)]
#[case::carriage_return("a\rb", false)]
fn header_values(#[case] value: &str, #[case] expected: bool) {
    assert_eq!(is_header_value(value.as_bytes()), expected);
}

#[rstest]
#[case::all_four("\t\n\r a \r\n\t", "a")]
#[case::inner_kept("a\nb", "a\nb")]
#[case::vertical_tab_kept("\x0ba", "\x0ba")]
#[case::nothing_left("\r\n", "")]
fn normalization(#[case] value: &str, #[case] expected: &str) {
    let normalized = normalize_header_value(value.as_bytes());
    assert_eq!(normalized, expected.as_bytes());
}

#[rstest]
#[case::token("X-Custom", true)]
#[case::empty("", false)]
#[case::colon("a:", false)]
#[case::space("a b", false)]
fn header_names(#[case] name: &str, #[case] expected: bool) {
    assert_eq!(is_header_name(name.as_bytes()), expected);
}
