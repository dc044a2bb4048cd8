//! The command line: one file a command, and the only place that prints.

mod args;
mod check;
mod controls;
mod crosswalk;
mod drill;
mod eval;
mod explain;
mod file;
mod graph;
mod init;
mod leftover;
mod look;
mod nobody;
mod plan;
mod print;
mod report;
mod sources;
mod staging;
mod vars;
mod waivers;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Cli, Command, ControlsCommand};

/// What a command came to, as an exit code; of two outcomes the later one counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// Nothing at or over the threshold.
    Clean,
    /// Findings at or over the threshold, or tests of controls that fail.
    Found,
    /// The input, the controls or the arguments are broken, nothing was decided, or the answer could not be written.
    Broken,
}

/// Runs the command that the arguments name.
#[must_use]
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers; a wrong argument is broken input.
            let broken = error.use_stderr();
            let printed = print::written(&error.print());
            return ExitCode::from(if broken || printed == Outcome::Broken { 2 } else { 0 });
        }
    };
    let outcome = match cli.command {
        Command::Check(args) => check::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Drill(args) => drill::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Graph(args) => graph::run(&args),
        Command::Controls { command } => match command {
            ControlsCommand::List(args) => controls::list(&args),
            ControlsCommand::Show(args) => controls::show(&args),
            ControlsCommand::Test(args) => controls::test(&args),
            ControlsCommand::Lint(args) => controls::lint(&args),
            ControlsCommand::Facts(args) => controls::facts(&args),
            ControlsCommand::Crosswalk(args) => crosswalk::run(&args),
            ControlsCommand::Eval(args) => eval::run(&args),
            ControlsCommand::New(args) => controls::new(&args),
            ControlsCommand::Schema(args) => controls::schema(&args),
            ControlsCommand::Diff(args) => controls::diff(&args),
            ControlsCommand::Import(args) => controls::import(&args),
        },
        Command::Sources(args) => sources::run(&args),
        Command::Waivers { command } => waivers::run(&command),
        Command::Init(args) => init::run(&args),
    };
    ExitCode::from(match outcome {
        Outcome::Clean => 0,
        Outcome::Found => 1,
        Outcome::Broken => 2,
    })
}
