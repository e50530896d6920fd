//! Laws of header lists, values and names.

use crosscheck_oracle::{
    Extracted, HeaderList, cors_unsafe_request_header_names, extract_list,
    is_cors_safelisted_request_header, is_forbidden_request_header, is_header_value,
    normalize_header_value, normalize_method, parse_single_range, parse_token_list,
};
use proptest::prelude::*;

use crate::strategies::{header_list, token_list, value};

proptest! {
    #[test]
    fn get_joins_the_lines(headers in header_list(), name in "accept|x-a|X-B") {
        let lines: Vec<&[u8]> = headers.values(name.as_bytes()).collect();
        let joined = (!lines.is_empty()).then(|| lines.join(b", ".as_slice()));
        prop_assert_eq!(headers.get(&name).map(std::borrow::Cow::into_owned), joined);
        prop_assert_eq!(headers.contains(&name), !lines.is_empty());
    }

    #[test]
    fn remove_takes_all_and_nothing_else(mut headers in header_list()) {
        let others = headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case(b"x-a")).count();
        headers.remove("X-a");
        prop_assert!(!headers.contains("x-a"));
        prop_assert_eq!(headers.len(), others);
    }

    #[test]
    fn extract_list_is_concatenation_over_lines(lines in prop::collection::vec(value(), 0..4)) {
        let headers: HeaderList = lines.iter().map(|line| ("L", line.clone())).collect();
        let parsed: Option<Vec<Vec<&[u8]>>> =
            lines.iter().map(|line| parse_token_list(line)).collect();
        let expected = match parsed {
            _ if lines.is_empty() => Extracted::Absent,
            Some(items) => Extracted::Items(items.concat()),
            None => Extracted::Malformed,
        };
        prop_assert_eq!(extract_list(&headers, "l"), expected);
    }

    #[test]
    fn lists_of_tokens_parse(list in token_list()) {
        let items = parse_token_list(list.as_bytes());
        prop_assert!(items.is_some());
        for item in items.unwrap() {
            prop_assert!(!item.is_empty() && !item.contains(&b','));
        }
    }

    #[test]
    fn unsafe_names_are_sorted_unique_and_lower_case(headers in header_list()) {
        let names = cors_unsafe_request_header_names(&headers);
        prop_assert!(names.is_sorted());
        for pair in names.windows(2) {
            prop_assert_ne!(&pair[0], &pair[1]);
        }
        for name in &names {
            prop_assert!(!name.iter().any(u8::is_ascii_uppercase));
            prop_assert!(headers.contains(name));
        }
    }

    #[test]
    fn every_header_that_is_not_safelisted_is_named(headers in header_list()) {
        let names = cors_unsafe_request_header_names(&headers);
        for (name, value) in &headers {
            if !is_cors_safelisted_request_header(name, value) {
                prop_assert!(names.contains(&name.to_ascii_lowercase()));
            }
        }
    }

    #[test]
    fn the_order_of_headers_does_not_matter_to_the_names(headers in header_list()) {
        let mut reversed: Vec<_> = headers.iter().collect();
        reversed.reverse();
        let reversed: HeaderList = reversed.into_iter().collect();
        prop_assert_eq!(
            cors_unsafe_request_header_names(&headers),
            cors_unsafe_request_header_names(&reversed)
        );
    }

    #[test]
    fn case_of_names_does_not_matter(headers in header_list()) {
        for (name, value) in &headers {
            let upper = name.to_ascii_uppercase();
            prop_assert_eq!(
                is_cors_safelisted_request_header(name, value),
                is_cors_safelisted_request_header(&upper, value)
            );
            prop_assert_eq!(
                is_forbidden_request_header(name, value),
                is_forbidden_request_header(&upper, value)
            );
        }
    }

    #[test]
    fn normalization_is_idempotent(value in value(), method in "[A-Za-z]{1,7}") {
        let once = normalize_header_value(&value);
        prop_assert_eq!(normalize_header_value(once), once);
        let inner = once.iter().any(|byte| matches!(byte, 0 | b'\n' | b'\r'));
        prop_assert_eq!(is_header_value(once), !inner);
        let method = normalize_method(method.into_bytes());
        prop_assert_eq!(normalize_method(method.clone()), method);
    }

    #[test]
    fn ranges_agree_with_arithmetic(start in any::<Option<u64>>(), end in any::<Option<u64>>()) {
        let text = |number: Option<u64>| number.map_or_else(String::new, |it| it.to_string());
        let value = format!("bytes={}-{}", text(start), text(end));
        let expected = match (start, end) {
            (None, None) => false,
            (Some(start), Some(end)) => start <= end,
            (Some(_), None) | (None, Some(_)) => true,
        };
        prop_assert_eq!(parse_single_range(value.as_bytes()).is_some(), expected);
        prop_assert_eq!(
            is_cors_safelisted_request_header(b"range", value.as_bytes()),
            expected && start.is_some()
        );
    }
}
