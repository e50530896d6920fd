//! Adapters that lie are caught before anything is judged through them.

mod manners;
mod visit;

use std::{fmt, sync::Arc};

use crosscheck_replay::instance::Instance;
use crosscheck_vectors::policy::{Listing, MaxAge, OriginRule, Policy};
use serde::Serialize;
use serde_json::json;

use super::{Adapter, Put, protocol::Capability};

/// Something wrong with an adapter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Whose fault it can be.
    pub about: About,
    /// What is wrong.
    pub text: String,
}

/// Whose fault it can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// The adapter's: nothing can be judged through it.
    Adapter,
    /// The adapter's, or the server's: the policy is not what decides.
    Policy,
}

/// How much is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// What takes no time: before every run.
    Quick,
    /// Every capability that is not there, and what an adapter owes beside its answers.
    Thorough,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn of_adapter(text: impl Into<String>) -> Finding {
    let text = text.into();
    Finding {
        about: About::Adapter,
        text,
    }
}

fn of_policy(text: impl Into<String>) -> Finding {
    let text = text.into();
    Finding {
        about: About::Policy,
        text,
    }
}

impl Adapter {
    /// Looks for lies: whether a random origin is granted where it is listed and only there, whether what
    /// is not supported is said to be so, whether routes answer as they must, whether ports come free, and whether the output is clean.
    pub async fn check(&mut self, depth: Depth) -> Vec<Finding> {
        let mut found = Vec::new();
        let (one, other) = (random_origin(), random_origin());
        let hello = self.hello().clone();
        if hello.can(Capability::OriginsList.word()) {
            for (listed, unlisted) in [(&one, &other), (&other, &one)] {
                found.extend(self.check_origins(listed, unlisted).await);
            }
            if hello.n_instances() > 1 {
                found.extend(self.check_side_by_side(&one, &other).await);
            }
        } else if hello.can(Capability::OriginsAny.word()) {
            found.extend(self.check_any(&one).await);
        } else {
            let needed = "its hello names neither `origins.list` nor `origins.any`";
            found.push(of_adapter(format!("{needed}, so nothing can be granted")));
        }
        if depth == Depth::Quick && found.iter().any(|finding| finding.about == About::Adapter) {
            // Nothing will be judged through it, and each further question takes its time.
            found.dedup();
            return found;
        }
        found.extend(self.check_made_up().await);
        if depth == Depth::Thorough {
            found.extend(self.check_routes().await);
            found.extend(self.check_address().await);
            found.extend(self.check_credentials().await);
            for capability in Capability::ALL {
                found.extend(self.check_absent(capability).await);
            }
        }
        found.extend(
            self.stop_all()
                .await
                .into_iter()
                .map(|broken| of_adapter(broken.to_string())),
        );
        if let Some(broken) = self.broke().await {
            found.push(of_adapter(broken.to_string()));
        }
        if depth == Depth::Thorough {
            found.extend(self.check_end_of_input().await);
        }
        found.dedup();
        found
    }

    /// Puts the subject into `policy`; a finding if that cannot be done.
    async fn instance(&mut self, policy: &Policy) -> Result<Arc<Instance>, Finding> {
        let put = self.put_all(&[policy]).await.pop();
        Err(match put {
            Some(Put::Ready(instance)) => return Ok(instance),
            Some(Put::Broken(why)) => of_adapter(why),
            Some(Put::Refused(why)) => of_adapter(format!(
                "a plain policy that any server takes is refused: {why}"
            )),
            Some(Put::Unsupported(why)) => of_adapter(format!(
                "a policy that needs only declared capabilities is unsupported: {why}"
            )),
            None => of_adapter("there was no answer"),
        })
    }

    async fn check_origins(&mut self, listed: &str, unlisted: &str) -> Vec<Finding> {
        match self.instance(&listing(listed)).await {
            Err(finding) => vec![finding],
            Ok(instance) => self.granted_only(&instance, listed, unlisted).await,
        }
    }

    /// Two policies at the same time do not mix.
    async fn check_side_by_side(&mut self, one: &str, other: &str) -> Vec<Finding> {
        let policies = [listing(one), listing(other)];
        let put = self.put_all(&[&policies[0], &policies[1]]).await;
        let [Put::Ready(first), Put::Ready(second)] = put.as_slice() else {
            // Each by itself said why already.
            return Vec::new();
        };
        let mut found = self.granted_only(first, one, other).await;
        found.extend(self.granted_only(second, other, one).await);
        found
    }

    async fn granted_only(
        &self,
        instance: &Instance,
        listed: &str,
        unlisted: &str,
    ) -> Vec<Finding> {
        let otherwise = "the origin that the policy lists is not granted";
        let mut found = Vec::from_iter(self.granted(instance, listed, otherwise).await);
        match self.visit(instance, unlisted).await {
            Err(finding) => found.push(finding),
            Ok(seen) if seen.is_granted() => found.push(of_policy(format!(
                "an origin that the policy does not list is granted; {EITHER}"
            ))),
            Ok(_) => {}
        }
        found
    }

