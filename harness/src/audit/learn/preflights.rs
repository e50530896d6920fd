//! What preflights permit.

use std::collections::BTreeSet;

use crosscheck_oracle::{Extracted, Origin, OutgoingRequest, Response, extract_list};

use super::{Conversation, Preflighted, Twist};
use crate::{
    audit::{
        ask::Silence,
        sender::{Sender, Sharing, Wish},
        target::is_invented,
    },
    drive::Transport,
};

/// Methods that APIs have, beyond those that need no permission.
const USUAL_METHODS: [&str; 3] = ["PUT", "DELETE", "PATCH"];

/// Headers that APIs ask for.
const USUAL_HEADERS: [&str; 2] = ["authorization", "content-type"];

impl<T: Transport> Conversation<'_, T> {
    /// What the trusted page is permitted: methods, headers.
    pub(super) async fn trusted_preflights(&mut self) -> Result<(), Silence> {
        let Some(trusted) = self.learnt.trusted.clone() else {
            return Ok(());
        };
        let policy = self.known.policy.as_ref();
        let methods = policy.map(|policy| policy.methods.listed().to_vec());
        let headers = policy.map(|policy| policy.request_headers.listed().to_vec());
        self.preflight(&trusted, Wish::method("POST"), Twist::None)
            .await?;
        let method = self.names.next_name().to_ascii_uppercase();
        self.preflight(&trusted, Wish::method(&method), Twist::None)
            .await?;
        let mut asked = BTreeSet::new();
        let mut lists_all = false;
        for method in methods.into_iter().flatten() {
            asked.insert(method.clone());
            let answer = self
                .preflight(&trusted, Wish::method(&method), Twist::None)
                .await?;
            lists_all |= answer.is_some_and(|answer| lists_others(&answer, &method));
        }
        for method in USUAL_METHODS {
            // A server that lists its methods need not be asked for each.
            if lists_all || !asked.insert(method.to_owned()) {
                continue;
            }
            let answer = self
                .preflight(&trusted, Wish::method(method), Twist::None)
                .await?;
            lists_all |= answer.is_some_and(|answer| lists_others(&answer, method));
        }
        let header = format!("x-{}", self.names.next_name());
        self.preflight(&trusted, Wish::header("POST", &header), Twist::None)
            .await?;
        let mut asked = BTreeSet::new();
        for header in headers
            .into_iter()
            .flatten()
            .chain(USUAL_HEADERS.map(str::to_owned))
        {
            if asked.insert(header.to_ascii_lowercase()) {
                let wish = Wish::header("POST", &header);
                self.preflight(&trusted, wish, Twist::None).await?;
            }
        }
        Ok(())
    }

    /// Preflights of a stranger, and those that no browser or only few send.
    pub(super) async fn odd_preflights(&mut self) -> Result<(), Silence> {
        if let Sender::Page(stranger) = self.stranger() {
            let method = self.granted_method().unwrap_or_else(|| "PUT".to_owned());
            self.preflight(&stranger, Wish::method(&method), Twist::Stranger)
                .await?;
        }
        let Some(trusted) = self.learnt.trusted.clone() else {
            return Ok(());
        };
        let names = self.granted_headers();
        let two = match names.as_slice() {
            [one, other, ..] => Some(Wish {
                method: "POST".to_owned(),
                headers: vec![one.clone(), other.clone()],
            }),
            _ => None,
        };
        // Pages send the names sorted, so this one comes last.
        let smuggled = names
            .iter()
            .find(|name| !is_invented(name))
            .map(|name| Wish {
                method: "POST".to_owned(),
                headers: vec![name.clone(), format!("x-z{}", self.names.next_name())],
            });
        let post = || Wish::method("POST");
        self.preflight(&trusted, post(), Twist::PrivateNetwork)
            .await?;
        self.preflight(&trusted, post(), Twist::Garbage).await?;
        if let Some(two) = two {
            self.preflight(&trusted, two.clone(), Twist::Blanks).await?;
            self.preflight(&trusted, two, Twist::SplitList).await?;
        }
        // Whoever permits any header permits this one.
        if let Some(smuggled) = smuggled.filter(|_| self.refuses_invented_header()) {
            self.preflight(&trusted, smuggled, Twist::Smuggled).await?;
        }
        Ok(())
    }

    async fn preflight(
        &mut self,
        origin: &Origin,
        wish: Wish,
        twist: Twist,
    ) -> Result<Option<Response>, Silence> {
        let url = self.learnt.target.url().clone();
        let Some(mut request) = wish.preflight(origin, &url) else {
            return Ok(None);
        };
        twist.apply(&wish, &mut request);
        let Some((at, response)) = self.asker.ask(request).await? else {
            return Ok(None);
        };
        let permission = wish.permission(origin, &url, &response);
        self.learnt.preflights.push(Preflighted {
            twist,
            wish,
            at,
            permission,
        });
        Ok(Some(response))
    }

    /// A method that needs permission and got it.
    fn granted_method(&self) -> Option<String> {
        let granted = |asked: &&Preflighted| {
            asked.permission.sharing > Sharing::Withheld
                && USUAL_METHODS.contains(&&*asked.wish.method)
        };
        let found = self.learnt.plain_preflights().find(granted)?;
        Some(found.wish.method.clone())
    }

    /// Whether a header that nobody has was asked for by itself, and refused.
    fn refuses_invented_header(&self) -> bool {
        self.learnt.plain_preflights().any(|asked| {
            let invented = asked.wish.headers.iter().any(|name| is_invented(name));
            invented && asked.permission.sharing == Sharing::Withheld
        })
    }

    /// The headers that got permission.
    fn granted_headers(&self) -> Vec<String> {
        let granted = self.learnt.plain_preflights().filter(|asked| {
            asked.permission.sharing > Sharing::Withheld && !asked.wish.headers.is_empty()
        });
        granted
            .flat_map(|asked| asked.wish.headers.clone())
            .collect()
    }
}

impl Twist {
    fn apply(self, wish: &Wish, request: &mut OutgoingRequest) {
        const NAMES: &str = "Access-Control-Request-Headers";
        match self {
            Self::None | Self::Smuggled | Self::Stranger => {}
            Self::Blanks => request.headers.set(NAMES, wish.headers.join(", ")),
            Self::Garbage => request.headers.set(NAMES, "x y,\"crosscheck"),
            Self::PrivateNetwork => {
                request
                    .headers
                    .push("Access-Control-Request-Private-Network", "true");
            }
            Self::SplitList => {
                request.headers.remove(NAMES);
                for name in &wish.headers {
                    request.headers.push(NAMES, name.as_bytes());
                }
            }
        }
    }
}

/// Whether `answer` lists methods other than the one that was asked for.
fn lists_others(answer: &Response, asked: &str) -> bool {
    match extract_list(&answer.headers, "access-control-allow-methods") {
        Extracted::Items(methods) => methods.iter().any(|method| *method != asked.as_bytes()),
        Extracted::Absent | Extracted::Malformed => false,
    }
}
