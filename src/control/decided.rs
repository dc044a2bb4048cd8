//! What decided a test that failed: the clauses on which its outcome turns, and the values that they read.

use super::check::{Case, Check};
use super::question::Asked;
use super::value::ParamValue;
use crate::base::text::{shortened, shown, toml_string};
use crate::base::time::Instant;
use crate::expr::{Context, FactRead, Trace};
use crate::model::FactType;
use crate::model::slots::{Cell, Scalar};

/// The most clauses that are named, and the most values.
const NAMED: usize = 4;
const VALUES: usize = 8;
/// The longest that a clause or a value is shown, in characters.
const LONGEST: usize = 80;
/// The most work that evaluations with a clause turned round may be for one test.
const MOST: u64 = 20_000;

/// What decided, in words. Empty where it is unknown what, or where nothing was read.
///
/// `applies` is true if what decided is whether the check applies.
pub(super) fn words(check: &Check, case: &Case, applies: bool) -> String {
    let question = &check.question;
    let asked = if applies { question.applies.as_ref() } else { Some(&question.passes) };
    let (Some(asked), Ok(context)) = (asked, question.context(case.as_of, &case.params)) else { return String::new() };
    let clauses = clauses(asked, case, &context);
    let (_, trace) = asked.expr.evaluate_recorded(&case.given, case.row, &context);
    let values = values(case, &trace);
    let values = if values.is_empty() { String::new() } else { format!(" ({})", listed(&values, VALUES)) };
    match (clauses.is_empty(), values.is_empty()) {
        (true, true) => String::new(),
        (true, false) => format!("decided by no clause alone{values}"),
        (false, _) => format!("decided by {}{values}", listed(&clauses, NAMED)),
    }
}

/// The clauses that, each turned round alone, would turn the answer round.
fn clauses(asked: &Asked, case: &Case, context: &Context) -> Vec<String> {
    let watched = asked.expr.watched();
    let all = asked.expr.clauses();
    let plain = watched.probe(&case.given, case.row, context, None);
    let mut left = MOST;
    let mut found: Vec<(usize, bool)> = Vec::new();
    for (moment, given) in plain.given.iter().enumerate() {
        let Some(truth) = given.truth.filter(|truth| !found.contains(&(given.clause, *truth))) else { continue };
        if left < plain.work.max(1) || found.len() > NAMED {
            break;
        }
        let turned = watched.probe(&case.given, case.row, context, Some(moment));
        left = left.saturating_sub(turned.work.max(1));
        if turned.outcome.known() != plain.outcome.known() {
            found.push((given.clause, truth));
        }
    }
    found.sort_unstable();
    let text = |clause: usize| asked.written.text.get(all.get(clause)?.span.clone());
    let named = |(clause, truth): (usize, bool)| {
        let line = text(clause)?.split_whitespace().collect::<Vec<_>>().join(" ");
        Some(format!("`{}`, which is {truth}", shortened(&line, LONGEST)))
    };
    found.into_iter().filter_map(named).collect()
}

/// The values that the answer rests on: facts, lists that are whole, and parameters.
fn values(case: &Case, trace: &Trace<'_>) -> Vec<String> {
    let facts = trace.facts.iter().map(read);
    let whole = trace.closed.iter().map(|list| format!("{} is whole", list.fact.path()));
    let param = |name: &&str| {
        let value = case.params.get(*name).map(ParamValue::words)?;
        Some(format!("params.{name} = {}", shown(&shortened(&value, LONGEST))))
    };
    let params = trace.params.iter().filter_map(param);
    let mut all: Vec<String> = Vec::new();
    for value in facts.chain(whole).chain(params) {
        if all.len() > VALUES {
            break;
        }
        if !all.contains(&value) {
            all.push(value);
        }
    }
    all
}

/// A fact with its value, as a test writes it.
fn read(read: &FactRead<'_>) -> String {
    let path = read.fact.path();
    let value = match read.cell {
        Cell::Absent => "{ absent = true }".to_owned(),
        Cell::Unknown(_) => "{ unknown = true }".to_owned(),
        Cell::Known(Scalar::Bool(value)) => value.to_string(),
        Cell::Known(Scalar::Int(value)) => value.to_string(),
        Cell::Known(Scalar::Str(text)) => toml_string(&shortened(text, LONGEST)),
        Cell::Known(Scalar::Time(at)) => toml_string(&Instant(at).to_string()),
        Cell::Known(Scalar::Duration(seconds)) => ParamValue::Duration(seconds).words(),
        Cell::Known(Scalar::Enum(code)) => match read.fact.def().ty {
            FactType::Enum(def) | FactType::EnumList(def) => toml_string(def.text(code)),
            _ => code.to_string(),
        },
        Cell::Known(Scalar::Ref(_)) => return format!("{path} is there"),
    };
    match (&read.key, read.member) {
        (Some(key), _) => format!("{path}[{}] = {value}", toml_string(&shortened(key, LONGEST))),
        (None, true) => format!("{path} has {value}"),
        (None, false) => format!("{path} = {value}"),
    }
}

/// The first of a list, and that there are more.
fn listed(all: &[String], most: usize) -> String {
    let first = all.iter().take(most).map(String::as_str).collect::<Vec<_>>().join(", ");
    if all.len() > most { format!("{first} and more") } else { first }
}
