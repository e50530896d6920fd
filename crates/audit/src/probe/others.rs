//! Origins that are let in for another reason than resemblance.

use super::{Probe, Proves, stranger};
use crate::names::Names;

/// Hosts that are trusted by mistake rather than by resemblance.
pub const OTHERS: &[Probe] = &[
    probe!(
        "unencrypted",
        "reflected-origin",
        Stranger,
        "whose pages are not encrypted",
        |base, names| (base.scheme == "https").then(|| stranger("http", names))
    ),
    probe!(
        "localhost-prefix",
        "origin-match",
        Stranger,
        "that begins like `http://localhost`",
        |_, names| { Some(format!("http://localhost.{}.example", names.next_name())) }
    ),
    probe!(
        "localhost",
        "internal-origin",
        Neighbour,
        "on any port of the user's own machine",
        |_, names| { Some(format!("http://localhost:{}", names.next_port())) }
    ),
    probe!(
        "loopback",
        "internal-origin",
        Neighbour,
        "on any port of 127.0.0.1",
        |_, names| { Some(format!("http://127.0.0.1:{}", names.next_port())) }
    ),
    probe!(
        "internal",
        "internal-origin",
        Neighbour,
        "below `.internal`",
        |_, names| { Some(format!("https://{}.internal", names.next_name())) }
    ),
    probe!(
        "local",
        "internal-origin",
        Neighbour,
        "below `.local`",
        |_, names| { Some(format!("http://{}.local", names.next_name())) }
    ),
    probe!(
        "private-address",
        "internal-origin",
        Neighbour,
        "at a private address",
        |_, names| {
            let [high, low] = names.next_port().to_be_bytes();
            Some(format!("http://192.168.{high}.{low}"))
        }
    ),
    probe!(
        "github-pages",
        "third-party-origin",
        Stranger,
        "below `github.io`, where anybody has pages",
        |_, names| { Some(format!("https://{}.github.io", names.next_name())) }
    ),
    probe!(
        "vercel",
        "third-party-origin",
        Stranger,
        "below `vercel.app` with a trusted name before it, where anybody has pages",
        |base, names| {
            // Patterns for previews begin with the project's name.
            let project = base
                .registrable
                .as_deref()
                .and_then(|name| name.split('.').next());
            let name = names.next_name();
            Some(match project {
                Some(project) => format!("https://{project}-{name}.vercel.app"),
                None => format!("https://{name}.vercel.app"),
            })
        }
    ),
    probe!(
        "heroku",
        "third-party-origin",
        Stranger,
        "below `herokuapp.com`, where anybody has pages",
        |_, names| { Some(format!("https://{}.herokuapp.com", names.next_name())) }
    ),
    probe!(
        "netlify",
        "third-party-origin",
        Stranger,
        "below `netlify.app`, where anybody has pages",
        |_, names| { Some(format!("https://{}.netlify.app", names.next_name())) }
    ),
    probe!(
        "pages-dev",
        "third-party-origin",
        Stranger,
        "below `pages.dev`, where anybody has pages",
        |_, names| { Some(format!("https://{}.pages.dev", names.next_name())) }
    ),
    probe!(
        "firebase",
        "third-party-origin",
        Stranger,
        "below `web.app`, where anybody has pages",
        |_, names| { Some(format!("https://{}.web.app", names.next_name())) }
    ),
    probe!(
        "tunnel",
        "third-party-origin",
        Stranger,
        "below `ngrok-free.app`, where anybody has pages",
        |_, names| { Some(format!("https://{}.ngrok-free.app", names.next_name())) }
    ),
    probe!(
        "bucket",
        "third-party-origin",
        Stranger,
        "below `s3.amazonaws.com`, where anybody has pages",
        |_, names| { Some(format!("https://{}.s3.amazonaws.com", names.next_name())) }
    ),
    probe!(
        "codepen",
        "third-party-origin",
        Stranger,
        "such as CodePen's, where anybody's code runs",
        |_, _| Some("https://cdpn.io".to_owned())
    ),
    probe!(
        "jsfiddle",
        "third-party-origin",
        Stranger,
        "such as JSFiddle's, where anybody's code runs",
        |_, _| Some("https://fiddle.jshell.net".to_owned())
    ),
    probe!(
        "codepen-site",
        "third-party-origin",
        Neighbour,
        "such as CodePen's, where anybody writes",
        |_, _| Some("https://codepen.io".to_owned())
    ),
    probe!(
        "jsfiddle-site",
        "third-party-origin",
        Neighbour,
        "such as JSFiddle's, where anybody writes",
        |_, _| Some("https://jsfiddle.net".to_owned())
    ),
    probe!(
        "jsbin",
        "third-party-origin",
        Stranger,
        "such as JS Bin's, where anybody writes",
        |_, _| Some("http://jsbin.com".to_owned())
    ),
    probe!(
        "github",
        "third-party-origin",
        Neighbour,
        "such as GitHub's, where anybody writes",
        |_, _| Some("https://github.com".to_owned())
    ),
    probe!(
        "gitlab",
        "third-party-origin",
        Neighbour,
        "such as GitLab's, where anybody writes",
        |_, _| Some("https://gitlab.com".to_owned())
    ),
    probe!(
        "pastebin",
        "third-party-origin",
        Neighbour,
        "such as Pastebin's, where anybody writes",
        |_, _| Some("https://pastebin.com".to_owned())
    ),
    probe!(
        "extension",
        "third-party-origin",
        Extension,
        "of an extension, whichever the visitor's browser has,",
        |_, names| Some(format!("chrome-extension://{}", extension(names)))
    ),
    probe!(
        "firefox-extension",
        "third-party-origin",
        Extension,
        "of an extension, whichever the visitor's Firefox has,",
        |_, names| {
            let digits = names.next_port();
            Some(format!(
                "moz-extension://2c5b5b5e-8d0f-4f0a-9c3e-7f1e2d3{digits}"
            ))
        }
    ),
];

/// The id of an extension that nobody has: 32 letters up to `p`.
fn extension(names: &mut Names) -> String {
    let letters = names.next_name().repeat(4);
    let letter = |byte: u8| char::from(b'a' + byte % 16);
    letters.bytes().take(32).map(letter).collect()
}
