//! Whether the application behind the policy ran, of a server that is not ours.
//!
//! The application marks its answers. An answer may lose the mark (a crash, an error page), so servers
//! that can are asked how often a handler ran.

use crosscheck_oracle::{Credentials, HeaderList, OutgoingRequest, Purpose, RequestBody};
use crosscheck_reference::{HANDLED, site::HITS_PATH};
use crosscheck_replay::{case::Case, instance::Instance};
use crosscheck_report::observation::{Exchange, Observation};
use serde_json::Value;
use url::Url;

use crate::client::exact::{Client, Reuse};

/// Settles for `observations` of `case`, replayed as `exchange`, which requests the application of
/// `instance` saw.
pub(crate) async fn settle(
    instance: &Instance,
    case: &Case,
    exchange: &str,
    client: &Client,
    observations: &mut [Observation],
) {
    let steps = &case.vector.steps;
    let is_asked = |step: &crosscheck_vectors::vector::VectorStep| {
        step.expect
            .requests
            .iter()
            .any(|request| request.handled.is_some())
    };
    let hits = if instance.counts_hits() && steps.iter().any(is_asked) {
        hits(instance, exchange, client).await
    } else {
        None
    };
    let mut exchanges: Vec<_> = observations
        .iter_mut()
        .flat_map(|observation| &mut observation.exchanges)
        .collect();
    attribute(&mut exchanges, hits);
}

/// How often a handler ran for `exchange`; none if the server does not say.
async fn hits(instance: &Instance, exchange: &str, client: &Client) -> Option<usize> {
    let (address, prefix) = (instance.address(), instance.prefix());
    let url = format!("http://{address}{prefix}{HITS_PATH}?id={exchange}");
    let request = OutgoingRequest {
        purpose: Purpose::Actual,
        method: b"GET".to_vec(),
        url: Url::parse(&url).ok()?,
        headers: HeaderList::new(),
        body: RequestBody::None,
        include_credentials: Credentials::Omit,
    };
    let answer = client
        .send(address, &request, Reuse::Welcome)
        .await
        .ok()??;
    let told: Value = serde_json::from_slice(&answer.body).ok()?;
    let count = told.get("hits").unwrap_or(&told).as_u64()?;
    usize::try_from(count).ok()
}

/// Says of each exchange whether the application ran, as far as that can be known.
fn attribute(exchanges: &mut [&mut Exchange], hits: Option<usize>) {
    let (marked, mut open): (Vec<_>, Vec<_>) = exchanges
        .iter_mut()
        .partition(|exchange| is_marked(exchange));
    let n_marked = marked.len();
    for exchange in marked {
        exchange.handled = Some(true);
    }
    let Some(hits) = hits else {
        for exchange in open {
            exchange.handled = would_be_marked(exchange).then_some(false);
        }
        return;
    };
    let n_unmarked = hits.saturating_sub(n_marked);
    // A preflight is not for the application, so what ran without a mark is first sought elsewhere.
    open.sort_by_key(|exchange| exchange.request.is_preflight());
    let n_actual = open
        .iter()
        .filter(|exchange| !exchange.request.is_preflight())
        .count();
    let is_certain = n_unmarked == 0 || n_unmarked == n_actual || n_unmarked >= open.len();
    for (position, exchange) in open.into_iter().enumerate() {
        exchange.handled = is_certain.then_some(position < n_unmarked);
    }
}

fn is_marked(exchange: &Exchange) -> bool {
    let response = exchange.response.iter();
    let mut names = response
        .flat_map(|response| &response.headers)
        .map(|(name, _)| name);
    names.any(|name| {
        name.as_bytes()
            .eq_ignore_ascii_case(HANDLED.as_str().as_bytes())
    })
}

/// Whether the application could not have answered so without a mark.
fn would_be_marked(exchange: &Exchange) -> bool {
    let Some(response) = exchange
        .response
        .as_ref()
        .filter(|found| found.status < 500)
    else {
        return false;
    };
    let path = Url::parse(&exchange.request.url).map(|url| url.path().to_owned());
    let is_marking = |path: String| path == "/echo" || path.starts_with("/status/");
    response.status == 404 || path.is_ok_and(is_marking)
}

#[cfg(test)]
mod tests {
    use crosscheck_report::observation::{Exchange, SeenRequest, SeenResponse};
    use rstest::rstest;

    use super::attribute;

    /// An exchange by its method, path, status, and whether the answer is marked.
    fn exchange((method, path, status, mark): (&str, &str, u16, &str)) -> Exchange {
        let preflight: &[(&str, &str)] = &[
            ("Origin", "https://app.example"),
            ("Access-Control-Request-Method", "PUT"),
        ];
        let headers = if method == "OPTIONS" { preflight } else { &[] };
        let marks = if mark == "marked" {
            vec![("X-Crosscheck-Handled".into(), "e1".into())]
        } else {
            Vec::new()
        };
        Exchange {
            request: SeenRequest {
                method: method.into(),
                url: format!("https://api.example{path}"),
                headers: headers
                    .iter()
                    .map(|(name, value)| ((*name).into(), (*value).into()))
                    .collect(),
                body: "".into(),
            },
            response: Some(SeenResponse {
                status,
                headers: marks,
                body: "".into(),
            }),
            handled: None,
        }
    }

    const PREFLIGHT: (&str, &str, u16, &str) = ("OPTIONS", "/echo", 204, "");
    const MARKED: (&str, &str, u16, &str) = ("PUT", "/echo", 200, "marked");
    const CRASH: (&str, &str, u16, &str) = ("GET", "/panic", 500, "");
    const BARE: (&str, &str, u16, &str) = ("GET", "/echo", 200, "");

    #[rstest]
    #[case::marks_are_enough(&[PREFLIGHT, MARKED], None, &[Some(false), Some(true)])]
    #[case::a_crash_takes_the_mark_along(&[CRASH], None, &[None])]
    #[case::an_unmarked_answer_was_not_the_applications(&[BARE], None, &[Some(false)])]
    #[case::a_count_tells_of_a_crash(&[CRASH], Some(1), &[Some(true)])]
    #[case::a_count_tells_that_nothing_ran(&[CRASH], Some(0), &[Some(false)])]
    #[case::the_actual_request_ran(&[PREFLIGHT, CRASH], Some(1), &[Some(false), Some(true)])]
    #[case::the_preflight_ran_too(&[PREFLIGHT, MARKED], Some(2), &[Some(true), Some(true)])]
    #[case::nobody_can_tell_which(&[CRASH, CRASH], Some(1), &[None, None])]
    fn who_ran(
        #[case] seen: &[(&str, &str, u16, &str)],
        #[case] hits: Option<usize>,
        #[case] expected: &[Option<bool>],
    ) {
        let mut exchanges: Vec<_> = seen.iter().copied().map(exchange).collect();
        attribute(&mut exchanges.iter_mut().collect::<Vec<_>>(), hits);
        let found: Vec<_> = exchanges.iter().map(|exchange| exchange.handled).collect();
        assert_eq!(found, expected);
    }
}
