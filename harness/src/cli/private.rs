//! How deployed servers are talked to, as the command line says it.

use miette::{Result, miette};

use crate::deployed::{Certificates, PrivateHeader};

/// The headers that `--header` gives.
pub(super) fn private_headers(lines: &[String]) -> Result<Vec<PrivateHeader>> {
    let parse = |(at, line): (usize, &String)| {
        // The line may be secret, so it is not repeated.
        let parsed = line.parse::<PrivateHeader>();
        parsed.map_err(|error| miette!("--header number {} cannot be used: {error}", at + 1))
    };
    lines.iter().enumerate().map(parse).collect()
}

/// What `--insecure` means.
pub(super) fn certificates(insecure: bool) -> Certificates {
    if insecure {
        Certificates::Any
    } else {
        Certificates::Trusted
    }
}
