//! The arguments of all commands, as `--help` documents them.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Judges machine and AI-connected identities in a folder of exports, and writes the evidence.
#[derive(Debug, Parser)]
#[command(
    name = "assize",
    version,
    max_term_width = 100,
    after_help = "Exit codes: 0 nothing at or over the threshold; 1 findings; 2 the input, the controls or the \
                  arguments are broken, nothing could be decided, or an answer could not be written."
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Read a folder of exports, judge what is in it, and write a report
    Check(CheckArgs),
    /// Render the outputs of an assessment again from its results.json
    Report(ReportArgs),
    /// List, show, test and lint the controls, or evaluate one expression
    Controls {
        #[command(subcommand)]
        command: ControlsCommand,
    },
    /// List what can be read, and the commands that export it
    Sources,
}

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// The folder of exports, with assize.toml and the inventory in it
    pub dir: PathBuf,
    /// Write results.json, the tables and the reports into this folder
    #[arg(long, value_name = "FOLDER")]
    pub report: Option<PathBuf>,
    /// The date to judge at: a date means its end [default: the latest collection time known, else today]
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// Exit with 1 if a finding is at least this severe
    #[arg(long, value_name = "SEVERITY")]
    pub fail_on: Option<SeverityArg>,
    /// Judge by these frameworks only, such as owasp-nhi-2025 [default: those of the profile, else all]
    #[arg(long, value_name = "ID")]
    pub framework: Vec<String>,
    /// Judge by these requirements only, such as NHI2, PR.AA-5 or 3.1
    #[arg(long, value_name = "ID")]
    pub requirement: Vec<String>,
    /// A folder of control files that add to or replace the built-in ones
    #[arg(long, value_name = "FOLDER")]
    pub controls: Option<PathBuf>,
    /// A folder of templates that replace the built-in ones of the same name
    #[arg(long, value_name = "FOLDER")]
    pub templates: Option<PathBuf>,
    /// Exit with 2 if any file or record could not be read
    #[arg(long)]
    pub strict: bool,
    /// How many threads to use, from 1 to 256 [default: one for each core]; the results are the same with any number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,
}

#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    /// The results.json of an assessment
    pub results: PathBuf,
    /// The folder to write into [default: the one that results.json is in]
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
    /// A folder of templates that replace the built-in ones of the same name
    #[arg(long, value_name = "FOLDER")]
    pub templates: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(super) enum ControlsCommand {
    /// List frameworks, requirements and checks
    List(ControlsArgs),
    /// Show a check or a requirement by its id or another name of it
    Show(ShowArgs),
    /// Run the tests that the checks carry
    Test(ControlsArgs),
    /// Report every mistake in the control files
    Lint(ControlsArgs),
    /// Show the facts that expressions can read
    Facts(FactsArgs),
    /// Evaluate one expression, as checks are evaluated
    Eval(EvalArgs),
}

#[derive(Debug, Args)]
pub(super) struct ControlsArgs {
    /// A folder of control files that add to or replace the built-in ones
    #[arg(long, value_name = "FOLDER")]
    pub controls: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// A check or a requirement, such as credential-rotated, NHI2:2025, NHI-02 or PR.AA-5
    pub id: String,
    #[command(flatten)]
    pub controls: ControlsArgs,
}

#[derive(Debug, Args)]
pub(super) struct FactsArgs {
    /// Only of this subject, such as identity or credential
    pub subject: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct EvalArgs {
    /// The expression
    #[arg(allow_hyphen_values = true)]
    pub expression: String,
    /// Variables, as a JSON object
    #[arg(long, value_name = "JSON")]
    pub vars: Option<String>,
    /// How to write the answer
    #[arg(long, value_enum, default_value_t = EvalFormat::Text)]
    pub format: EvalFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum EvalFormat {
    /// The value
    Text,
    /// An object with the value and its type, or the error
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SeverityArg {
    Low,
    Medium,
    High,
    Critical,
}
