use std::{fs, io::Write, path::Path};

use crosscheck_replay::judge::unjudged;
use crosscheck_report::{leg::Leg, observation::Observation, results::LegResult, verdict::Verdict};
use crosscheck_vectors::{expect::StepOutcome, vector::VectorId};

use super::{Identity, Ledger, LedgerError, Resume};
use crate::run::{
    folder::{Folder, FolderError, Known},
    identity::Part,
};

fn identity() -> Identity {
    identity_with("7")
}

fn identity_with(vectors: &str) -> Identity {
    Identity {
        subject: "reference".to_owned(),
        parts: [(Part::Vectors, vectors.to_owned())].into(),
        private: Vec::new(),
    }
}

fn claim(path: &Path) -> Folder {
    Folder::claim(path, Known::Nothing).unwrap()
}

fn open(path: &Path, resume: Resume) -> Ledger {
    Ledger::open(&mut claim(path), &identity(), resume).unwrap()
}

fn ids() -> [VectorId; 2] {
    ["server/a/one", "server/a/two"].map(|id| VectorId::parse(id).unwrap())
}

fn has(ledger: &Ledger, id: &VectorId, leg: Leg) -> bool {
    ledger.verdict(id, leg).is_some()
}

/// A result with an observation of its own.
fn seeing(status: u16) -> LegResult {
    let seen = Observation {
        outcome: StepOutcome::Readable,
        reasons: Vec::new(),
        detail: None,
        status: Some(status),
        headers: Vec::new(),
        body: None,
        exchanges: Vec::new(),
        trace: Vec::new(),
    };
    LegResult {
        observations: vec![seen],
        ..unjudged(Leg::Wire, Verdict::Passed, "as it should")
    }
}

#[test]
fn what_was_seen_comes_back_from_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let [one, two] = ids();
    let mut ledger = open(folder.path(), Resume::No);
    ledger.record(&two, seeing(201)).unwrap();
    ledger.record(&one, seeing(202)).unwrap();
    drop(ledger);
    let mut ledger = open(folder.path(), Resume::Yes);
    // The later line counts.
    ledger.record(&two, seeing(203)).unwrap();
    for (id, status) in [(&one, 202), (&two, 203)] {
        let seen = ledger.observations(id, Leg::Wire).unwrap();
        let verdict = ledger.verdict(id, Leg::Wire).unwrap();
        assert_eq!(verdict.with(seen), seeing(status));
    }
    assert_eq!(
        ledger.observations(&one, Leg::browser("chromium")).unwrap(),
        []
    );
}

#[test]
fn what_was_done_is_there_after_a_cut() {
    let folder = tempfile::tempdir().unwrap();
    let [one, two] = ids();
    let mut ledger = open(folder.path(), Resume::No);
    ledger
        .record(&one, unjudged(Leg::Wire, Verdict::Passed, ""))
        .unwrap();
    drop(ledger);
    let mut file = fs::File::options()
        .append(true)
        .open(folder.path().join(super::NAME))
        .unwrap();
    file.write_all(b"{\"id\":\"server/a/t").unwrap();
    drop(file);
    let mut ledger = open(folder.path(), Resume::Yes);
    assert!(has(&ledger, &one, Leg::Wire) && !has(&ledger, &one, Leg::browser("chromium")));
    ledger
        .record(&two, unjudged(Leg::Wire, Verdict::Passed, ""))
        .unwrap();
    drop(ledger);
    let ledger = open(folder.path(), Resume::Yes);
    assert!(has(&ledger, &one, Leg::Wire) && has(&ledger, &two, Leg::Wire));
}

#[test]
fn a_new_run_forgets() {
    let folder = tempfile::tempdir().unwrap();
    let [one, _] = ids();
    let mut ledger = open(folder.path(), Resume::No);
    ledger
        .record(&one, unjudged(Leg::Wire, Verdict::Passed, ""))
        .unwrap();
    drop(ledger);
    let ledger = open(folder.path(), Resume::No);
    assert!(!has(&ledger, &one, Leg::Wire));
}

#[test]
fn only_the_same_run_is_resumed() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path(), Resume::No));
    let other = identity_with("8");
    let error = Ledger::open(&mut claim(folder.path()), &other, Resume::Yes).unwrap_err();
    assert!(matches!(error, LedgerError::OtherRun { .. }), "{error}");
}

#[test]
fn only_the_same_engine_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let [one, _] = ids();
    let mut ledger = open(folder.path(), Resume::No);
    ledger.begin(Leg::Wire, "Engine 1").unwrap();
    ledger.record(&one, seeing(200)).unwrap();
    drop(ledger);
    let mut ledger = open(folder.path(), Resume::Yes);
    ledger.begin(Leg::Wire, "Engine 1").unwrap();
    ledger.begin(Leg::browser("chromium"), "Engine 2").unwrap();
    let error = ledger.begin(Leg::Wire, "Engine 2").unwrap_err().to_string();
    let said = "differs in the engine (Engine 1 then, Engine 2 now)";
    assert!(error.contains(said), "{error}");
}

#[test]
fn what_was_taken_over_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let [one, two] = ids();
    let mut ledger = open(folder.path(), Resume::No);
    ledger.record(&one, seeing(200)).unwrap();
    drop(ledger);
    let mut ledger = open(folder.path(), Resume::Yes);
    assert_eq!((ledger.n_taken_over(), ledger.n_replayed()), (1, 0));
    ledger.record(&two, seeing(200)).unwrap();
    assert_eq!((ledger.n_taken_over(), ledger.n_replayed()), (1, 1));
}

#[test]
fn a_ledger_of_an_earlier_version_is_not_gone_on_with() {
    let path = tempfile::tempdir().unwrap();
    let mut folder = claim(path.path());
    drop(Ledger::open(&mut folder, &identity(), Resume::No).unwrap());
    let head = r#"{"suite":"0.1.0","vectors":7,"subject":"reference"}"#;
    fs::write(path.path().join(super::NAME), format!("{head}\n")).unwrap();
    let error = Ledger::open(&mut folder, &identity(), Resume::Yes).unwrap_err();
    assert!(matches!(error, LedgerError::Earlier(_)), "{error}");
}

#[test]
fn two_runs_do_not_share_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let mut claimed = claim(folder.path());
    let _first = Ledger::open(&mut claimed, &identity(), Resume::No).unwrap();
    let error = Ledger::open(&mut claimed, &identity(), Resume::No).unwrap_err();
    let is_busy = matches!(error, LedgerError::Folder(FolderError::Busy(_)));
    assert!(is_busy, "{error}");
}
