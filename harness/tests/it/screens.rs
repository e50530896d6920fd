//! What people read at the terminal, word for word.

use clap::{Command, CommandFactory};
use crosscheck_harness::cli::Cli;

use crate::binary::{Bench, Ran};

/// `text` without what differs from machine to machine and from version to version.
fn steady(text: &str) -> String {
    let versioned = text.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    let lines = versioned
        .lines()
        .map(|line| match line.split_once(" replayed in ") {
            Some((what, _seconds)) => format!("{what} replayed in SECONDS"),
            None => line.trim_end().to_owned(),
        });
    lines.collect::<Vec<_>>().join("\n")
}

/// The program and all commands below it, each with the words that call it.
fn commands() -> Vec<(String, Command)> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), Cli::command())];
    while let Some((words, command)) = open.pop() {
        for below in command.get_subcommands() {
            let words = format!("{words} {}", below.get_name());
            open.push((words.trim_start().to_owned(), below.clone()));
        }
        found.push((words, command));
    }
    found
}

/// What the command called by `words` says of itself.
fn help(words: &str) -> String {
    // Help shows the variable's value.
    let variables = [("CROSSCHECK_CHROMIUM", "")];
    let Ran { out, .. } = Bench::empty()
        .crosscheck_with(&format!("{words} --help"), &variables)
        .ended(0);
    steady(&out)
}

#[test]
fn the_help_of_every_command() {
    for (words, _) in commands() {
        let name = if words.is_empty() {
            "crosscheck".to_owned()
        } else {
            words.replace(' ', "-")
        };
        insta::assert_snapshot!(format!("help-{name}"), help(&words));
    }
}

#[test]
fn every_command_is_described() {
    for (words, command) in commands() {
        let out = help(&words);
        for below in command.get_subcommands() {
            let name = below.get_name();
            assert!(below.get_about().is_some(), "what is `{words} {name}`?");
            let line = format!("\n  {name} ");
            assert!(out.contains(&line), "`{words}` hides `{name}`: {out}");
        }
        let silent = command
            .get_arguments()
            .find(|argument| argument.get_help().is_none());
        assert!(silent.is_none(), "`{words}` does not describe {silent:?}");
    }
}

#[test]
fn a_failure() {
    let line =
        "run --leg wire --jobs 1 --fault prefix-match --only server/origin-match/* --out out";
    let ran = Bench::empty().crosscheck(line).ended(1);
    insta::assert_snapshot!("failure", steady(&ran.out));
    insta::assert_snapshot!("failure-progress", steady(&ran.err));
}

#[test]
fn nothing_wrong() {
    let ran = Bench::own().run("").ended(0);
    insta::assert_snapshot!("nothing-wrong", steady(&ran.out));
}
