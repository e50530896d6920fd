//! `crosscheck run`.

mod deployed;
mod generated;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use clap::ValueEnum;
use crosscheck_reference::{fault::Fault, site::Setup};
use crosscheck_report::{
    known::{KnownEntry, KnownFile},
    leg::Leg,
    overview::Overview,
    printable,
    summary::summary,
    text,
    totals::{Conclusion, Totals},
    verdict::Verdict,
};
use crosscheck_vectors::{file, load::Suite, vector::Kind};
use miette::{Context, IntoDiagnostic, Result, miette};

use self::generated::Small;
use super::{
    Format, Global,
    browsers::{Programs, default_legs, leg_help, leg_parser},
    options::Layers,
    print, print_json, tell,
    vectors::Source,
};
use crate::{
    browser::engines::{ENGINES, engine_of},
    craft::generate,
    run::{
        Config, Ended, LegConfig, Ran, RunError, known_failures,
        ledger::Resume,
        output,
        output::Output,
        run,
        selection::{Selection, Shard},
    },
    subject::{SubjectConfig, adapter::manifest::Manifest},
};

/// How many vectors the terminal shows; the report has them all.
const MOST_FINDINGS: usize = 20;

/// Replay vectors and report where what happens differs from what the standard demands.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Have the reference server commit this fault; `crosscheck selftest` lists them.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["adapter", "url"])]
    fault: Option<Fault>,
    #[command(flatten)]
    layers: Layers,
    /// Judge the server of this adapter: an `adapter.toml`, or the folder that holds one.
    #[arg(long, value_name = "PATH", conflicts_with_all = ["url", "layers"])]
    adapter: Option<PathBuf>,
    #[command(flatten)]
    deployed: deployed::Options,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    generated: generated::Generate,
    #[arg(long = "leg", value_name = "LEG", help = leg_help(), value_parser = leg_parser())]
    legs: Vec<Leg>,
    #[command(flatten)]
    choice: Choice,
    /// A TOML file of failures that are known, each with a reason; repeatable.
    #[arg(long, value_name = "FILE")]
    known: Vec<PathBuf>,
    /// A missed recommendation makes the exit code 1, too; `--fault` implies it.
    #[arg(long)]
    strict: bool,
    /// Go on with the run in `--out` that was interrupted: the same vectors, subject, settings and
    /// engines.
    #[arg(long)]
    resume: bool,
    /// How many vectors are on the wire at a time.
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: u16,
    /// How many seconds one answer may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..))]
    timeout: u16,
    /// The folder that results and report go to: a new or an empty one, or that of an earlier run.
    /// Files that crosscheck did not write stay as they are.
    #[arg(long, value_name = "DIR", default_value = "reports/latest")]
    out: PathBuf,
    /// What is written there, beside `results.json`.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "html")]
    output: Vec<Output>,
    #[command(flatten)]
    programs: Programs,
}

/// Which vectors.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Choice {
    /// Only ids that fit this glob (`*` also matches `/`); repeatable.
    #[arg(long, value_name = "GLOB")]
    only: Vec<String>,
    /// No ids that fit this glob; repeatable.
    #[arg(long, value_name = "GLOB")]
    skip: Vec<String>,
    /// Only vectors of this kind; repeatable.
    #[arg(long, value_enum, value_name = "KIND")]
    kind: Vec<KindName>,
    /// Only this part of the selection, such as `1/4`.
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
}

/// How much the standard cares.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum KindName {
    /// The standard demands it.
    Required,
    /// The standard advises it.
    Recommended,
    /// Reported, never judged.
    Survey,
}

impl Choice {
    pub(super) fn selection(&self) -> Selection {
        let kind = |kind: &KindName| match kind {
            KindName::Required => Kind::Required,
            KindName::Recommended => Kind::Recommended,
            KindName::Survey => Kind::Survey,
        };
        Selection {
            only: self.only.clone(),
            skip: self.skip.clone(),
            kinds: self.kind.iter().map(kind).collect(),
            shard: self.shard,
        }
    }
}

