//! Legs and browsers on the command line: what there is follows from the list of engines.

use std::path::PathBuf;

use clap::{
    Arg, ArgMatches, Command,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
    value_parser,
};
use crosscheck_report::leg::Leg;

use crate::browser::{
    engine::{Engine, MissingBrowser},
    engines::{ENGINES, default_engine},
};

/// The programs of browsers that were named: each engine has an option for its own.
#[derive(Clone, Debug, Default)]
pub(super) struct Programs(Vec<(&'static str, PathBuf)>);

impl Programs {
    /// The program of `engine`: the named one, or the first one found.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub(super) fn find(&self, engine: &dyn Engine) -> Result<PathBuf, MissingBrowser> {
        let name = engine.option().name;
        let named = self.0.iter().find(|(of, _)| *of == name);
        engine.find(named.map(|(_, program)| program.as_path()))
    }
}

impl clap::Args for Programs {
    fn augment_args(command: Command) -> Command {
        command.args(ENGINES.iter().map(|engine| {
            let option = engine.option();
            Arg::new(option.name)
                .long(option.name)
                .value_name("PROGRAM")
                .env(option.env)
                .help(option.help)
                .value_parser(value_parser!(PathBuf))
        }))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl clap::FromArgMatches for Programs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut programs = Self::default();
        programs.update_from_arg_matches(matches)?;
        Ok(programs)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        let named = ENGINES.iter().filter_map(|engine| {
            let name = engine.option().name;
            Some((name, matches.get_one::<PathBuf>(name)?.clone()))
        });
        self.0 = named.collect();
        Ok(())
    }
}

/// Reads the name of a leg that a run can have.
pub(super) fn leg_parser() -> impl TypedValueParser<Value = Leg> {
    let wire = PossibleValue::new(Leg::Wire.word()).help("The model over real sockets");
    let browsers = ENGINES.iter().map(|engine| {
        let help = format!("Headless {}", engine.product());
        PossibleValue::new(engine.option().name).help(help)
    });
    let values: Vec<_> = [wire].into_iter().chain(browsers).collect();
    PossibleValuesParser::new(values).map(|name| {
        let mut legs = ENGINES.iter().map(|engine| engine.leg());
        legs.find(|leg| leg.word() == name).unwrap_or(Leg::Wire)
    })
}

/// The legs of a run that names none.
pub(super) fn default_legs() -> [Leg; 2] {
    [Leg::Wire, default_engine().leg()]
}

/// What `--leg` is for.
pub(super) fn leg_help() -> String {
    let [wire, browser] = default_legs();
    format!("Replay on this leg; repeatable. Default: {wire} and {browser}")
}
