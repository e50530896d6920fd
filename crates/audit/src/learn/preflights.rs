//! What preflights permit.

use std::collections::BTreeSet;

use crosscheck_oracle::{Extracted, Origin, OutgoingRequest, Response, extract_list};
use crosscheck_replay::drive::Transport;

use super::{Conversation, Preflighted, Twist, near::RESERVE};
use crate::{
    ask::Silence,
    names::is_invented,
    probe::{Base, near_miss, sender},
    sender::{Sender, Sharing, Wish},
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
        for _server in 0..2 {
            self.preflight(&trusted, Wish::method("POST"), Twist::None)
                .await?;
        }
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

    /// Preflights of pages that ought not to be trusted: another handler may answer them.
    pub(super) async fn foreign_preflights(&mut self) -> Result<(), Silence> {
        let wish = self.granted_wish();
        let mut is_open = false;
        for _server in 0..2 {
            let stranger = self.stranger();
            is_open |= self.foreign(stranger, &wish, Twist::Stranger).await?;
        }
        if is_open {
            return Ok(());
        }
        let opaque = || Sender::Page(Origin::Opaque(0));
        if self.foreign(opaque(), &wish, Twist::Opaque).await? {
            self.foreign(opaque(), &wish, Twist::Opaque).await?;
        }
        let own = self.learnt.target.own_origin();
        for (number, (origin, base)) in self.bases().into_iter().enumerate() {
            let families: &[&str] = match number {
                0 => &["unescaped-dot", "scheme", "port"],
                _ => &[],
            };
            let is_first_or_trusted = number == 0 || origin != own;
            if is_first_or_trusted {
                self.near_preflights(&base, families, &wish).await?;
            }
        }
        Ok(())
    }

    /// Preflights of near misses of `base`: what begins or ends like it, and `families`.
    async fn near_preflights(
        &mut self,
        base: &Base,
        families: &[&'static str],
        wish: &Wish,
    ) -> Result<(), Silence> {
        let suffix = if base.wider_domain().is_some() {
            "domain-suffix"
        } else {
            "suffix"
        };
        let names = ["prefix", suffix]
            .into_iter()
            .chain(families.iter().copied());
        for probe in names.filter_map(near_miss) {
            let twist = Twist::Near(probe.name);
            let granted = |asked: &&Preflighted| {
                asked.twist == twist && asked.permission.sharing > Sharing::Withheld
            };
            if self.learnt.preflights.iter().filter(granted).count() > 1 {
                // Another trusted origin has shown it.
                continue;
            }
            for _member in 0..2 {
                if self.asker.n_left() <= RESERVE {
                    self.learnt.left_out = true;
                    return Ok(());
                }
                let Some(origin) = probe.make(base, &mut self.names) else {
                    break;
                };
                let sender = sender(&origin);
                let mut candidates = self.learnt.candidates.iter();
                if candidates.any(|asked| asked.sender == sender)
                    || !self.foreign(sender, wish, twist).await?
                {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Whether the preflight of a page that ought not to be trusted is granted.
    async fn foreign(
        &mut self,
        sender: Sender,
        wish: &Wish,
        twist: Twist,
    ) -> Result<bool, Silence> {
        let Sender::Page(origin) = sender else {
            return Ok(false);
        };
        let before = self.learnt.preflights.len();
        self.preflight(&origin, wish.clone(), twist).await?;
        let asked = self.learnt.preflights.get(before);
        Ok(asked.is_some_and(|asked| asked.permission.sharing > Sharing::Withheld))
    }

    /// What a trusted page got permission for and needs it for; or else what is likely.
    fn granted_wish(&self) -> Wish {
        let granted = |asked: &&Preflighted| asked.permission.sharing > Sharing::Withheld;
        let all = || self.learnt.plain_preflights().filter(granted);
        let method = all().find(|asked| USUAL_METHODS.contains(&&*asked.wish.method));
        let header = || all().find(|asked| !asked.wish.headers.is_empty());
        let found = method.or_else(header).map(|asked| asked.wish.clone());
        found.unwrap_or_else(|| Wish::method("PUT"))
    }

    /// Preflights that no browser or only few send.
    pub(super) async fn odd_preflights(&mut self) -> Result<(), Silence> {
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
            Self::Near(_) | Self::None | Self::Opaque | Self::Smuggled | Self::Stranger => {}
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
