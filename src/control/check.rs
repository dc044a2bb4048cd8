//! A check: a question with a yes or no about each subject of a kind.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::file::{ControlFile, Reader};
use super::given;
use super::names::{Severity, Stricter, unknown_name};
use super::question::Question;
use super::template::Template;
use super::value::{Node, ParamType, ParamValue};
use crate::base::diagnostic::Diagnostic;
use crate::base::time::Instant;
use crate::expr::ScratchSlots;
use crate::model::Subject;
use crate::model::slots::Row;

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
    #[schemars(with = "String")]
    pub severity: Spanned<String>,
    /// What it asks about: `identity`, `credential`, `owner`, `group`, `policy`, `resource`, `ai_system` or `exposure`.
    #[schemars(with = "String")]
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
    /// The parameters, by name; expressions read them as `params.NAME`.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, RawParam>")]
    pub params: BTreeMap<String, Spanned<RawParam>>,
    /// Tests. Together they must make the check pass, fail and be unknown.
    #[serde(default)]
    pub tests: Vec<RawTest>,
}

/// A parameter of a check.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawParam {
    /// The value where nobody chose another: true or false, an integer, text, a length of time such as `90d`, or a list of texts.
    #[schemars(with = "Node")]
    pub default: Spanned<Node>,
    /// Which way is stricter: `lower`, `higher`, or `none` if values cannot be compared.
    #[schemars(with = "String")]
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
    #[schemars(with = "Option<String>")]
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

/// The day on which tests take place that name none.
const TEST_DAY: &str = "2026-11-01";

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
        let check = reader.parse::<RawCheck>().and_then(|raw| resolve(&mut reader, file, &raw));
        let check = check.filter(|_| reader.errors() == 0);
        (check, reader.finish())
    }
}

fn resolve(reader: &mut Reader<'_>, file: &ControlFile, raw: &RawCheck) -> Option<Check> {
    let id = reader.id(&raw.id);
    let stem = file.path.rsplit('/').next().and_then(|name| name.strip_suffix(".toml")).unwrap_or("");
    if stem != id {
        let wrong = Diagnostic::warning("id-and-file", format!("check `{id}` stands in a file named `{stem}`"));
        reader.note(wrong, raw.id.span(), "another name than the file's");
    }
    let severity = reader.check(Severity::read(raw.severity.get_ref()), &raw.severity.span(), "unknown severity");
    let subject = reader.check(subject(raw.subject.get_ref()), &raw.subject.span(), "unknown subject");
    let params: BTreeMap<String, Param> = raw
        .params
        .iter()
        .filter_map(|(name, param)| Some((name.clone(), resolve_param(reader, name, param)?)))
        .collect();
    let texts = (
        reader.text(&raw.title, "title"),
        reader.text(&raw.procedure, "procedure"),
        reader.text(&raw.rationale, "rationale"),
        reader.text(&raw.remediation, "remediation"),
    );
    reader.text(&raw.passes, "expression");
    let subject = subject?;
    let names: Vec<&str> = raw.params.keys().map(String::as_str).collect();
    let pass = template(reader, &raw.pass, subject, &names);
    let fail = template(reader, &raw.fail, subject, &names);
    let question = question(reader, raw, subject, &params);
    let tests = raw.tests.iter().filter_map(|test| case(reader, test, subject, &params)).collect();
    Some(Check {
        id,
        path: file.path.clone(),
        title: texts.0,
        severity: severity?,
        subject,
        question: question?,
        pass: pass?,
        fail: fail?,
        procedure: texts.1,
        rationale: texts.2,
        remediation: texts.3,
        params,
        tests,
        id_span: raw.id.span(),
    })
}

/// The subject of that name, if a check can ask about it: grants and becomings are asked about through who has them.
fn subject(name: &str) -> Result<Subject, Diagnostic> {
    let asked = |subject: &Subject| !matches!(subject, Subject::Grant | Subject::Becoming);
    match Subject::from_name(name) {
        Some(subject) if asked(&subject) => Ok(subject),
        Some(_) => Err(Diagnostic::error("bad-subject", format!("a check cannot ask about each {name}"))
            .help("ask about each identity, and look at its list of them")),
        None => {
            let known: Vec<&str> = Subject::ALL.iter().filter(|subject| asked(subject)).map(|s| s.name()).collect();
            Err(unknown_name("subject", name, &known))
        }
    }
}

