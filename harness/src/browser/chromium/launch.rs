//! Starts and ends the browser's process.

use std::{ffi::OsString, fmt, thread, time::Duration};

use headless_chrome::{Browser, LaunchOptions};
use tokio::{sync::oneshot, time::timeout};

use super::{
    profile::{environment, fresh_profile},
    sandbox::Sandbox,
    trial,
};
use crate::{
    browser::{
        engine::{Names, Options},
        error::BrowserError,
    },
    client::remote::Certificates,
    process::{folder::Folder, guard},
};

/// How long a browser may take to come up, if answers are not waited for even longer: its files may
/// have to be read from a slow disk first. That is more than the half minute after which
/// `headless_chrome` gives up and ends the process, which would be left behind otherwise.
const SLOWEST_START: Duration = Duration::from_secs(35);

/// A running browser and its profile.
///
/// Dropping it ends the process and then removes the profile; both block for a moment.
pub(super) struct Process {
    // Fields are dropped in this order.
    browser: Browser,
    profile: Folder,
}

impl Process {
    /// The address of the browser's DevTools.
    pub(super) fn devtools_address(&self) -> String {
        self.browser.get_ws_url()
    }

    /// The id of the browser's process.
    #[cfg(test)]
    pub(super) fn id(&self) -> Option<u32> {
        self.browser.get_process_id()
    }

    /// The folder of the browser's profile.
    #[cfg(test)]
    pub(super) fn profile(&self) -> &std::path::Path {
        self.profile.path()
    }
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { browser, profile } = self;
        f.debug_struct("Process")
            .field("id", &browser.get_process_id())
            .field("profile", &profile.path())
            .finish()
    }
}

/// Starts the browser.
///
/// `headless_chrome` starts it, finds its DevTools and ends it. The pages are opened over the raw
/// connection instead: that crate's `new_tab` polls and takes 0.5 s where a raw call takes 0.03 s,
/// and its `evaluate` takes 0.1 s where a raw one takes 0.001 s.
pub(super) async fn launch(options: &Options, names: &Names) -> Result<Process, BrowserError> {
    let first = start(options, names, Sandbox::wanted()).await;
    let Err(BrowserError::Launch { binary, message }) = first else {
        return first;
    };
    // Containers and some distributions forbid what the sandbox is made of. The pages are our own.
    if trial::lacks_sandbox(&message) {
        return start(options, names, Sandbox::Off).await;
    }
    Err(BrowserError::Launch { binary, message })
}

async fn start(
    options: &Options,
    names: &Names,
    sandbox: Sandbox,
) -> Result<Process, BrowserError> {
    guard::stand_by();
    let profile = fresh_profile().map_err(BrowserError::Profile)?;
    let arguments = arguments(options, names);
    let (sender, receiver) = oneshot::channel();
    let (binary, user_data_dir) = (options.binary.clone(), profile.path().to_owned());
    let (given, patience) = (arguments.clone(), options.timeout);
    // A thread of its own: a browser that never comes up keeps it for half a minute, and the
    // runtime would wait for a blocking task before it ends.
    thread::spawn(move || {
        let options = LaunchOptions {
            path: Some(binary),
            // Port 0 lets the system choose; left out, the crate tries ports and may lose a race.
            port: Some(0),
            sandbox: sandbox == Sandbox::On,
            ignore_certificate_errors: false,
            disable_default_args: true,
            args: given.iter().map(OsString::as_os_str).collect(),
            // Only its own connection closes when this time passes in silence, and the process
            // lives on. A browser that is frozen at its end is waited for as long.
            idle_browser_timeout: patience,
            process_envs: Some(environment(&user_data_dir)),
            user_data_dir: Some(user_data_dir),
            ..LaunchOptions::default()
        };
        // If nobody waits any more, the browser ends here.
        let _unheard = sender.send(Browser::new(options));
    });
    let patience = options.timeout.max(SLOWEST_START);
    let waiting = async { timeout(patience, receiver).await };
    let message = tokio::select! {
        started = waiting => match started {
            Ok(Ok(Ok(browser))) => return Ok(Process { browser, profile }),
            Ok(Ok(Err(error))) => error.to_string(),
            Ok(Err(_)) | Err(_) => {
                format!("no DevTools after {} s", patience.as_secs_f32())
            }
        },
        message = trial::complaint(&options.binary, &arguments, sandbox) => message,
    };
    Err(BrowserError::Launch {
        binary: options.binary.clone(),
        message,
    })
}

