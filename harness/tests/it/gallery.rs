//! The committed gallery: its pages are those of what is kept beside them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use crate::{binary::Bench, tidy::root};

/// The folder of the gallery, which is where `compare` draws.
const FOLDER: &str = "reports";

/// What is kept and what is drawn below `folder`, by place.
fn gallery(folder: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for below in ["", "implementations/"] {
        for entry in fs::read_dir(folder.join(below)).unwrap() {
            let path = entry.unwrap().path();
            let ending = path.extension().unwrap_or_default();
            if ["css", "html", "json"].iter().any(|own| ending == *own) {
                let name = path.file_name().unwrap().to_str().unwrap();
                let content = fs::read_to_string(&path).unwrap();
                files.insert(format!("{below}{name}"), content);
            }
        }
    }
    files
}

#[test]
fn committed_pages_are_drawn_from_what_is_kept() {
    let committed = gallery(&root().join(FOLDER));
    let bench = Bench::empty();
    let is_kept = |place: &str| Path::new(place).extension().is_some_and(|is| is == "json");
    for (place, kept) in committed.iter().filter(|(place, _)| is_kept(place)) {
        bench.put(&format!("{FOLDER}/{place}"), kept);
    }
    bench.crosscheck("compare --quiet").ended(0);
    let drawn = gallery(&bench.path().join(FOLDER));
    let places: BTreeSet<_> = committed.keys().chain(drawn.keys()).collect();
    let differing = places
        .into_iter()
        .find(|&place| committed.get(place) != drawn.get(place));
    assert_eq!(
        differing, None,
        "this file of {FOLDER} is not as it is drawn; `./justw crosscheck compare` draws all of them"
    );
}