impl Args {
    pub(super) async fn exec(self, global: Global) -> Result<ExitCode> {
        let (out, outputs) = (self.out.clone(), self.output.clone());
        let strict = self.strict || self.fault.is_some();
        let mut known = self.known.clone();
        let (config, source) = self.config().await?;
        if let SubjectConfig::Adapter(manifest) = &config.subject {
            known.extend(manifest.known.clone());
        }
        let previous = output::previous(&out);
        let Ran {
            overview,
            ended,
            doubts,
            taken_over,
            mut folder,
        } = run(&config, &global.progress()).await.map_err(explain)?;
        for doubt in doubts {
            tell(&format!("warning: {doubt}"));
        }
        if let Some(taken_over) = taken_over.filter(|_| !global.quiet) {
            tell(&taken_over.to_string());
        }
        output::draw(
            &mut folder,
            &outputs,
            &overview,
            previous.as_ref(),
            &config.suite,
        )?;
        let small = match (&source, ended) {
            (Some(source), Ended::Complete) => {
                let counts = |verdict: Verdict| {
                    verdict.is_failure() || strict && verdict == Verdict::RecommendedMissed
                };
                Some(Small::of(source, &config, &overview, counts, global, &mut folder).await?)
            }
            (None, _) | (_, Ended::Interrupted) => None,
        };
        let index = outputs
            .contains(&Output::Html)
            .then(|| out.join("index.html").display().to_string());
        tell_results(&overview, index.as_deref(), small.as_ref(), global)?;
        let asked_for = overview.subject.fault.is_some() || !overview.subject.layers.is_empty();
        let excusable = !asked_for && !global.quiet;
        if excusable && let Some(template) = output::write_template(&mut folder, &overview, &known)?
        {
            tell(&format!(
                "to accept these failures: put reasons into {} and give it to --known",
                template.display()
            ));
        }
        if ended == Ended::Interrupted {
            tell("interrupted: not everything was replayed; `--resume` goes on");
            return Ok(ExitCode::from(Conclusion::CouldNotJudge.exit_code()));
        }
        Ok(ExitCode::from(conclusion(&overview, strict).exit_code()))
    }

    async fn config(self) -> Result<(Config, Option<generate::Source>)> {
        let patience = Duration::from_secs(self.timeout.into());
        let subject = self.subject(patience)?;
        let resume = if self.resume { Resume::Yes } else { Resume::No };
        let made = self.generated.source(&subject, patience, resume).await?;
        let suite = match &made {
            None => self.source.load()?,
            Some((source, made)) => self.source.with(source.files(made.n))?,
        };
        let known = self.known(&subject, &suite)?;
        let (source, generated) = made.unzip();
        let config = Config {
            selection: self.choice.selection(),
            subject,
            legs: self.legs()?,
            known,
            jobs: self.jobs.into(),
            patience,
            generated,
            own: self.source.own(),
            out: self.out,
            outputs: self.output,
            resume,
            suite,
        };
        Ok((config, source))
    }

    /// What is judged.
    fn subject(&self, patience: Duration) -> Result<SubjectConfig> {
        let deployed = self.deployed.subject(patience)?;
        Ok(match (&self.adapter, deployed) {
            (_, Some(deployed)) => SubjectConfig::Deployed(deployed),
            (None, None) => SubjectConfig::Reference(Setup {
                fault: self.fault,
                layers: self.layers.composition()?,
            }),
            (Some(path), None) => {
                let manifest = Manifest::read(path).into_diagnostic()?;
                manifest.check_installed().into_diagnostic()?;
                SubjectConfig::Adapter(manifest)
            }
        })
    }

    /// The legs, each with its program.
    fn legs(&self) -> Result<Vec<LegConfig>> {
        let mut legs: BTreeSet<_> = self.legs.iter().copied().collect();
        if legs.is_empty() {
            legs.extend(default_legs());
        }
        legs.into_iter()
            .map(|leg| match engine_of(leg) {
                None => Ok(LegConfig::Wire),
                Some(engine) => match self.programs.find(engine) {
                    Ok(program) => Ok(LegConfig::Browser(engine, program)),
                    Err(missing) => Err(miette!(help = missing.help, "{missing}")),
                },
            })
            .collect()
    }