fn resolve_param(reader: &mut Reader<'_>, name: &str, raw: &Spanned<RawParam>) -> Option<Param> {
    let param = raw.get_ref();
    let first = name.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
    if !first || !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
        let wrong = Diagnostic::error("bad-parameter", format!("`{name}` is no name of a parameter"))
            .help("use lower-case letters, digits and underscores");
        reader.note(wrong, raw.span(), "this parameter");
    }
    let default = reader.check(ParamValue::read(param.default.get_ref()), &param.default.span(), "not a value");
    let stricter = reader.check(Stricter::read(param.stricter.get_ref()), &param.stricter.span(), "unknown direction");
    let source = reader.text(&param.source, "source of the parameter");
    let (default, stricter) = (default?, stricter?);
    let ordered = matches!(default.ty(), ParamType::Bool | ParamType::Int | ParamType::Duration);
    if stricter != Stricter::None && !ordered {
        let wrong = Diagnostic::error("bad-parameter", format!("a {} has no stricter side", default.ty().name()))
            .help("write `stricter = \"none\"`, or a length of time such as `90d`");
        reader.note(wrong, param.default.span(), "cannot be compared");
    }
    Some(Param { default, stricter, source, span: raw.span() })
}

fn template(reader: &mut Reader<'_>, raw: &Spanned<String>, subject: Subject, params: &[&str]) -> Option<Template> {
    reader.text(raw, "sentence");
    match Template::parse(raw.get_ref(), subject, params) {
        Ok(template) => Some(template),
        Err(wrong) => {
            let written = reader.written(raw);
            reader.add(wrong.into_iter().map(|diagnostic| written.place(diagnostic)));
            None
        }
    }
}

/// The compiled expressions. A parameter whose default is broken is left out, and then so are they: its mistake is enough.
fn question(
    reader: &mut Reader<'_>,
    raw: &RawCheck,
    subject: Subject,
    params: &BTreeMap<String, Param>,
) -> Option<Question> {
    if params.len() < raw.params.len() {
        return None;
    }
    let types = params.iter().map(|(name, param)| (name.clone(), param.default.ty())).collect();
    let applies = raw.applies.as_ref().map(|applies| reader.written(applies));
    match Question::compile(subject, applies.as_ref(), &reader.written(&raw.passes), &types) {
        Ok(question) => {
            for name in question.unused_params() {
                let wrong = Diagnostic::error("unused-parameter", format!("no expression uses `params.{name}`"))
                    .help("use it, or remove it");
                let span = params.get(&name).map_or(0..0, |param| param.span.clone());
                reader.note(wrong, span, "never used");
            }
            Some(question)
        }
        Err(wrong) => {
            reader.add(wrong);
            None
        }
    }
}

fn case(reader: &mut Reader<'_>, raw: &RawTest, subject: Subject, params: &BTreeMap<String, Param>) -> Option<Case> {
    let name = reader.text(&raw.name, "name of the test");
    let as_of = match &raw.as_of {
        None => Instant::parse_as_of(TEST_DAY),
        Some(text) => {
            let read = Instant::parse_as_of(text.get_ref())
                .ok_or_else(|| Diagnostic::error("bad-time", format!("`{}` is no date or instant", text.get_ref())));
            reader.check(read, &text.span(), "not a time")
        }
    };
    let mut values: BTreeMap<String, ParamValue> =
        params.iter().map(|(name, param)| (name.clone(), param.default.clone())).collect();
    for (name, node) in &raw.params {
        if let Some(value) = read_param(reader, params, name, node) {
            values.insert(name.clone(), value);
        }
    }
    let given = given::read(reader, &raw.given, subject);
    let Some(expect) = &raw.expect else {
        let wrong = Diagnostic::error("test-without-expect", format!("test `{name}` does not say what it expects"))
            .help("add `expect = \"pass\"`, \"fail\", \"unknown\" or \"not_applicable\"");
        reader.note(wrong, raw.name.span(), "this test");
        return None;
    };
    let outcome = Outcome::ALL.into_iter().find(|outcome| outcome.name() == expect.get_ref());
    let outcome = outcome.ok_or_else(|| unknown_name("outcome", expect.get_ref(), &Outcome::ALL.map(Outcome::name)));
    let expect = reader.check(outcome, &expect.span(), "unknown outcome")?;
    let (given, row) = given?;
    Some(Case { name, span: raw.name.span(), as_of: as_of?, params: values, given, row, expect })
}

/// A value for one of `params`, or what is wrong with it, noted.
pub(super) fn read_param(
    reader: &mut Reader<'_>,
    params: &BTreeMap<String, Param>,
    name: &str,
    node: &Spanned<Node>,
) -> Option<ParamValue> {
    let Some(param) = params.get(name) else {
        let known: Vec<&str> = params.keys().map(String::as_str).collect();
        let mut wrong = unknown_name("parameter of the check", name, &known);
        if known.is_empty() {
            wrong = Diagnostic { help: Some("the check has no parameters".to_owned()), ..wrong };
        }
        reader.note(wrong, node.span(), format!("given for `{name}`"));
        return None;
    };
    reader.check(ParamValue::read_as(node.get_ref(), param.default.ty()), &node.span(), "another type")
}
