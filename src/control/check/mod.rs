//! A check: a question with a yes or no about each subject of a kind.

mod resolve;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::file::{ControlFile, Reader};
use super::names::{Severity, Stricter};
use super::question::Question;
use super::template::Template;
use super::value::{Node, ParamValue};
use crate::base::diagnostic::Diagnostic;
use crate::base::time::Instant;
use crate::expr::ScratchSlots;
use crate::model::Subject;
use crate::model::slots::Row;

pub(super) use resolve::read_param;

/// A check, as it is written: one file `checks/RISK/ID.toml`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "A check of assize")]
pub struct RawCheck {
    /// A short name in lower-case letters, digits and hyphens; the file is named after it.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// What is true where the check passes, as one sentence without a full stop.
    #[schemars(with = "String")]
    pub title: Spanned<String>,
    /// How bad a failure is: `low`, `medium`, `high` or `critical`.
    #[schemars(with = "String", extend("enum" = ["low", "medium", "high", "critical"]))]
    pub severity: Spanned<String>,
    /// What it asks about: `identity`, `credential`, `owner`, `group`, `policy`, `resource`, `ai_system`, `exposure` or `waiver`.
    #[schemars(with = "String", extend("enum" = ["identity", "credential", "owner", "group", "policy", "resource", "ai_system", "exposure", "waiver"]))]
    pub subject: Spanned<String>,
    /// An expression: which subjects the question is put to. Without it, to all.
    #[schemars(with = "Option<String>")]
    pub applies: Option<Spanned<String>>,
    /// An expression: true where the subject passes.
    #[schemars(with = "String")]
    pub passes: Spanned<String>,
    /// The sentence shown for a subject that passes; may contain placeholders such as `{{ credential.last_change_at | ago }}`.
    #[schemars(with = "String")]
    pub pass: Spanned<String>,
    /// The sentence shown for a subject that fails.
    #[schemars(with = "String")]
    pub fail: Spanned<String>,
    /// The test in words, as an auditor would write it.
    #[schemars(with = "String")]
    pub procedure: Spanned<String>,
    /// Why it matters. Markdown.
    #[schemars(with = "String")]
    pub rationale: Spanned<String>,
    /// How to mend a failure, with the commands. Markdown.
    #[schemars(with = "String")]
    pub remediation: Spanned<String>,
    /// What it cannot see, so that nobody reads more into a pass than it says. Markdown.
    #[schemars(with = "Option<String>")]
    pub blind_spots: Option<Spanned<String>>,
    /// The parameters, by name; expressions read them as `params.NAME`.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, RawParam>")]
    pub params: BTreeMap<String, Spanned<RawParam>>,
    /// Tests. Together they must make the check pass, fail and be unknown.
    #[serde(default)]
    pub tests: Vec<RawTest>,
}

/// What of a check is parsed further, for a file that has not the form of a check.
#[derive(Debug, Deserialize)]
struct RawParsed {
    subject: Spanned<String>,
    applies: Option<Spanned<String>>,
    passes: Option<Spanned<String>>,
    pass: Option<Spanned<String>>,
    fail: Option<Spanned<String>>,
    #[serde(default)]
    params: BTreeMap<String, Spanned<RawParam>>,
}

/// A parameter of a check.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawParam {
    /// The value where nobody chose another: true or false, an integer, text, a length of time such as `90d`, or a list of texts.
    #[schemars(with = "Node")]
    pub default: Spanned<Node>,
    /// Which way is stricter: `lower`, `higher`, or `none` if values cannot be compared.
    #[schemars(with = "String", extend("enum" = ["lower", "higher", "none"]))]
    pub stricter: Spanned<String>,
    /// Where the default comes from.
    #[schemars(with = "String")]
    pub source: Spanned<String>,
}