/// The command line, without what `headless_chrome` adds for the options above.
fn arguments(options: &Options, names: &Names) -> Vec<OsString> {
    let stage = options.stage;
    let mut arguments: Vec<OsString> = FLAGS.iter().map(OsString::from).collect();
    // DevTools is not looked up by the browser, so it is not affected.
    let rules = match names {
        // Every name and every port leads to the one listener, so pages have real origins.
        Names::All => format!("MAP * {stage}"),
        // The first rule that fits counts. A name that leads to itself keeps the last rule away; with
        // `EXCLUDE` all ports of the host would be open.
        Names::AllBut { server, .. } => format!("MAP {server} {server}, MAP * {stage}"),
        Names::Only { hosts, server, .. } => {
            let pages = hosts.iter().map(|host| format!("MAP {host} {stage}"));
            let rules: Vec<_> = pages
                .chain([
                    format!("MAP {server} {server}"),
                    "MAP * ~NOTFOUND".to_owned(),
                ])
                .collect();
            rules.join(", ")
        }
    };
    arguments.push(format!("--host-resolver-rules={rules}").into());
    let others = match names {
        Names::All => Certificates::Trusted,
        Names::AllBut { others, .. } | Names::Only { others, .. } => *others,
    };
    if others == Certificates::Any {
        arguments.push("--ignore-certificate-errors".into());
    }
    let keys = [Some(&*options.spki), options.trusted.as_deref()];
    let keys: Vec<_> = keys.into_iter().flatten().collect();
    let keys = keys.join(",");
    arguments.push(format!("--ignore-certificate-errors-spki-list={keys}").into());
    arguments
}

/// Command line switches with the same meaning at every start.
const FLAGS: &[&str] = &[
    // Pages are opened when they are needed; the first empty one costs 0.15 s.
    "--no-startup-window",
    // All pages in one renderer: a page costs half as much as with a process of its own. The CORS
    // protocol runs in the network service, which takes each frame's origin from the browser
    // process, so it decides the same however frames are spread over renderers.
    "--renderer-process-limit=1",
    "--disable-site-isolation-trials",
    // No isolation as above, and `http:` pages must stay `http:`.
    "--disable-features=IsolateOrigins,site-per-process,IsolateSandboxedIframes,HttpsUpgrades,\
     HttpsFirstBalancedMode,HttpsFirstBalancedModeAutoEnable,OptimizationHints,MediaRouter,\
     Translate,IntensiveWakeUpThrottling",
    // Nothing but the stage is talked to.
    "--no-proxy-server",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-component-extensions-with-background-pages",
    "--metrics-recording-only",
    "--no-default-browser-check",
    // Pages in the background work as fast as those in front.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-ipc-flooding-protection",
    // No files and no dialogs outside the profile.
    "--disable-breakpad",
    "--disable-hang-monitor",
    "--disable-dev-shm-usage",
    "--password-store=basic",
    "--use-mock-keychain",
];

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Certificates, Names, Options, arguments};

    fn options() -> Options {
        Options {
            binary: "chromium".into(),
            stage: "127.0.0.1:4711".parse().unwrap(),
            spki: "c3BraQ==".to_owned(),
            trusted: None,
            page_path: "/page".to_owned(),
            timeout: Duration::from_secs(1),
        }
    }

    #[test]
    fn every_host_and_port_leads_to_the_stage() {
        let arguments = arguments(&options(), &Names::All);
        assert!(arguments.contains(&"--host-resolver-rules=MAP * 127.0.0.1:4711".into()));
        assert!(arguments.contains(&"--ignore-certificate-errors-spki-list=c3BraQ==".into()));
        assert!(!arguments.contains(&"--ignore-certificate-errors".into()));
    }

    #[test]
    fn one_server_is_reached_as_it_is_and_nothing_else() {
        let only = |others| Names::Only {
            hosts: vec!["a.example:443".to_owned(), "b.example:80".to_owned()],
            server: "c.example:8443".to_owned(),
            others,
        };
        let verified = arguments(&options(), &only(Certificates::Trusted));
        let rules = "--host-resolver-rules=MAP a.example:443 127.0.0.1:4711, MAP b.example:80 127.0.0.1:4711, MAP c.example:8443 c.example:8443, MAP * ~NOTFOUND";
        assert!(verified.contains(&rules.into()), "{verified:?}");
        assert!(!verified.contains(&"--ignore-certificate-errors".into()));
        let any = arguments(&options(), &only(Certificates::Any));
        assert!(any.contains(&"--ignore-certificate-errors".into()));
    }

    #[test]
    fn a_deployed_server_is_reached_at_its_port() {
        let names = Names::AllBut {
            server: "c.example:8443".to_owned(),
            others: Certificates::Trusted,
        };
        let arguments = arguments(&options(), &names);
        let rules = "--host-resolver-rules=MAP c.example:8443 c.example:8443, MAP * 127.0.0.1:4711";
        assert!(arguments.contains(&rules.into()), "{arguments:?}");
    }

    #[test]
    fn a_certificate_that_others_trust_is_trusted() {
        let options = Options {
            trusted: Some("a2V5".to_owned()),
            ..options()
        };
        let arguments = arguments(&options, &Names::All);
        let keys = "--ignore-certificate-errors-spki-list=c3BraQ==,a2V5";
        assert!(arguments.contains(&keys.into()), "{arguments:?}");
    }
}
