//! The oracle agrees with every vector; nothing is sent. Those with which it does not are named one a line, all of
//! them, for that is what mutation testing wants to know (`./justw mutants`).

use std::{
    error::Error,
    io::{self, Write},
    panic::{self, AssertUnwindSafe},
    process::ExitCode,
    slice,
};

use crosscheck_replay::{
    agree::{agree, n_vectors},
    case::{Case, cases},
};
use crosscheck_vectors::load::Suite;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let cases = cases(&Suite::embedded()?, None);
    // A broken oracle may panic in one vector; the others are asked all the same.
    panic::set_hook(Box::new(|_| {}));
    let is_red = |case: &&Case| {
        let asked = panic::catch_unwind(AssertUnwindSafe(|| agree(slice::from_ref(case))));
        !matches!(asked, Ok(Ok(())))
    };
    let red: Vec<_> = cases.iter().filter(is_red).collect();
    let mut out = io::stdout().lock();
    for case in &red {
        writeln!(out, "red {}", case.id)?;
    }
    writeln!(
        out,
        "the oracle disagrees with {} of {}",
        n_vectors(red.len()),
        cases.len()
    )?;
    Ok(ExitCode::from(u8::from(!red.is_empty())))
}
