//! HTTP/1.1 answers as the model's responses.

use crosscheck_http1::answer::{Answer, AnswerError, read_whole};
use crosscheck_oracle::Response;

/// What came as the answer to a request of `method` before the connection ended.
///
/// # Errors
///
/// If that is no answer.
pub fn read(bytes: &[u8], method: &[u8]) -> Result<Response, AnswerError> {
    read_whole(bytes, method).map(response)
}

/// What the model takes `answer` for: the same bytes.
pub fn response(answer: Answer) -> Response {
    Response {
        status: answer.status,
        headers: answer.headers.into_iter().collect(),
        body: answer.body,
    }
}

#[cfg(test)]
mod tests {
    use crosscheck_http1::answer::{AnswerError, Cut};
    use crosscheck_oracle::Response;

    use super::read;

    #[test]
    fn an_answer_is_taken_byte_for_byte() {
        let text = b"HTTP/1.1 299 Odd\r\nX: \t a\x0b\xa0 \r\nx:\r\nContent-Length: 2\r\n\r\nok";
        let expected = Response::new(299)
            .with_header("X", b"a\x0b\xa0")
            .with_header("x", "")
            .with_header("Content-Length", "2");
        let expected = Response {
            body: b"ok".to_vec(),
            ..expected
        };
        assert_eq!(read(text, b"GET"), Ok(expected));
    }

    #[test]
    fn what_is_cut_off_is_no_answer() {
        let text = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok";
        let left = 1;
        assert_eq!(
            read(text, b"GET"),
            Err(AnswerError::Cut(Cut::Body { left }))
        );
    }
}
