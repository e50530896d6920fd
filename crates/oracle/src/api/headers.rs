//! How script's headers get into a request.

use super::{Api, ApiError};
use crate::{
    header::{HeaderList, is_header_name, is_header_value, normalize_header_value},
    safelist::{
        is_forbidden_request_header, is_no_cors_safelisted_request_header,
        is_privileged_no_cors_request_header_name,
    },
};

/// The guard of a `Headers` object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Guard {
    Request,
    RequestNoCors,
}

/// `Headers.append()`, which ignores what the guard does not admit.
///
/// Spec: <https://fetch.spec.whatwg.org/#concept-headers-append>
pub(super) fn append(
    list: &mut HeaderList,
    name: &[u8],
    value: &[u8],
    guard: Guard,
) -> Result<(), ApiError> {
    let value = normalize(Api::Fetch, name, value)?;
    match guard {
        Guard::Request => {
            if !is_forbidden_request_header(name, value) {
                list.push(name, value);
            }
        }
        Guard::RequestNoCors => {
            // It is the combined value that must be safelisted.
            let combined = match list.get(name) {
                Some(old) => [&old, b", ".as_slice(), value].concat(),
                None => value.to_vec(),
            };
            if is_no_cors_safelisted_request_header(name, &combined) {
                list.push(name, value);
                // Unreachable by these names today, but the standard cleans up after each change.
                if is_privileged_no_cors_request_header_name(name) {
                    list.remove(name);
                }
            }
        }
    }
    Ok(())
}

/// `XMLHttpRequest.setRequestHeader()`, which joins values of one name.
///
/// Spec: <https://xhr.spec.whatwg.org/#the-setrequestheader()-method>
pub(super) fn set_request_header(
    list: &mut HeaderList,
    name: &[u8],
    value: &[u8],
) -> Result<(), ApiError> {
    let value = normalize(Api::Xhr, name, value)?;
    if !is_forbidden_request_header(name, value) {
        list.combine(name, value);
    }
    Ok(())
}

fn normalize<'a>(api: Api, name: &[u8], value: &'a [u8]) -> Result<&'a [u8], ApiError> {
    let value = normalize_header_value(value);
    if is_header_name(name) && is_header_value(value) {
        Ok(value)
    } else {
        Err(ApiError::InvalidHeader {
            api,
            name: name.to_vec(),
            value: value.to_vec(),
        })
    }
}
