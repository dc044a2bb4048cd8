//! Expressions over variables given as JSON, with the checker and evaluator of verdicts.
//!
//! Integers and doubles are told apart by how they are written; instants and durations are
//! `{"$timestamp": "2026-11-01T00:00:00Z"}` and `{"$duration": "3s"}`.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Map, Number, Value as Json, json};

use crate::base::diagnostic::Diagnostic;
use crate::model::intern::Sym;
use crate::model::schema::FactId;
use crate::model::slots::{Cell, Completeness, Member, Row, Slots, Why};

use super::Expr;
use super::env::{Context, Env};
use super::eval::Run;
use super::functions::show_double;
use super::moment::Moment;
use super::trace::Off;
use super::types::Type;
use super::value::{Fault, FaultKind, ListValue, MapValue, Stop, Value};

/// How deep lists and maps may lie within one another.
const DEPTH: u8 = 64;

/// Why there is no value.
#[derive(Debug, Clone, PartialEq)]
pub enum EvalError {
    /// The expression or a variable is wrong; nothing was evaluated.
    Refused(Vec<Diagnostic>),
    /// The evaluation ended in an error.
    Failed(Fault),
    /// The value is unknown.
    Unknown(Why),
}

impl EvalError {
    /// What to say of it. Places count bytes of the expression, with an empty file name.
    #[must_use]
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        match self {
            Self::Refused(mistakes) => mistakes.clone(),
            Self::Failed(fault) => vec![fault.diagnostic()],
            Self::Unknown(why) => vec![Diagnostic::error("unknown", format!("the value is unknown: {}", why.name()))],
        }
    }
}

/// The value of an expression over variables, as JSON.
///
/// `vars` is an object of variables by name, or null for none. A variable `as_of` of type
/// timestamp is the date for `age(t)`.
///
/// # Errors
/// See [`EvalError`].
///
/// ```
/// use assize::expr::eval_text;
/// use serde_json::json;
/// assert_eq!(eval_text("names.filter(n, n.startsWith('a'))", &json!({"names": ["ann", "bob"]})), Ok(json!(["ann"])));
/// ```
pub fn eval_text(text: &str, vars: &Json) -> Result<Json, EvalError> {
    let empty = Map::new();
    let vars = match vars {
        Json::Object(vars) => vars,
        Json::Null => &empty,
        _ => return Err(refused("the variables must be an object")),
    };
    let mut types = Vec::new();
    let mut context = Context::default();
    let mut wrong = Vec::new();
    for (name, given) in vars {
        match read(given, DEPTH) {
            Ok((value, ty)) => {
                if name == "as_of"
                    && let Value::Time(at) = &value
                {
                    context.as_of = Some(*at);
                }
                types.push((name.clone(), ty));
                context.inputs.push(value);
            }
            Err(message) => {
                wrong.push(Diagnostic::error("bad-variable", format!("variable `{name}`: {message}")));
            }
        }
    }
    if !wrong.is_empty() {
        return Err(EvalError::Refused(wrong));
    }
    let mut env = Env::of_variables(types);
    env.as_of = context.as_of.is_some();
    let expr = Expr::compile_value(text, &env).map_err(EvalError::Refused)?;
    let value = Run::new(&NoFacts, None, &context, &Off).value(&expr.root, None);
    value.and_then(|value| show(&value)).map_err(|stop| match stop {
        Stop::Unknown(why) => EvalError::Unknown(why),
        Stop::Fault(fault) => EvalError::Failed(fault),
    })
}

fn refused(message: &str) -> EvalError {
    EvalError::Refused(vec![Diagnostic::error("bad-variable", message)])
}

fn read(given: &Json, depth: u8) -> Result<(Value<'static>, Type), String> {
    let Some(depth) = depth.checked_sub(1) else { return Err("too deep".to_owned()) };
    Ok(match given {
        Json::Null => return Err("`null` is not part of the language".to_owned()),
        Json::Bool(value) => (Value::Bool(*value), Type::Bool),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(value), _) => (Value::Int(value), Type::Int),
            (None, Some(value)) if !number.is_u64() => (Value::Double(value), Type::Double),
            _ => return Err("not an integer of 64 bits".to_owned()),
        },
        Json::String(text) => (Value::Text(Cow::Owned(text.clone())), Type::String),
        Json::Array(items) => {
            let (members, ty) = read_all(items.iter(), depth)?;
            let members = members.into_iter().map(|value| (value, None)).collect();
            (Value::List(Arc::new(ListValue { members, open: None })), Type::list(ty))
        }
        Json::Object(entries) => {
            if let Some(special) = special(entries) {
                return special;
            }
            let (values, ty) = read_all(entries.values(), depth)?;
            let keys = entries.keys().map(|key| Value::Text(Cow::Owned(key.clone())));
            let map = MapValue { entries: keys.zip(values).collect(), open: None };
            (Value::Map(Arc::new(map)), Type::Map(Box::new(Type::String), Box::new(ty)))
        }
    })
}