    /// What is wrong if a page of `origin` is not granted; `otherwise` says so of the policy.
    async fn granted(&self, instance: &Instance, origin: &str, otherwise: &str) -> Option<Finding> {
        let seen = match self.visit(instance, origin).await {
            Err(finding) => return Some(finding),
            Ok(seen) => seen,
        };
        let of_policy = || of_policy(format!("{otherwise}; {EITHER}"));
        match seen.fault() {
            None => (!seen.is_granted()).then(of_policy),
            // The server may turn the page away before the route is reached. Then the route answers others,
            // and what the server does is a result.
            Some(_) if !seen.is_granted() && self.answers_others(instance).await => {
                Some(of_policy())
            }
            fault => fault,
        }
    }

    async fn check_any(&mut self, origin: &str) -> Option<Finding> {
        let policy = Policy {
            origins: Listing::Any,
            ..listing(origin)
        };
        let instance = match self.instance(&policy).await {
            Err(finding) => return Some(finding),
            Ok(instance) => instance,
        };
        let otherwise = "an origin is not granted where the policy grants any";
        self.granted(&instance, origin, otherwise).await
    }

    /// A rule that nobody can know must not be taken for understood.
    async fn check_made_up(&mut self) -> Option<Finding> {
        let name = format!("made_up_{:08x}", random());
        let policy = json!({
            "origins": [{ name: "https://example.com" }], "methods": [], "request_headers": [],
            "response_headers": [], "credentials": false, "max_age": null,
        });
        match self.put_values(&[policy]).await.pop()? {
            Put::Ready(_) => Some(of_adapter(
                "it is ready for a policy with a kind of origin that does not exist; \
                 what is unknown must be answered with `unsupported` or `error`",
            )),
            // There is no capability that it could have named.
            Put::Broken(_) | Put::Refused(_) | Put::Unsupported(_) => None,
        }
    }

    /// What hello does not name must not be there.
    async fn check_absent(&mut self, capability: Capability) -> Option<Finding> {
        let word = capability.word();
        let policy = needing(capability, self.hello().can(Capability::OriginsList.word()))?;
        if self.hello().can(word) {
            return None;
        }
        match self.put_all(&[&policy]).await.pop()? {
            Put::Ready(_) => Some(of_adapter(format!(
                "it is ready for a policy that needs `{word}`, which its hello does not name"
            ))),
            Put::Broken(why) => Some(of_adapter(why)),
            Put::Refused(_) | Put::Unsupported(_) => None,
        }
    }
}

/// What it means if the policy does not decide.
const EITHER: &str = "either the adapter does not pass the policy on, or the server ignores it";

fn random() -> u32 {
    // Without randomness the check is only easier to fool.
    getrandom::u32().unwrap_or(0x5eed)
}

fn random_origin() -> String {
    format!("https://a{:08x}.example", random())
}

/// Only `origin` may read, and nothing else is granted.
fn listing(origin: &str) -> Policy {
    Policy {
        origins: Listing::Listed(vec![OriginRule::Exact(origin.to_owned())]),
        methods: Listing::Listed(Vec::new()),
        request_headers: Listing::Listed(Vec::new()),
        response_headers: Listing::Listed(Vec::new()),
        credentials: false,
        max_age: MaxAge::Unset,
    }
}

/// A sane policy that needs `capability` and as little else as can be; none if policies do not need it.
fn needing(capability: Capability, lists_origins: bool) -> Option<Policy> {
    let mut policy = listing("https://example.com");
    if !lists_origins {
        policy.origins = Listing::Any;
    }
    let names = |name: &str| Listing::Listed(vec![name.to_owned()]);
    let origins = |rule| Listing::Listed(vec![rule]);
    match capability {
        Capability::Credentials => policy.credentials = true,
        Capability::MaxAge => policy.max_age = MaxAge::Seconds(60),
        Capability::MethodsAny => policy.methods = Listing::Any,
        Capability::MethodsList => policy.methods = names("PUT"),
        Capability::OriginsAny => policy.origins = Listing::Any,
        Capability::OriginsList => policy.origins = listing("https://example.com").origins,
        Capability::OriginsNull => policy.origins = origins(OriginRule::Null),
        Capability::OriginsSubdomains => {
            policy.origins = origins(OriginRule::SubdomainsOf("https://example.com".to_owned()));
        }
        Capability::RequestHeadersAny => policy.request_headers = Listing::Any,
        Capability::RequestHeadersList => policy.request_headers = names("x-a"),
        Capability::ResponseHeadersAny => policy.response_headers = Listing::Any,
        Capability::ResponseHeadersList => policy.response_headers = names("x-a"),
        Capability::Hits
        | Capability::RoutesPanic
        | Capability::RoutesRedirect
        | Capability::RoutesStatus => return None,
    }
    Some(policy)
}

#[cfg(test)]
mod tests {
    use super::{Capability, needing};

    #[test]
    fn each_capability_of_a_policy_is_asked_for_by_itself() {
        for capability in Capability::ALL {
            let Some(policy) = needing(capability, true) else {
                continue;
            };
            let needs = policy.capabilities();
            assert!(needs.contains(&capability), "{needs:?}");
            assert!(needs.len() <= 2, "{needs:?}");
        }
    }
}
