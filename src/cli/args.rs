//! The arguments of all commands, as `--help` documents them.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::look::LookArgs;
use super::waivers::WaiversCommand;

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
    /// Say of one subject what is known of it and from where, and why it is judged as it is
    Explain(ExplainArgs),
    /// Suppose that a credential leaks now: what it opens, how fast it is closed, who must be told
    Drill(DrillArgs),
    /// Draw what a subject reaches, or what reaches a resource
    Graph(GraphArgs),
    /// List, show, test and lint the controls, or evaluate one expression
    Controls {
        #[command(subcommand)]
        command: ControlsCommand,
    },
    /// List, check and write waivers: dated decisions to live with findings
    Waivers {
        #[command(subcommand)]
        command: WaiversCommand,
    },
    /// List what can be read, and the commands that export it
    Sources(SourcesArgs),
    /// Write a commented assize.toml for a folder of exports, from what is found in it
    Init(InitArgs),
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct SourcesArgs {
    /// Only this source, with its facts and what to know, such as aws-credential-report
    pub id: Option<String>,
    /// How to write it
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    pub format: ListFormat,
    #[command(subcommand)]
    pub command: Option<SourcesCommand>,
}

#[derive(Debug, Subcommand)]
pub(super) enum SourcesCommand {
    /// Say which exports, and which statements of people, would close the gaps of a folder
    Plan(PlanArgs),
}

