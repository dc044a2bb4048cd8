//! The arguments of `assize waivers`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum WaiversCommand {
    /// List the waivers of a folder of exports, each with its state
    List(ListArgs),
    /// Say what is wrong, or soon wrong, with them; exit with 1 if anything is
    Check(WaiverArgs),
    /// Print a waiver for findings of today, with the facts that it is given for
    New(Box<NewArgs>),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct WaiverArgs {
    /// The folder of exports, with assize.toml, waivers.toml and the inventory in it
    pub dir: PathBuf,
    /// The date to judge at: a date means its end [default: the latest collection time known, else today]
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// A further file with waivers, TOML or CSV; may be given several times
    #[arg(long, value_name = "FILE")]
    pub waivers: Vec<PathBuf>,
    /// Judge by these frameworks only [default: those of the profile, else all]
    #[arg(long, value_name = "ID")]
    pub framework: Vec<String>,
    /// A folder of control files that add to or replace the built-in ones
    #[arg(long, value_name = "FOLDER")]
    pub controls: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ListArgs {
    #[command(flatten)]
    pub of: WaiverArgs,
    /// How to write it
    #[arg(long, value_enum, default_value_t = WaiversFormat::Text)]
    pub format: WaiversFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum WaiversFormat {
    /// For people
    Text,
    /// For programs, as in results.json
    Json,
    /// For spreadsheets: what waivers.csv may be, and how each stands
    Csv,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct NewArgs {
    #[command(flatten)]
    pub of: WaiverArgs,
    /// The check whose findings are waived, or the check run
    #[arg(long, value_name = "ID")]
    pub check: String,
    /// A subject of those findings, or a pattern of ids with `*`; may be given several times
    #[arg(long, value_name = "ID", required = true)]
    pub subject: Vec<String>,
    /// What kind of decision it is
    #[arg(long = "type", value_name = "TYPE", value_parser = ["accepted_risk", "false_positive", "compensating_control", "operational_requirement", "vendor_dependency"])]
    pub kind: String,
    /// Who approved it: the id of an owner, or an address
    #[arg(long, value_name = "WHO")]
    pub approver: String,
    /// Where the decision is recorded
    #[arg(long, value_name = "ID")]
    pub ticket: String,
    /// The first day on which it is no longer in force
    #[arg(long, value_name = "DATE")]
    pub expires: String,
    /// Why the findings may stay
    #[arg(long, value_name = "TEXT")]
    pub justification: String,
    /// Its name [default: the check and the ticket]
    #[arg(long, value_name = "NAME")]
    pub id: Option<String>,
    /// For a compensating control: what keeps the original requirement from being met
    #[arg(long, value_name = "TEXT")]
    pub constraints: Option<String>,
    /// For a compensating control: what it is
    #[arg(long, value_name = "TEXT")]
    pub definition: Option<String>,
    /// For a compensating control: what it attains of the objective
    #[arg(long, value_name = "TEXT")]
    pub objective: Option<String>,
    /// For a compensating control: the risk that is left
    #[arg(long, value_name = "TEXT")]
    pub risk: Option<String>,
    /// For a compensating control: how it was tested
    #[arg(long, value_name = "TEXT")]
    pub validation: Option<String>,
    /// For a compensating control: what keeps it working
    #[arg(long, value_name = "TEXT")]
    pub maintenance: Option<String>,
    /// How to write it
    #[arg(long, value_enum, default_value_t = NewFormat::Toml)]
    pub format: NewFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum NewFormat {
    /// To be added to waivers.toml
    Toml,
    /// To be added to waivers.csv
    Csv,
}
