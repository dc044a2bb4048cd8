//! From a check as it is written to a check that runs.

use std::collections::BTreeMap;

use toml::Spanned;

use super::{Case, Check, Outcome, Param, RawCheck, RawParam, RawParsed, RawTest};
use crate::base::diagnostic::Diagnostic;
use crate::base::time::Instant;
use crate::control::claims;
use crate::control::file::{ControlFile, Reader};
use crate::control::given;
use crate::control::names::{Severity, Stricter, unknown_name};
use crate::control::question::Question;
use crate::control::template::Template;
use crate::control::value::{Node, ParamType, ParamValue};
use crate::model::Subject;

/// The day on which tests take place that name none.
const TEST_DAY: &str = "2026-11-01";

/// The check of a file, if it can be used; every mistake is noted.
pub(super) fn check(reader: &mut Reader<'_>, file: &ControlFile, raw: &RawCheck) -> Option<Check> {
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
    let prose = (
        reader.text(&raw.title, "title"),
        reader.text(&raw.procedure, "procedure"),
        reader.text(&raw.rationale, "rationale"),
        reader.text(&raw.remediation, "remediation"),
    );
    let blind_spots = raw.blind_spots.as_ref().map(|text| reader.text(text, "text on blind spots"));
    reader.text(&raw.passes, "expression");
    let subject = subject?;
    let names: Vec<&str> = raw.params.keys().map(String::as_str).collect();
    let pass = template(reader, &raw.pass, subject, &names);
    let fail = template(reader, &raw.fail, subject, &names);
    let question = question(reader, raw, subject, &params);
    let tests = raw.tests.iter().filter_map(|test| case(reader, test, subject, &params)).collect();
    if question.is_none() || pass.is_none() || fail.is_none() || severity.is_none() {
        // What is looked at of a check that can be used is told of one that cannot, too.
        let named = raw.tests.iter().filter_map(|test| {
            let expect = test.expect.as_ref()?;
            let outcome = Outcome::ALL.into_iter().find(|outcome| outcome.name() == expect.get_ref())?;
            claims::warning(&file.path, test.name.get_ref(), outcome, test.name.span())
        });
        reader.add(named);
    }
    Some(Check {
        id,
        path: file.path.clone(),
        title: prose.0,
        severity: severity?,
        subject,
        question: question?,
        pass: pass?,
        fail: fail?,
        procedure: prose.1,
        rationale: prose.2,
        remediation: prose.3,
        blind_spots,
        params,
        tests,
        id_span: raw.id.span(),
    })
}

/// Notes what is wrong with the expressions and sentences of a file that has not the form of a check.
pub(super) fn parsed(reader: &mut Reader<'_>, raw: &RawParsed) {
    let Some(subject) = reader.check(subject(raw.subject.get_ref()), &raw.subject.span(), "unknown subject") else {
        return;
    };
    let params: BTreeMap<String, Param> = raw
        .params
        .iter()
        .filter_map(|(name, param)| Some((name.clone(), resolve_param(reader, name, param)?)))
        .collect();
    let names: Vec<&str> = raw.params.keys().map(String::as_str).collect();
    for sentence in raw.pass.iter().chain(&raw.fail) {
        template(reader, sentence, subject, &names);
    }
    if params.len() < raw.params.len() {
        return;
    }
    let types = params.iter().map(|(name, param)| (name.clone(), param.default.ty())).collect();
    let applies = raw.applies.as_ref().map(|applies| reader.written(applies));
    let passes = raw.passes.as_ref().map(|passes| reader.written(passes));
    let compiled = match (&applies, &passes) {
        (applies, Some(passes)) => Question::compile(subject, applies.as_ref(), passes, &types),
        (Some(only), None) => Question::compile(subject, None, only, &types),
        (None, None) => return,
    };
    reader.add(compiled.err().into_iter().flatten());
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
        Ok(template) => {
            let written = reader.written(raw);
            reader.add(single_braces(raw.get_ref(), subject).into_iter().map(|diagnostic| written.place(diagnostic)));
            Some(template)
        }
        Err(wrong) => {
            let written = reader.written(raw);
            reader.add(wrong.into_iter().map(|diagnostic| written.place(diagnostic)));
            None
        }
    }
}

/// Warnings for what looks like a placeholder, but stands in one brace on each side.
fn single_braces(text: &str, subject: Subject) -> Vec<Diagnostic> {
    let mut all = Vec::new();
    let mut at = 0;
    while let Some(open) = text.get(at..).and_then(|rest| rest.find('{')).map(|found| at + found) {
        let rest = text.get(open..).unwrap_or("");
        if rest.starts_with("{{") {
            at = open + rest.find("}}").map_or(2, |close| close + 2);
            continue;
        }
        at = open + 1;
        let Some(inner) = rest.find('}').and_then(|close| rest.get(1..close)) else { continue };
        let name = inner.trim();
        let meant = [subject.name(), "params"]
            .into_iter()
            .any(|first| name.strip_prefix(first).is_some_and(|rest| rest.starts_with('.')));
        if meant {
            let wrong = Diagnostic::warning("single-braces", format!("`{{{inner}}}` is shown as it stands"))
                .help(format!("write `{{{{ {name} }}}}`, with two braces, to put the fact in"));
            all.push(wrong.at("", open..open + inner.len() + 2, "one brace on each side"));
        }
    }
    all
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
pub(in crate::control) fn read_param(
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
