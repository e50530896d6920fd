//! `crosscheck`.

use std::process::ExitCode;

fn main() -> ExitCode {
    crosscheck_harness::cli::main()
}
