//! Responses as bytes.

use bytes::Bytes;
use http::{Response, StatusCode};

/// The bytes of `response`, with its headers in order and nothing added.
pub fn response(response: &Response<Bytes>) -> Vec<u8> {
    let headers = response.headers();
    let mut bytes = Vec::with_capacity(64 + 64 * headers.len() + response.body().len());
    status_line(&mut bytes, response.status());
    for (name, value) in headers {
        line(&mut bytes, name.as_str().as_bytes(), value.as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(response.body());
    bytes
}

/// A response of the listener itself.
pub fn plain(status: StatusCode, headers: &[(&str, &str)], body: &[u8], method: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(256 + body.len());
    status_line(&mut bytes, status);
    for (name, value) in headers {
        line(&mut bytes, name.as_bytes(), value.as_bytes());
    }
    let length = body.len().to_string();
    line(&mut bytes, b"content-length", length.as_bytes());
    bytes.extend_from_slice(b"\r\n");
    if method != b"HEAD" {
        bytes.extend_from_slice(body);
    }
    bytes
}

/// Appends one header line.
pub fn line(bytes: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    bytes.extend_from_slice(name);
    bytes.extend_from_slice(b": ");
    bytes.extend_from_slice(value);
    bytes.extend_from_slice(b"\r\n");
}

fn status_line(bytes: &mut Vec<u8>, status: StatusCode) {
    bytes.extend_from_slice(b"HTTP/1.1 ");
    bytes.extend_from_slice(status.as_str().as_bytes());
    bytes.push(b' ');
    let reason = status.canonical_reason().unwrap_or_default();
    bytes.extend_from_slice(reason.as_bytes());
    bytes.extend_from_slice(b"\r\n");
}