    /// The failures of browsers and of `subject` that are known, and those that the caller knows.
    fn known(&self, subject: &SubjectConfig, suite: &Suite) -> Result<Vec<KnownFile>> {
        let mut known: Vec<_> = ENGINES
            .iter()
            .map(|engine| engine.known_deviations())
            .collect();
        let of_adapter = match subject {
            SubjectConfig::Adapter(manifest) => manifest.known.as_ref(),
            SubjectConfig::Deployed(_) | SubjectConfig::Reference(_) => None,
        };
        if let Some(file) = of_adapter {
            known.push(read_known(file)?);
        }
        let mut known = only_selectable(known, suite)?;
        for file in &self.known {
            known.push(read_known(file)?);
        }
        Ok(known)
    }
}

/// What a whole run comes to; a `strict` one counts missed recommendations.
fn conclusion(overview: &Overview, strict: bool) -> Conclusion {
    let missed = strict && Totals::of(overview).recommended_missed > 0;
    let conclusion = overview.conclusion();
    if missed && conclusion == Conclusion::AsExpected {
        Conclusion::Mismatch
    } else {
        conclusion
    }
}

/// Without the entries that are about vectors of the embedded suite which `suite` does not have.
fn only_selectable(mut known: Vec<KnownFile>, suite: &Suite) -> Result<Vec<KnownFile>> {
    let fits = |suite: &Suite, entry: &KnownEntry| {
        let mut ids = suite.vectors.keys();
        ids.any(|id| entry.id.matches(id.as_str()))
    };
    let mut entries = known.iter().flat_map(|file| &file.entries);
    if entries.all(|entry| fits(suite, entry)) {
        return Ok(known);
    }
    let embedded = Suite::embedded().into_diagnostic()?;
    for file in &mut known {
        file.entries
            .retain(|entry| fits(suite, entry) || !fits(&embedded, entry));
    }
    Ok(known)
}

fn read_known(path: &Path) -> Result<KnownFile> {
    let text = file::read_text(path)
        .into_diagnostic()
        .wrap_err_with(|| format!("cannot read the known failures in `{}`", path.display()))?;
    known_failures::parse(&path.display().to_string(), &text)
        .into_diagnostic()
        .wrap_err_with(|| format!("`{}` is no file of known failures", path.display()))
}

fn tell_results(
    overview: &Overview,
    index: Option<&str>,
    small: Option<&Small>,
    global: Global,
) -> Result<()> {
    let summary = || summary(overview, index);
    match (global.format, small) {
        (Format::Json, None) => print_json(&summary()),
        (Format::Json, Some(small)) => print_json(&small.with(summary())),
        (Format::Text, _) => {
            print(&text::text(overview, global.colour(), MOST_FINDINGS))?;
            if let Some(small) = small {
                print(&small.text(global.colour()))?;
            }
            if let Some(index) = index.filter(|_| !global.quiet) {
                tell(&format!("report: {index}"));
            }
            Ok(())
        }
    }
}

fn explain(error: RunError) -> miette::Report {
    match error {
        RunError::Disagreement(found) => {
            let lines: Vec<_> = found.iter().map(ToString::to_string).collect();
            miette!(
                help = "the suite is at odds with itself, so nothing was replayed",
                "the oracle disagrees with {}\n{}",
                crosscheck_replay::agree::n_vectors(lines.len()),
                lines.join("\n")
            )
        }
        RunError::Lies(found) => {
            let lines: Vec<_> = found.iter().map(|finding| format!("✕ {finding}")).collect();
            miette!(
                help = "`crosscheck adapter check` checks the adapter by itself",
                "the adapter fails its check, so nothing was replayed\n{}",
                printable::text(&lines.join("\n"))
            )
        }
        other @ (RunError::Select(_)
        | RunError::Adapter(_)
        | RunError::Policy(_)
        | RunError::Http(_)
        | RunError::Reach(_)
        | RunError::Playground(_)
        | RunError::Folder(_)
        | RunError::Ledger(_)
        | RunError::Output(_)
        | RunError::Browser(_)) => miette::Report::from_err(other),
    }
}