#[derive(Debug, Args)]
pub(super) struct PlanArgs {
    /// The folder of exports, with assize.toml and the inventory in it
    pub dir: PathBuf,
    /// The date to judge at: a date means its end [default: the latest collection time known, else today]
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// Judge by these frameworks only [default: those of the profile, else all]
    #[arg(long, value_name = "ID")]
    pub framework: Vec<String>,
    /// Judge by these requirements only, such as NHI2, PR.AA-5 or 3.1
    #[arg(long, value_name = "ID")]
    pub requirement: Vec<String>,
    /// A folder of control files that add to or replace the built-in ones
    #[arg(long, value_name = "FOLDER")]
    pub controls: Option<PathBuf>,
    /// How to write it
    #[arg(long, value_enum, default_value_t = PlanFormat::Text)]
    pub format: PlanFormat,
    /// Write a script of read-only commands that collects what is missing; `-` writes it to standard output, and no plan
    #[arg(long, value_name = "FILE")]
    pub script: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// The folder of exports
    pub dir: PathBuf,
    /// Write inventory.toml too, with AI systems, AI-connected identities and those without an owner, to fill in; what is
    /// there already is left as it is
    #[arg(long)]
    pub inventory: bool,
    /// Replace files that are there already
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum PlanFormat {
    /// For people, on a terminal
    Text,
    /// For people, all of it
    Markdown,
    /// For programs
    Json,
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
    /// A further file with waivers, TOML or CSV, beside waivers.toml and waivers.csv of the folder; may be given several times
    #[arg(long, value_name = "FILE")]
    pub waivers: Vec<PathBuf>,
    /// Exit with 1 if a finding that no waiver covers is at least this severe
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
    /// Exit with 2 if any file or record could not be read, an entry of the inventory matches nothing, or one of its
    /// closures says another number of entries than was read
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

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    #[command(flatten)]
    pub look: LookArgs,
    /// How to write it
    #[arg(long, value_enum, default_value_t = ExplainFormat::Text)]
    pub format: ExplainFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ExplainFormat {
    /// For a terminal
    Text,
    /// An object that machines read
    Json,
    /// For a ticket or a wiki
    Markdown,
}

#[derive(Debug, Args)]
pub(super) struct DrillArgs {
    #[command(flatten)]
    pub look: LookArgs,
    /// How to write it; as JSON it is an object of the form assize.drill/v1
    #[arg(long, value_enum, default_value_t = ExplainFormat::Text)]
    pub format: ExplainFormat,
}

#[derive(Debug, Args)]
pub(super) struct GraphArgs {
    #[command(flatten)]
    pub look: LookArgs,
    /// How to draw it
    #[arg(long, value_enum, default_value_t = GraphFormat::Text)]
    pub format: GraphFormat,
    /// How many steps to follow [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub depth: Option<u32>,
    /// Follow what nothing rules out, too
    #[arg(long)]
    pub possible: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum GraphFormat {
    /// A tree with numbered hops
    Text,
    /// For Graphviz
    Dot,
    /// For Markdown that draws diagrams
    Mermaid,
    /// A picture, for light and dark screens
    Svg,
}

#[derive(Debug, Subcommand)]
pub(super) enum ControlsCommand {
    /// List frameworks, requirements and checks
    List(ControlsArgs),
    /// Show a check or a requirement by its id or another name of it
    Show(ShowArgs),
    /// Run the tests that the checks carry
    Test(TestArgs),
    /// Report every mistake in the control files
    Lint(ControlsArgs),
    /// Show the facts that expressions can read
    Facts(FactsArgs),
    /// Show how the requirements of frameworks stand to each other
    Crosswalk(CrosswalkArgs),
    /// Evaluate one expression, as checks are evaluated
    Eval(EvalArgs),
    /// Write a commented starting point of a check or a framework, to fill in
    New(NewArgs),
    /// Print the JSON Schema of a kind of file that people write, for editors
    Schema(SchemaArgs),
    /// Say which verdicts on the same exports change because the controls do
    Diff(DiffArgs),
    /// Make a framework file from an OSCAL catalog (JSON), its requirements not assessed until they are mapped
    Import(ImportArgs),
}

#[derive(Debug, Args)]
pub(super) struct DiffArgs {
    /// The controls as they were: a folder, or `builtin`
    pub before: PathBuf,
    /// The controls as they are: a folder, or `builtin`
    pub after: PathBuf,
    /// The folder of exports, with assize.toml and the inventory in it
    #[arg(long, value_name = "FOLDER")]
    pub exports: PathBuf,
    /// The date to judge at: a date means its end [default: the latest collection time known, else today]
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// Judge by these frameworks only, as far as a side has them [default: those of the profile, else all]
    #[arg(long, value_name = "ID")]
    pub framework: Vec<String>,
    /// How to write it
    #[arg(long, value_enum, default_value_t = DiffFormat::Text)]
    pub format: DiffFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum DiffFormat {
    /// For people: counts, and the first of those that moved
    Text,
    /// All of it, for programs
    Json,
    /// A row a verdict that moved
    Csv,
}

#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// The catalog
    pub catalog: PathBuf,
    /// The id of the framework [default: from the catalog's title]
    #[arg(long, value_name = "ID")]
    pub id: Option<String>,
    /// The file to write, such as my-controls/frameworks/ID.toml [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Take only controls with such an id, `*` for any text, and these whatever is said of them
    #[arg(long, value_name = "PATTERN")]
    pub only: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct TestArgs {
    #[command(flatten)]
    pub controls: ControlsArgs,
    /// Show each clause of an expression that no test decides both as true and as false; exit with 1 if there is one
    #[arg(long)]
    pub coverage: bool,
}

#[derive(Debug, Args)]
pub(super) struct NewArgs {
    /// What to write
    #[arg(value_enum)]
    pub what: NewWhat,
    /// Its id: lower-case letters, digits and hyphens, such as keys-are-labelled
    pub id: String,
    /// What the check asks about [default: identity]
    #[arg(long, value_name = "SUBJECT")]
    pub subject: Option<String>,
    /// The folder under checks/ that the check goes into [default: own]
    #[arg(long, value_name = "FOLDER")]
    pub risk: Option<String>,
    /// The folder of your control files; it is made if it is not there
    #[arg(long, value_name = "FOLDER", default_value = "my-controls")]
    pub controls: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum NewWhat {
    /// A check, with three tests
    Check,
    /// A framework, with a requirement
    Framework,
}

#[derive(Debug, Args)]
pub(super) struct SchemaArgs {
    /// The kind of file, such as check, framework, profile or inventory
    pub name: String,
}

#[derive(Debug, Args)]
pub(super) struct CrosswalkArgs {
    /// Only of this framework, such as pci-dss-4.0.1
    pub framework: Option<String>,
    /// How to write it
    #[arg(long, value_enum, default_value_t = TableFormat::Text)]
    pub format: TableFormat,
    #[command(flatten)]
    pub controls: ControlsArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum TableFormat {
    /// For people
    Text,
    /// For spreadsheets
    Csv,
}

#[derive(Debug, Args)]
pub(super) struct ControlsArgs {
    /// A folder of control files that add to or replace the built-in ones
    #[arg(long, value_name = "FOLDER")]
    pub controls: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// A check, a requirement or a framework, such as credential-rotated, NHI2:2025, NHI-02, PR.AA-5 or pci-dss-4.0.1
    pub id: String,
    #[command(flatten)]
    pub controls: ControlsArgs,
}

#[derive(Debug, Args)]
pub(super) struct FactsArgs {
    /// Only of this subject, such as identity or credential, or this fact: the two with a dot between
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
