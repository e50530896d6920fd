//! The way a fetch took, step by step, for people.

use std::fmt;

use url::Url;

use crate::{
    credentials::Credentials, failure::Failure, filter::ResponseType, preflight::PreflightReason,
    request::ResponseTainting,
};

/// The steps of a fetch, in order. If it failed, the last one says why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace(pub Vec<TraceStep>);

/// One step: where the standard has it, what was found, and what that means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceStep {
    /// The fragment of the section, such as `concept-cors-check`.
    pub anchor: &'static str,
    /// The step of that section, such as `step 4`; may be empty.
    pub step: &'static str,
    /// What was found; its `Display` is a sentence without full stop.
    pub what: What,
    /// What that means for the fetch.
    pub verdict: TraceVerdict,
}

/// What a step means for the fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TraceVerdict {
    /// It ends the fetch as a network error.
    Fail,
    /// It decides how to go on.
    Note,
    /// A test was passed.
    Pass,
}

/// What was found at a step. Text is made only when it is displayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A redirect to another origin removed `Authorization`.
    AuthorizationRemoved,
    /// A redirect turned the method into GET and dropped the body.
    BecameGet,
    /// The CORS check was passed.
    CorsCheck {
        /// The value of `Access-Control-Allow-Origin`.
        allow_origin: Vec<u8>,
        /// Whether `Access-Control-Allow-Credentials` had to be, and was, `true`.
        credentials: Credentials,
    },
    /// The test ends the fetch.
    Failed(Box<Failure>),
    /// The response is given to script.
    Filtered(ResponseType),
    /// All headers have permission.
    HeadersAllowed(Vec<Vec<u8>>),
    /// The method has permission, or needs none.
    MethodAllowed(Vec<u8>),
    /// The preflight response has an ok status.
    OkStatus(u16),
    /// What the preflight granted is remembered.
    PermissionStored {
        /// How many methods it lists.
        n_methods: usize,
        /// How many header names it lists.
        n_header_names: usize,
        /// For how many seconds, before any limit.
        max_age: u64,
    },
    /// Permission is needed, but remembered from before.
    PreflightCached,
    /// Permission must be asked for.
    PreflightNeeded(PreflightReason),
    /// Permission is not needed.
    PreflightNotNeeded,
    /// The response is a redirect, which is followed.
    Redirect {
        /// Its status.
        status: u16,
        /// Where it leads.
        url: Box<Url>,
    },
    /// From now on the request's origin is `null`.
    RedirectTaint,
    /// The request goes out.
    Sent {
        /// The method.
        method: Vec<u8>,
        /// The value of its `Origin` header, if it has one.
        origin: Option<Vec<u8>>,
        /// Whether credentials go with it.
        credentials: Credentials,
    },
    /// The response tainting at this URL.
    Tainting(ResponseTainting),
}

impl Trace {
    /// The steps, in order.
    pub fn steps(&self) -> &[TraceStep] {
        &self.0
    }

    pub(crate) fn note(&mut self, anchor: &'static str, step: &'static str, what: What) {
        self.push(anchor, step, what, TraceVerdict::Note);
    }

    pub(crate) fn pass(&mut self, anchor: &'static str, step: &'static str, what: What) {
        self.push(anchor, step, what, TraceVerdict::Pass);
    }

    pub(crate) fn fail(&mut self, failure: Failure) {
        let (anchor, step) = (failure.anchor(), failure.step());
        let what = What::Failed(Box::new(failure));
        self.push(anchor, step, what, TraceVerdict::Fail);
    }

    fn push(
        &mut self,
        anchor: &'static str,
        step: &'static str,
        what: What,
        verdict: TraceVerdict,
    ) {
        self.0.push(TraceStep {
            anchor,
            step,
            what,
            verdict,
        });
    }
}

impl fmt::Display for Trace {
    /// One line for each step: verdict, section, what was found.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in self.steps() {
            writeln!(f, "{step}")?;
        }
        Ok(())
    }
}

impl fmt::Display for TraceStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.verdict {
            TraceVerdict::Fail => "fail",
            TraceVerdict::Note => "note",
            TraceVerdict::Pass => "pass",
        };
        write!(f, "{verdict} #{}", self.anchor)?;
        if !self.step.is_empty() {
            write!(f, " {}", self.step)?;
        }
        write!(f, ": {}", self.what)
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AuthorizationRemoved => {
                f.write_str("the redirect leaves the origin, so `Authorization` is removed")
            }
            Self::BecameGet => f.write_str("the method becomes GET and the body is dropped"),
            Self::CorsCheck {
                allow_origin,
                credentials,
            } => write_cors_check(f, allow_origin, *credentials),
            Self::Failed(failure) => failure.fmt(f),
            Self::Filtered(kind) => write!(f, "script gets a response of type {}", kind.name()),
            Self::HeadersAllowed(names) if names.is_empty() => {
                f.write_str("no header needs permission")
            }
            Self::HeadersAllowed(names) => {
                let names = names.join(&b',');
                write!(f, "these headers are allowed: `{}`", names.escape_ascii())
            }
            Self::MethodAllowed(method) => {
                write!(f, "the method `{}` is allowed", method.escape_ascii())
            }
            Self::OkStatus(status) => write!(f, "the status {status} is an ok status"),
            Self::PermissionStored {
                n_methods,
                n_header_names,
                max_age,
            } => write!(
                f,
                "methods ({n_methods}) and header names ({n_header_names}) are remembered for \
                 {max_age} seconds"
            ),
            Self::PreflightCached => f.write_str("permission is remembered, so nothing is asked"),
            Self::PreflightNeeded(reason) => f.write_str(match reason {
                PreflightReason::Forced => "a preflight is needed in any case",
                PreflightReason::Headers => "a preflight is needed: a header is not safelisted",
                PreflightReason::Method => "a preflight is needed: the method is not safelisted",
            }),
            Self::PreflightNotNeeded => f.write_str("no preflight is needed"),
            Self::Redirect { status, url } => write!(f, "a redirect (status {status}) to `{url}`"),
            Self::RedirectTaint => {
                f.write_str("the redirect left a foreign origin, so the request's is now `null`")
            }
            Self::Sent {
                method,
                origin,
                credentials,
            } => write_sent(f, method, origin.as_deref(), *credentials),
            Self::Tainting(tainting) => write!(f, "the response tainting is {}", tainting.name()),
        }
    }
}

fn write_cors_check(
    f: &mut fmt::Formatter<'_>,
    allow_origin: &[u8],
    credentials: Credentials,
) -> fmt::Result {
    let value = allow_origin.escape_ascii();
    write!(
        f,
        "`Access-Control-Allow-Origin` is `{value}`, which admits the page"
    )?;
    if credentials.is_included() {
        f.write_str(", and `Access-Control-Allow-Credentials` is `true`")?;
    }
    Ok(())
}

fn write_sent(
    f: &mut fmt::Formatter<'_>,
    method: &[u8],
    origin: Option<&[u8]>,
    credentials: Credentials,
) -> fmt::Result {
    write!(f, "sent {}", method.escape_ascii())?;
    match origin {
        Some(origin) => write!(f, " with `Origin: {}`", origin.escape_ascii())?,
        None => f.write_str(" without `Origin`")?,
    }
    f.write_str(match credentials {
        Credentials::Include => ", with credentials",
        Credentials::Omit => ", without credentials",
    })
}

#[cfg(test)]
mod tests;
