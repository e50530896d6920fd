//! Implementations beside one another.

use crosscheck_report::implementation::Implementation;

use crate::binary::Bench;

const FEW: &str = "--leg wire --only server/deny/* --only server/vary/granted --quiet";

/// A folder with a run of the sound server in `sound`, and of one with a fault in `faulty`, under the name
/// of somebody else's.
fn bench() -> Bench {
    let bench = Bench::empty();
    let ran = bench.crosscheck(&format!("run {FEW} --out sound"));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let ran = bench.crosscheck(&format!("run {FEW} --fault reflect-origin --out faulty"));
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let results = bench.read("faulty/results.json");
    let results = results.replace(r#""name":"reference""#, r#""name":"@else/where""#);
    bench.put("faulty/results.json", &results);
    bench
}

fn kept(bench: &Bench, name: &str) -> Implementation {
    serde_json::from_str(&bench.read(&format!("out/implementations/{name}.json"))).unwrap()
}

#[test]
fn runs_are_kept_and_drawn() {
    let bench = bench();
    let ran = bench.crosscheck("compare sound faulty --out out");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(kept(&bench, "reference").found.is_empty());
    let found = kept(&bench, "else-where").found;
    assert!(!found.is_empty());
    let index = bench.read("out/index.html");
    assert!(
        index.contains("Of 2 implementations, 1 somewhere"),
        "{index}"
    );
    let evidence = bench.read("out/implementations/else-where.html");
    assert!(evidence.contains(found[0].id.as_str()));
    assert!(evidence.contains("Origin: https://"));
}

#[test]
fn what_was_kept_earlier_stays() {
    let bench = bench();
    bench.crosscheck("compare sound --out out");
    bench.crosscheck("compare faulty --out out");
    assert!(
        bench
            .read("out/index.html")
            .contains("Of 2 implementations")
    );
    let drawn = bench.read("out/index.html");
    let ran = bench.crosscheck("compare --out out");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(bench.read("out/index.html"), drawn);
}

#[test]
fn a_run_in_which_something_broke_replaces_nothing() {
    let bench = bench();
    bench.crosscheck("compare sound --out out");
    let results = bench.read("sound/results.json");
    let broken = results.replacen(r#""verdict":"passed""#, r#""verdict":"setup-error""#, 2);
    bench.put("sound/results.json", &broken);
    let kept = bench.read("out/implementations/reference.json");
    let ran = bench.crosscheck("compare sound faulty --out out --quiet");
    assert_eq!(ran.code, Some(2), "{ran:?}");
    let said = "the run of reference is left out, since 1 of its vectors could not be judged;";
    assert!(ran.err.contains(said), "{ran:?}");
    assert_eq!(bench.read("out/implementations/reference.json"), kept);
    let index = bench.read("out/index.html");
    assert!(index.contains("Of 2 implementations"), "{index}");
}

#[test]
fn nothing_to_compare_is_an_error() {
    let ran = Bench::empty().crosscheck("compare --out out");
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.err.contains("there is nothing to compare in `out`"),
        "{ran:?}"
    );
}

#[test]
fn a_folder_without_a_run_is_an_error() {
    let ran = Bench::empty().crosscheck("compare nowhere --out out");
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("nowhere/results.json"), "{ran:?}");
}
