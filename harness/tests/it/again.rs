//! Vectors replayed again by a browser that has met them before.

use std::{
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    sync::Mutex,
    time::Duration,
};

use crosscheck_harness::{
    browser::{
        batches::{Browse, Replayed},
        engine::{Browser, Names, Options},
        engines::default_engine,
    },
    playground::Playground,
};
use crosscheck_replay::{
    case::{Case, cases},
    demand::mismatches,
};
use crosscheck_report::leg::Leg;
use crosscheck_vectors::{load::Suite, vector::Kind};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a browser may ask a person about. It comes first, to the first page that the browser opens.
const PASSWORD: &str = "browser/include-credentials/authentication/challenge-include";

/// What a browser could keep from the first time, and requests that may outlive their page.
const KEEPING: [&str; 3] = [
    "browser/cors-preflight-cache/key/",
    "browser/cors-preflight-fetch/keepalive/",
    "browser/include-credentials/authentication/",
];

async fn start(playground: &Playground) -> Box<dyn Browser> {
    let named = std::env::var_os("CROSSCHECK_CHROMIUM");
    let engine = default_engine();
    let binary = engine
        .find(named.as_deref().map(Path::new))
        .expect("this test needs a browser");
    let options = Options {
        binary,
        stage: playground.stage.addr(),
        spki: playground.stage.spki_sha256_base64().to_owned(),
        trusted: None,
        page_path: playground.page_path(),
        timeout: PATIENCE,
    };
    engine.start(options, Names::All).await.unwrap()
}

/// Replays `cases` and says what was not as expected.
async fn wrong(browse: &Browse<'_>, cases: &[Case]) -> Vec<String> {
    let numbered: Vec<_> = cases.iter().enumerate().collect();
    let mut wrong = Vec::new();
    let mut n_replayed = 0;
    let mut sink = |number: usize, replayed: Replayed| {
        n_replayed += 1;
        let case: &Case = &cases[number];
        match replayed {
            Err(error) => wrong.push(format!("{}: {error}", case.id)),
            Ok(seen) => {
                let mut found = mismatches(&case.vector, Leg::browser("chromium"), &seen);
                found.retain(|mismatch| mismatch.kind == Kind::Required);
                wrong.extend(found.iter().map(|found| format!("{}: {found:?}", case.id)));
            }
        }
    };
    browse.replay(&numbered, &Mutex::new(&mut sink)).await;
    assert_eq!(n_replayed, cases.len());
    wrong
}

fn cases_below(places: &[&str]) -> Vec<Case> {
    let suite = Suite::embedded().unwrap();
    let mut cases = cases(&suite, None);
    cases.retain(|case| {
        places
            .iter()
            .any(|place| case.id.as_str().starts_with(place))
    });
    assert!(cases.len() >= places.len());
    cases
}

/// The status line for a request of what the script `exchange` answers, with this token.
fn ask(playground: &Playground, token: &str, exchange: &str) -> String {
    let mut stream = TcpStream::connect(playground.stage.addr()).unwrap();
    let request =
        format!("GET /x/{token}/{exchange}/data HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer);
    answer.lines().next().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_time_is_like_the_first_and_nothing_is_kept() {
    let playground = Playground::start().await.unwrap();
    let browser = start(&playground).await;
    let browse = Browse::new(&*browser, &playground, PATIENCE);
    let (first, cases) = (cases_below(&[PASSWORD]), cases_below(&KEEPING));
    assert_eq!(wrong(&browse, &first).await, [""; 0]);
    for time in ["first", "second", "third"] {
        let wrong = wrong(&browse, &cases).await;
        assert!(wrong.is_empty(), "the {time} time: {wrong:#?}");
    }
    browser.close().await;
    let n_exchanges = first.len() + 3 * cases.len();
    let next = playground.new_exchange();
    assert_eq!(next, format!("e{n_exchanges}"));
    let mut place = playground.set_up(first[0].server.as_ref().unwrap(), &next);
    let address = place.real(&place.parse(None).unwrap());
    let token = address.path_segments().unwrap().nth(1).unwrap();
    for number in 0..n_exchanges {
        let status = ask(&playground, token, &format!("e{number}"));
        assert!(status.contains(" 404 "), "e{number}: {status}");
    }
    // What a server reads in `Referer` is of no use to it.
    let of_page = playground.page_path().replace("/page/", "");
    let status = ask(&playground, &of_page, &next);
    assert!(status.contains(" 404 "), "with a page's token: {status}");
    let status = ask(&playground, token, &next);
    assert!(status.contains(" 401 "), "no script answers: {status}");
}
