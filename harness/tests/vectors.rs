//! Every vector is a test, named by its id: the oracle agrees with it, and the reference server passes
//! it over a real socket. `cargo test --test vectors cors-check` runs those that have this in their ids.

use std::{error::Error, process::ExitCode, sync::Arc, time::Duration};

use crosscheck_harness::{playground::Playground, wire::Wire};
use crosscheck_replay::{
    agree::agree,
    case::{Case, Server, cases},
    judge::{answering, leg_result},
};
use crosscheck_report::{leg::Leg, results::LegResult, verdict::Verdict};
use crosscheck_vectors::load::Suite;
use libtest_mimic::{Arguments, Failed, Trial};
use tokio::runtime::Runtime;

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments = Arguments::from_args();
    let world = Arc::new(World::start()?);
    let trials = cases(&Suite::embedded()?, None)
        .into_iter()
        .enumerate()
        .map(|(number, case)| {
            let world = Arc::clone(&world);
            Trial::test(case.id.to_string(), move || world.check(number, &case))
        })
        .collect();
    Ok(libtest_mimic::run(&arguments, trials).exit_code())
}

/// The one listener that all vectors share.
struct World {
    runtime: Runtime,
    playground: Playground,
    wire: Wire,
}

impl World {
    fn start() -> Result<Self, Box<dyn Error>> {
        let runtime = Runtime::new()?;
        let playground = runtime.block_on(Playground::start())?;
        let wire = Wire::new(playground.stage.addr(), PATIENCE);
        Ok(Self {
            runtime,
            playground,
            wire,
        })
    }

    fn check(&self, number: usize, case: &Case) -> Result<(), Failed> {
        if let Err(disagreements) = agree(std::slice::from_ref(case)) {
            let lines: Vec<_> = disagreements.iter().map(ToString::to_string).collect();
            return Err(format!("the oracle disagrees with {}", lines.join("\n")).into());
        }
        let result = match answering(case, Leg::Wire) {
            Err(result) => *result,
            Ok(server) => self.replay(number, case, server)?,
        };
        // The reference server follows advice, too.
        if matches!(result.verdict, Verdict::Passed | Verdict::Observed) {
            Ok(())
        } else {
            Err(told(&result).into())
        }
    }

    fn replay(&self, number: usize, case: &Case, server: &Server) -> Result<LegResult, Failed> {
        let mut place = self.playground.set_up(server, &format!("v{number}"));
        let replayed = self.wire.replay(case, &mut place, &self.playground.stage);
        let seen = self.runtime.block_on(replayed)?;
        Ok(leg_result(case, Leg::Wire, seen))
    }
}

fn told(result: &LegResult) -> String {
    let mut lines = vec![format!("the wire leg: {}", result.verdict.label())];
    lines.extend(result.note.clone());
    lines.extend(result.mismatches.iter().map(|mismatch| {
        format!(
            "  steps[{}].expect.{}\n    expected {}\n    observed {}",
            mismatch.step, mismatch.field, mismatch.expected, mismatch.observed
        )
    }));
    lines.join("\n")
}
