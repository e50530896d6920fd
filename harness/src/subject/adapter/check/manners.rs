//! What an adapter owes beside its answers: it listens where it was told to, ends with its input, and
//! passes credentials on.

use std::net::{Ipv4Addr, SocketAddr};

use crosscheck_oracle::{Credentials, HeaderList, OutgoingRequest, Purpose, RequestBody};
use crosscheck_replay::instance::Instance;
use serde_json::json;
use url::Url;

use super::{EITHER, Finding, needing, of_adapter, of_policy};
use crate::{
    client::exact::{Client, Reuse},
    subject::adapter::{
        Adapter, BIND, Put, SLOWNESS, accepts, launch,
        protocol::{Capability, Request},
    },
};

/// The origin that [`needing`] lists.
const ORIGIN: &str = "https://example.com";

/// Another address of this machine, at which only who listens everywhere can be reached.
const NEIGHBOUR: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

impl Adapter {
    /// Its server is not open to the network.
    pub(super) async fn check_address(&mut self) -> Option<Finding> {
        let lists_origins = self.hello().can(Capability::OriginsList.word());
        let plain = needing(Capability::OriginsList, lists_origins)?;
        // If there is no instance, that was said already.
        let instance = self.instance(&plain).await.ok()?;
        let elsewhere = SocketAddr::new(NEIGHBOUR.into(), instance.address().port());
        accepts(elsewhere).await.then(|| {
            of_adapter(format!(
                "it was told to listen on {BIND}, but {elsewhere} takes connections as well, \
                 so the whole network may reach it"
            ))
        })
    }

    /// A policy with credentials is one.
    pub(super) async fn check_credentials(&mut self) -> Option<Finding> {
        let can = |capability: Capability| self.hello().can(capability.word());
        if !can(Capability::Credentials) || !can(Capability::OriginsList) {
            return None;
        }
        let policy = needing(Capability::Credentials, true)?;
        let instance = match self.put_all(&[&policy]).await.pop()? {
            Put::Ready(instance) => instance,
            Put::Broken(why) => return Some(of_adapter(why)),
            // That is a result.
            Put::Refused(_) | Put::Unsupported(_) => return None,
        };
        let granted = grant(&instance, &Client::new(self.patience())).await;
        (granted == Some(false)).then(|| {
            of_policy(format!(
                "a policy grants credentials, but the answer to its origin has no \
                 `Access-Control-Allow-Credentials: true`; {EITHER}"
            ))
        })
    }

    /// It ends with its input, though a server is at work.
    pub(super) async fn check_end_of_input(&self) -> Option<Finding> {
        let patience = self.patience * SLOWNESS;
        let mut program = match launch(&self.manifest, patience).await {
            Ok((program, _)) => program,
            Err(broken) => return Some(of_adapter(broken.to_string())),
        };
        let lists_origins = self.hello().can(Capability::OriginsList.word());
        let serve = Request::Serve {
            id: 1,
            bind: BIND.to_owned(),
            policy: json!(needing(Capability::OriginsList, lists_origins)),
        };
        // What it answers was looked at before.
        let _ = program.ask(&serve, patience).await;
        let has_ended = program.ends_with_input().await;
        program.end().await;
        (!has_ended)
            .then(|| of_adapter("it does not end within two seconds of the end of its input"))
    }
}

/// Whether what [`ORIGIN`] is granted includes credentials; none if it is granted nothing.
async fn grant(instance: &Instance, client: &Client) -> Option<bool> {
    let url = format!("https://api.example{}/echo?id=check", instance.prefix());
    let mut headers = HeaderList::new();
    headers.push("Origin", ORIGIN);
    let request = OutgoingRequest {
        purpose: Purpose::Actual,
        method: b"GET".to_vec(),
        url: Url::parse(&url).ok()?,
        headers,
        body: RequestBody::None,
        include_credentials: Credentials::Include,
    };
    let sent = client.send(instance.address(), &request, Reuse::Never);
    let answer = sent.await.ok()??;
    answer.headers.get("access-control-allow-origin")?;
    let credentials = answer.headers.get("access-control-allow-credentials");
    Some(credentials.is_some_and(|value| *value == *b"true"))
}