type Read = Result<(Value<'static>, Type), String>;

fn special(entries: &Map<String, Json>) -> Option<Read> {
    let (name, value) = entries.iter().next().filter(|_| entries.len() == 1)?;
    let text = value.as_str().unwrap_or("");
    match name.as_str() {
        "$timestamp" => Some(match Moment::read_time(text) {
            Some(at) => Ok((Value::Time(at), Type::Timestamp)),
            None => Err("`$timestamp` must be like \"2026-11-01T00:00:00Z\"".to_owned()),
        }),
        "$duration" => Some(match Moment::read_span(text) {
            Some(length) => Ok((Value::Span(length), Type::Duration)),
            None => Err("`$duration` must be like \"36h\"".to_owned()),
        }),
        _ => None,
    }
}

fn read_all<'j>(items: impl Iterator<Item = &'j Json>, depth: u8) -> Result<(Vec<Value<'static>>, Type), String> {
    let mut common = Type::Any;
    let mut out = Vec::new();
    for item in items {
        let (value, ty) = read(item, depth)?;
        let joined = common.join(&ty);
        let Some(joined) = joined else {
            return Err(format!(
                "members must have one type, found {} and {}",
                common.with_article(),
                ty.with_article()
            ));
        };
        common = joined;
        out.push(value);
    }
    Ok((out, common))
}

/// A value as JSON. What JSON cannot say is written as text.
fn show(value: &Value<'_>) -> Result<Json, Stop> {
    Ok(match value {
        Value::Bool(value) => json!(value),
        Value::Int(value) => json!(value),
        Value::Double(value) => match Number::from_f64(*value) {
            Some(number) => Json::Number(number),
            None if value.is_nan() => json!("NaN"),
            None => json!(if *value > 0.0 { "Infinity" } else { "-Infinity" }),
        },
        Value::Text(text) => json!(text),
        Value::Time(at) => json!({ "$timestamp": at.show_time() }),
        Value::Span(length) => json!({ "$duration": length.show_span() }),
        Value::List(list) => {
            if let Some(stop) = list.doubt() {
                return Err(stop);
            }
            Json::Array(list.members.iter().map(|(value, _)| show(value)).collect::<Result<_, _>>()?)
        }
        Value::Map(map) => {
            if let Some(stop) = map.open {
                return Err(stop);
            }
            let mut out = Map::new();
            for (key, value) in &map.entries {
                out.insert(key_text(key), show(value)?);
            }
            Json::Object(out)
        }
        Value::Code(_) | Value::Row(_) => {
            return Err(Stop::Fault(Fault { kind: FaultKind::Internal, start: 0, end: 0 }));
        }
    })
}

fn key_text(key: &Value<'_>) -> String {
    match key {
        Value::Text(text) => text.clone().into_owned(),
        Value::Int(value) => value.to_string(),
        Value::Bool(value) => value.to_string(),
        Value::Double(value) => show_double(*value),
        _ => String::new(),
    }
}

/// No subject at all.
struct NoFacts;

impl Slots for NoFacts {
    fn cell(&self, _: Row, _: FactId) -> Cell<'_> {
        Cell::Unknown(Why::MissingFact)
    }

    fn list<'a>(&'a self, _: Row, _: FactId, _: &mut dyn FnMut(Member<'a>) -> bool) -> Completeness {
        Completeness::Open(Why::MissingFact)
    }

    fn entry(&self, _: Row, _: FactId, _: &str) -> Cell<'_> {
        Cell::Unknown(Why::MissingFact)
    }

    fn entries<'a>(&'a self, _: Row, _: FactId, _: &mut dyn FnMut(&'a str, &'a str) -> bool) -> Completeness {
        Completeness::Open(Why::MissingFact)
    }

    fn text(&self, _: Sym) -> &'static str {
        ""
    }
}
