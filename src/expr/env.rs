//! What an expression may name, and the values that it is given for a run.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::diagnostic::Diagnostic;
use crate::base::time::Instant;
use crate::model::schema::Subject;

use super::Expr;
use super::guards::Path;
use super::moment::Moment;
use super::types::Type;
use super::value::{ListValue, Value};

/// The names that an expression may use, and their types.
#[derive(Debug, Clone, Default)]
pub struct Env {
    pub(super) subject: Option<Subject>,
    pub(super) params: Vec<(String, Type)>,
    pub(super) vars: Vec<(String, Type)>,
    pub(super) as_of: bool,
    pub(super) guards: Vec<Path>,
}

impl Env {
    /// The environment of a check about `subject`: its facts, `as_of`, and no parameter yet.
    #[must_use]
    pub fn of(subject: Subject) -> Self {
        Self { subject: Some(subject), as_of: true, ..Self::default() }
    }

    /// An environment without facts, of variables by name; as `as_of`, if one of them is a timestamp of that name.
    #[must_use]
    pub(super) fn of_variables(vars: Vec<(String, Type)>) -> Self {
        Self { vars, ..Self::default() }
    }

    /// The same, with these parameters: `params.name`.
    ///
    /// All expressions of one check must be compiled with the same parameters, since
    /// [`Env::context`] numbers their values.
    #[must_use]
    pub fn with_params<N: Into<String>>(mut self, params: impl IntoIterator<Item = (N, Type)>) -> Self {
        self.params =
            params.into_iter().map(|(name, ty)| (name.into(), ty)).collect::<BTreeMap<_, _>>().into_iter().collect();
        self
    }

    /// The same, for expressions that are only asked where `condition` is true, so that its
    /// `has(…)` need not be repeated.
    #[must_use]
    pub fn assuming(mut self, condition: &Expr) -> Self {
        self.guards.extend(condition.guards().iter().cloned());
        self
    }

    /// The values for a run.
    ///
    /// # Errors
    /// One diagnostic for each declared parameter without a value or with one of another type,
    /// and for each value that nobody declared.
    pub fn context(&self, as_of: Instant, params: &BTreeMap<String, Param>) -> Result<Context, Vec<Diagnostic>> {
        let mut wrong = Vec::new();
        let mut inputs = Vec::new();
        for (name, ty) in &self.params {
            match params.get(name) {
                None => wrong.push(Diagnostic::error("missing-param", format!("parameter `{name}` has no value"))),
                Some(value) if value.ty().join(ty).is_none() => {
                    let message =
                        format!("parameter `{name}` is {}, not {}", ty.with_article(), value.ty().with_article());
                    wrong.push(Diagnostic::error("wrong-type", message));
                }
                Some(value) => inputs.push(value.value()),
            }
        }
        for name in params.keys().filter(|name| !self.params.iter().any(|(known, _)| known == *name)) {
            wrong.push(Diagnostic::error("unknown-param", format!("there is no parameter `{name}`")));
        }
        if wrong.is_empty() { Ok(Context { as_of: Some(Moment::seconds(as_of.0)), inputs }) } else { Err(wrong) }
    }

    /// The names of parameters and variables, as [`Context`] numbers them.
    pub(super) fn inputs(&self) -> Vec<String> {
        self.params.iter().chain(&self.vars).map(|(name, _)| name.clone()).collect()
    }
}

/// The parameters of `env` that none of the expressions uses, by name.
#[must_use]
pub fn unused_params(env: &Env, expressions: &[&Expr]) -> Vec<String> {
    let used = |name: &str| expressions.iter().any(|expression| expression.params().contains(&name));
    env.params.iter().map(|(name, _)| name.clone()).filter(|name| !used(name)).collect()
}

/// The date that is judged at, and the values of parameters, for expressions of one [`Env`].
#[derive(Debug, Clone, Default)]
pub struct Context {
    pub(super) as_of: Option<Moment>,
    pub(super) inputs: Vec<Value<'static>>,
}

/// The value of a parameter.
#[derive(Debug, Clone, PartialEq)]
pub enum Param {
    /// True or false.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A number with a fraction.
    Double(f64),
    /// Text.
    Text(String),
    /// A length of time, in seconds.
    Duration(i64),
    /// Texts.
    Texts(Vec<String>),
}

impl Param {
    /// The type that expressions see.
    #[must_use]
    pub fn ty(&self) -> Type {
        match self {
            Self::Bool(_) => Type::Bool,
            Self::Int(_) => Type::Int,
            Self::Double(_) => Type::Double,
            Self::Text(_) => Type::String,
            Self::Duration(_) => Type::Duration,
            Self::Texts(_) => Type::list(Type::String),
        }
    }

    fn value(&self) -> Value<'static> {
        match self {
            Self::Bool(value) => Value::Bool(*value),
            Self::Int(value) => Value::Int(*value),
            Self::Double(value) => Value::Double(*value),
            Self::Text(text) => Value::Text(Cow::Owned(text.clone())),
            Self::Duration(seconds) => Value::Span(Moment::seconds(*seconds)),
            Self::Texts(texts) => {
                let members = texts.iter().map(|text| (Value::Text(Cow::Owned(text.clone())), None)).collect();
                Value::List(Arc::new(ListValue { members, open: None }))
            }
        }
    }
}