/// A test of a check.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawTest {
    /// What is special about it.
    #[schemars(with = "String")]
    pub name: Spanned<String>,
    /// The day or instant that is now; `2026-11-01` where it is left out.
    #[schemars(with = "Option<String>")]
    pub as_of: Option<Spanned<String>>,
    /// Other values of parameters.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Node>")]
    pub params: BTreeMap<String, Spanned<Node>>,
    /// The facts of one subject, as `{ SUBJECT = { FACT = VALUE } }`. What is left out is unknown; `{ absent = true }` says
    /// that there is none; a list is complete unless it is written `{ open = [...] }`.
    #[schemars(with = "Node")]
    pub given: Spanned<Node>,
    /// What must come out: `pass`, `fail`, `unknown` or `not_applicable`.
    #[schemars(with = "Option<String>", extend("enum" = ["pass", "fail", "unknown", "not_applicable"]))]
    pub expect: Option<Spanned<String>>,
}

/// A check, ready to run.
#[derive(Debug, Clone)]
pub struct Check {
    /// The id.
    pub id: String,
    /// The path of its file within the controls.
    pub path: String,
    /// What is true where it passes.
    pub title: String,
    /// How bad a failure is.
    pub severity: Severity,
    /// What it asks about.
    pub subject: Subject,
    /// What it asks: its expressions.
    pub question: Question,
    /// The sentence for a pass.
    pub pass: Template,
    /// The sentence for a failure.
    pub fail: Template,
    /// The test in words.
    pub procedure: String,
    /// Why it matters. Markdown.
    pub rationale: String,
    /// How to mend a failure. Markdown.
    pub remediation: String,
    /// What it cannot see. Markdown.
    pub blind_spots: Option<String>,
    /// The parameters by name.
    pub params: BTreeMap<String, Param>,
    /// Its own tests.
    pub tests: Vec<Case>,
    /// The bytes of its id in its file, for diagnostics about the whole.
    pub id_span: std::ops::Range<usize>,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Param {
    /// The value where nobody chose another.
    pub default: ParamValue,
    /// Which way is stricter.
    pub stricter: Stricter,
    /// Where the default comes from.
    pub source: String,
    /// The bytes of its table in the file.
    pub span: std::ops::Range<usize>,
}

/// What a test expects, and what an evaluation gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It applies and passes.
    Pass,
    /// It applies and fails.
    Fail,
    /// A fact that decides is unknown.
    Unknown,
    /// It does not apply.
    NotApplicable,
}

impl Outcome {
    /// All outcomes, in their order.
    pub const ALL: [Self; 4] = [Self::Pass, Self::Fail, Self::Unknown, Self::NotApplicable];

    /// The name in control files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::NotApplicable => "not_applicable",
        }
    }
}

/// One test of a check.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its name.
    pub name: String,
    /// The bytes of its name in the file.
    pub span: std::ops::Range<usize>,
    /// The instant that is now.
    pub as_of: Instant,
    /// The parameters, with the values of this test.
    pub params: BTreeMap<String, ParamValue>,
    /// The facts.
    pub given: ScratchSlots,
    /// The subject among them.
    pub row: Row,
    /// What must come out.
    pub expect: Outcome,
}

impl Check {
    /// The parameters with their defaults.
    #[must_use]
    pub fn defaults(&self) -> BTreeMap<String, ParamValue> {
        self.params.iter().map(|(name, param)| (name.clone(), param.default.clone())).collect()
    }

    /// Reads a file. The check is `None` if it cannot be used; the mistakes are all told, whatever they are.
    #[must_use]
    pub fn read(file: &ControlFile) -> (Option<Self>, Vec<Diagnostic>) {
        let mut reader = Reader::new(&file.path, &file.text);
        let check = match reader.parse::<RawCheck>() {
            Some(raw) => resolve::check(&mut reader, file, &raw),
            None => {
                // The form of the rest says nothing of the expressions: their mistakes are told too.
                if let Some(parsed) = reader.part::<RawParsed>() {
                    resolve::parsed(&mut reader, &parsed);
                }
                None
            }
        };
        let check = check.filter(|_| reader.errors() == 0);
        (check, reader.finish())
    }
}
