//! Digests what two runs of cargo-mutants left in the folders that are named: the first with the vectors for tests,
//! the second with the crates' own tests for what no vector noticed. `./justw mutants` calls it.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    error::Error,
    fs,
    io::{self, Write},
    path::Path,
};

use crosscheck_harness::craft::mutation::{Evidence, Mutant, Mutations, Outcome};
use crosscheck_vectors::{load::Suite, vector::VectorId};
use serde::Deserialize;

/// `outcomes.json`, as far as it matters here.
#[derive(Deserialize)]
struct Outcomes {
    cargo_mutants_version: String,
    outcomes: Vec<Scenario>,
}

#[derive(Deserialize)]
struct Scenario {
    #[serde(rename = "scenario")]
    kind: Kind,
    summary: String,
    log_path: String,
}

#[derive(Deserialize)]
enum Kind {
    Baseline,
    Mutant(Change),
}

#[derive(Deserialize)]
struct Change {
    name: String,
    file: String,
    function: Option<Function>,
    span: Span,
}

#[derive(Deserialize)]
struct Function {
    span: Span,
}

#[derive(Deserialize)]
struct Span {
    start: Position,
}

#[derive(Deserialize)]
struct Position {
    line: usize,
    column: usize,
}

/// A mutant with the vectors that it turns red, and the fragments of the standard that its function cites.
struct Digested {
    mutant: Mutant,
    red: BTreeSet<VectorId>,
    cites: BTreeSet<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let [vectors, tests] = [1, 2].map(|n| env::args().nth(n).unwrap_or_default());
    let by_vectors = read(Path::new(&vectors))?;
    let by_tests = read(Path::new(&tests))?;
    let noticed: BTreeSet<_> = changes(&by_tests)
        .filter(|(_, scenario)| scenario.summary != "MissedMutant")
        .map(|(change, _)| &*change.name)
        .collect();
    let mut counts = BTreeMap::new();
    let mut digested = Vec::new();
    let mut sorted: Vec<_> = changes(&by_vectors).collect();
    sorted.sort_by_key(|(change, _)| {
        (
            &change.file,
            change.span.start.line,
            change.span.start.column,
        )
    });
    for (change, scenario) in sorted {
        let red = red(&Path::new(&vectors).join(&scenario.log_path))?;
        let outcome = match &*scenario.summary {
            "CaughtMutant" if !red.is_empty() => Outcome::Vectors,
            "CaughtMutant" | "Timeout" => Outcome::Stuck,
            "MissedMutant" if noticed.contains(&*change.name) => Outcome::Tests,
            "MissedMutant" => Outcome::Survived,
            _ => Outcome::Unviable,
        };
        *counts.entry(outcome).or_insert(0) += 1;
        if outcome != Outcome::Unviable {
            let mutant = Mutant {
                mutant: unplaced(change, &digested),
                outcome,
                red: red.len(),
            };
            let cites = cites(change)?;
            digested.push(Digested { mutant, red, cites });
        }
    }
    let suite = Suite::embedded()?;
    let mutations = Mutations {
        tool: format!("cargo-mutants {}", by_vectors.cargo_mutants_version),
        counts,
        rows: rows(&suite, &digested),
        vectors: rarest(&suite, &digested),
        mutants: digested.into_iter().map(|of| of.mutant).collect(),
    };
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &mutations)?;
    Ok(writeln!(out)?)
}

fn read(folder: &Path) -> Result<Outcomes, Box<dyn Error>> {
    let text = fs::read_to_string(folder.join("outcomes.json"))
        .map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(serde_json::from_str(&text)?)
}

fn changes(outcomes: &Outcomes) -> impl Iterator<Item = (&Change, &Scenario)> {
    outcomes
        .outcomes
        .iter()
        .filter_map(|scenario| match &scenario.kind {
            Kind::Baseline => None,
            Kind::Mutant(change) => Some((change, scenario)),
        })
}

/// The vectors that a log of the test `agree` names.
fn red(log: &Path) -> Result<BTreeSet<VectorId>, Box<dyn Error>> {
    let text = fs::read_to_string(log)?;
    let ids = text.lines().filter_map(|line| line.strip_prefix("red "));
    Ok(ids.map(VectorId::parse).collect::<Result<_, _>>()?)
}

/// The name of `change` without line and column, which change with every edit; numbered where that is needed.
fn unplaced(change: &Change, before: &[Digested]) -> String {
    let place = format!(":{}:{}", change.span.start.line, change.span.start.column);
    let name = change.name.replacen(&place, "", 1);
    let is_equal = |of: &&Digested| of.mutant.mutant.split(" #").next() == Some(&name);
    match before.iter().filter(is_equal).count() {
        0 => name,
        n => format!("{name} #{}", n + 1),
    }
}

/// The fragments of `Spec:` lines in the documentation right above the function.
fn cites(change: &Change) -> Result<BTreeSet<String>, Box<dyn Error>> {
    let Some(function) = &change.function else {
        return Ok(BTreeSet::new());
    };
    let text = fs::read_to_string(&change.file)?;
    let above: Vec<_> = text.lines().take(function.span.start.line - 1).collect();
    let docs = above.iter().rev().map(|line| line.trim());
    let docs = docs.take_while(|line| line.starts_with("///") || line.starts_with("#["));
    let fragments = docs.filter_map(|line| line.split_once("Spec: <")?.1.split_once('#'));
    Ok(fragments
        .map(|(_, rest)| rest.trim_end_matches('>').to_owned())
        .collect())
}

/// The most telling mutant for each requirement: best in a function that cites the same part of the standard, and
/// then the one that turns fewest vectors red.
fn rows(suite: &Suite, digested: &[Digested]) -> BTreeMap<String, Evidence> {
    let evidence = |row: &str, fragment: &str| {
        let is_about = |id: &&VectorId| {
            let vector = suite.vectors.get(*id);
            vector.is_some_and(|vector| vector.requirements.iter().any(|named| named == row))
        };
        let telling = digested.iter().enumerate().filter_map(|(at, of)| {
            let red = of.red.iter().find(is_about)?;
            Some(((!of.cites.contains(fragment), of.red.len(), at), red))
        });
        let ((_, _, mutant), red) = telling.min_by_key(|(rank, _)| *rank)?;
        Some(Evidence {
            mutant,
            red: red.clone(),
        })
    };
    let rows = suite.requirements.requirements.iter();
    rows.filter_map(|row| {
        let fragment = row
            .source
            .split_once('#')
            .map_or("", |(_, fragment)| fragment);
        Some((row.id.clone(), evidence(&row.id, fragment)?))
    })
    .collect()
}

/// For each vector the mutant that turns fewest others red.
fn rarest(suite: &Suite, digested: &[Digested]) -> BTreeMap<VectorId, usize> {
    let of = |id: &VectorId| {
        let turning = digested
            .iter()
            .enumerate()
            .filter(|(_, of)| of.red.contains(id));
        turning.min_by_key(|(_, of)| of.red.len()).map(|(at, _)| at)
    };
    let ids = suite.vectors.keys();
    ids.filter_map(|id| Some((id.clone(), of(id)?))).collect()
}
