//! Writes the pages of a small made-up run, to look at: `cargo run --example demo -- FOLDER`.

use std::{collections::BTreeMap, env, error::Error, fs, path::Path};

use crosscheck_report::{
    html::{Catalogue, Pages},
    overview::Overview,
    results::Results,
    verdict::Verdict,
};
use crosscheck_vectors::catalogue::{AccountedFile, Concepts, Flags, Requirements};
use serde_json::Value;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::args().nth(1).ok_or("name the folder to write to")?;
    let json = include_str!("../tests/data/results.json");
    let results: Results = serde_json::from_str(json)?;
    let overview: Overview = serde_json::from_str(json)?;
    let parts: Value = serde_json::from_str(include_str!("../tests/data/catalogue.json"))?;
    let part = |name: &str| parts.get(name).cloned().unwrap_or_default();
    let requirements: Requirements = serde_json::from_value(part("requirements"))?;
    let concepts: Concepts = serde_json::from_value(part("concepts"))?;
    let flags: Flags = serde_json::from_value(part("flags"))?;
    let accounted = AccountedFile {
        accounted: serde_json::from_value(part("accounted"))?,
    };
    let catalogue = Catalogue {
        requirements: &requirements,
        concepts: &concepts,
        flags: &flags,
        accounted: &accounted.accounted,
        topics: &BTreeMap::new(),
    };
    let mut previous = overview.clone();
    for vector in previous.vectors.iter_mut().take(7) {
        vector.verdict = Verdict::Passed;
    }
    let mut pages = Pages::new(&overview, catalogue);
    let of_vectors: Vec<_> = results.vectors.iter().map(|v| pages.vector(v)).collect();
    for page in pages.of_run(Some(&previous)).chain(of_vectors) {
        let path = Path::new(&folder).join(page.path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
        fs::write(path, page.content)?;
    }
    Ok(())
}
