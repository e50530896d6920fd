use rstest::rstest;

use super::*;

fn lines(name: &str, values: &[&str]) -> HeaderList {
    values.iter().map(|&value| (name, value)).collect()
}

fn as_text(items: &[&[u8]]) -> Vec<String> {
    items
        .iter()
        .map(|item| String::from_utf8(item.to_vec()).unwrap())
        .collect()
}

#[rstest]
#[case::one(b"PUT", Some(vec!["PUT"]))]
#[case::several(b"PUT,DELETE", Some(vec!["PUT", "DELETE"]))]
#[case::blanks(b" PUT \t,\t DELETE ", Some(vec!["PUT", "DELETE"]))]
#[case::empty_items(b",,a,", Some(vec!["a"]))]
#[case::blank_items(b" , \t,a", Some(vec!["a"]))]
#[case::empty(b"", Some(vec![]))]
#[case::only_commas(b",,", Some(vec![]))]
#[case::wildcard(b"*", Some(vec!["*"]))]
#[case::case_and_duplicates_kept(b"a,A,a", Some(vec!["a", "A", "a"]))]
#[case::every_kind_of_tchar(b"!#$%&'*+-.^_`|~0aZ", Some(vec!["!#$%&'*+-.^_`|~0aZ"]))]
#[case::quotes(b"\"PUT\"", None)]
#[case::quoted_comma(b"\"a,b\"", None)]
#[case::parameter(b"PUT; q=1", None)]
#[case::inner_space(b"no no", None)]
#[case::slash(b"a/b", None)]
#[case::vertical_tab(b"PUT\x0b", None)]
#[case::high_byte(b"PUT\x80", None)]
#[case::no_break_space(b"\xa0PUT", None)]
#[case::bad_item_among_good(b"PUT,a b,DELETE", None)]
fn token_lists(#[case] value: &[u8], #[case] expected: Option<Vec<&str>>) {
    match (parse_token_list(value), expected) {
        (Some(items), Some(expected)) => assert_eq!(as_text(&items), expected),
        (items, expected) => assert!(items.is_none() && expected.is_none()),
    }
}

#[rstest]
#[case::absent(&[], None, false)]
#[case::one_line(&["a, b"], Some(vec!["a", "b"]), false)]
#[case::several_lines(&["a", "b, c"], Some(vec!["a", "b", "c"]), false)]
#[case::empty_line_first(&["", "a"], Some(vec!["a"]), false)]
#[case::only_an_empty_line(&[""], Some(vec![]), false)]
#[case::one_bad_line_spoils_all(&["a", "b c"], None, true)]
#[case::first_line_bad(&["b c", "a"], None, true)]
fn lists(#[case] values: &[&str], #[case] items: Option<Vec<&str>>, #[case] malformed: bool) {
    let headers = lines("Access-Control-Allow-Methods", values);
    let extracted = extract_list(&headers, "access-control-allow-methods");
    match items {
        Some(items) => assert_eq!(as_text(extracted.items().unwrap()), items),
        None if malformed => assert_eq!(extracted, Extracted::Malformed),
        None => assert_eq!(extracted, Extracted::Absent),
    }
}

#[rstest]
#[case::absent(&[], ExtractedSingle::Absent)]
#[case::zero(&["0"], ExtractedSingle::Value(0))]
#[case::leading_zeros(&["007"], ExtractedSingle::Value(7))]
#[case::two_to_the_31(&["2147483648"], ExtractedSingle::Value(2_147_483_648))]
#[case::largest(&["18446744073709551615"], ExtractedSingle::Value(u64::MAX))]
#[case::saturates(&["18446744073709551616"], ExtractedSingle::Value(u64::MAX))]
#[case::saturates_far(&["99999999999999999999999999999999"], ExtractedSingle::Value(u64::MAX))]
#[case::blanks_around(&[" 600\t"], ExtractedSingle::Value(600))]
#[case::empty(&[""], ExtractedSingle::Malformed)]
#[case::negative(&["-1"], ExtractedSingle::Malformed)]
#[case::plus(&["+600"], ExtractedSingle::Malformed)]
#[case::fraction(&["1.5"], ExtractedSingle::Malformed)]
#[case::list(&["600, 600"], ExtractedSingle::Malformed)]
#[case::inner_blank(&["6 0"], ExtractedSingle::Malformed)]
#[case::unit(&["600s"], ExtractedSingle::Malformed)]
#[case::word(&["never"], ExtractedSingle::Malformed)]
#[case::quoted(&["\"600\""], ExtractedSingle::Malformed)]
#[case::two_lines(&["600", "600"], ExtractedSingle::Malformed)]
fn max_age(#[case] values: &[&str], #[case] expected: ExtractedSingle<u64>) {
    let headers = lines("Access-Control-Max-Age", values);
    assert_eq!(extract_max_age(&headers), expected);
}

#[rstest]
#[case::absent(&[], ExtractedSingle::Absent)]
#[case::one(&["/a"], ExtractedSingle::Value(b"/a".as_slice()))]
#[case::empty(&[""], ExtractedSingle::Value(b"".as_slice()))]
#[case::two_lines(&["/a", "/a"], ExtractedSingle::Malformed)]
fn location(#[case] values: &[&str], #[case] expected: ExtractedSingle<&[u8]>) {
    assert_eq!(extract_location(&lines("Location", values)), expected);
}

#[rstest]
#[case::empty("", &[""])]
#[case::one("a", &["a"])]
#[case::two("a, b", &["a", "b"])]
#[case::empty_pieces_kept(",a,", &["", "a", ""])]
#[case::quoted_comma("\"a,b\", c", &["\"a,b\"", "c"])]
#[case::escaped_quote(r#""a\",b", c"#, &[r#""a\",b""#, "c"])]
#[case::escaped_backslash(r#""a\\", c"#, &[r#""a\\""#, "c"])]
#[case::backslash_outside_quotes(r"a\, b", &[r"a\", "b"])]
#[case::open_quote("\"a, b", &["\"a, b"])]
#[case::quote_in_the_middle("a\"b,c\"d,e", &["a\"b,c\"d", "e"])]
#[case::blanks_stripped("\ta\t ,  b ", &["a", "b"])]
fn decode_and_split(#[case] value: &str, #[case] expected: &[&str]) {
    let expected: Vec<&[u8]> = expected.iter().map(|piece| piece.as_bytes()).collect();
    assert_eq!(get_decode_and_split(value.as_bytes()), expected);
}
