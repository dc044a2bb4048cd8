//! The expressions of a control, compiled: what a check asks about one subject, and when a rule fires.

use std::collections::BTreeMap;

use super::file::Written;
use super::value::{ParamType, ParamValue};
use crate::base::diagnostic::Diagnostic;
use crate::base::time::Instant;
use crate::expr::{Context, Env, Expr, Outcome as Answer, Param, Type, unused_params};
use crate::model::Subject;
use crate::model::slots::{Row, Slots, Why};

/// The facts that classification decides, and which its own rules may not read.
const CLASSIFIED: [&str; 4] = ["is_ai", "human", "ai_reasons", "ai_confidence"];

/// An expression as it was written, and compiled.
#[derive(Debug, Clone)]
pub struct Asked {
    /// As it was written, with its place.
    pub written: Written,
    /// Compiled.
    pub expr: Expr,
}

/// What a check asks about each subject.
#[derive(Debug, Clone)]
pub struct Question {
    /// Which subjects it is put to; `None` for all.
    pub applies: Option<Asked>,
    /// True where a subject passes.
    pub passes: Asked,
    env: Env,
}

/// What comes out for one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged {
    /// It applies and passes.
    Pass,
    /// It applies and fails.
    Fail,
    /// Whether it applies, or whether it passes, is unknown.
    Unknown(Why),
    /// It does not apply.
    NotApplicable,
}

impl Question {
    /// Compiles the expressions of a check. Placed diagnostics come back for all that is wrong with them.
    ///
    /// `unused` are told under their own names: the parameters with the bytes where they stand.
    ///
    /// # Errors
    /// All mistakes of both expressions, at their places in the file.
    pub fn compile(
        subject: Subject,
        applies: Option<&Written>,
        passes: &Written,
        params: &BTreeMap<String, ParamType>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let env = Env::of(subject).with_params(params.iter().map(|(name, ty)| (name.as_str(), expr_type(*ty))));
        let mut wrong = Vec::new();
        let mut compile = |written: &Written, env: &Env| match Expr::compile(&written.text, env) {
            Ok(expr) => Some(Asked { written: written.clone(), expr }),
            Err(all) => {
                wrong.extend(all.into_iter().map(|diagnostic| written.place(diagnostic)));
                None
            }
        };
        let condition = applies.map(|written| compile(written, &env));
        let guarded = match &condition {
            Some(Some(asked)) => env.clone().assuming(&asked.expr),
            _ => env.clone(),
        };
        let passes = compile(passes, &guarded);
        match (condition, passes) {
            (Some(Some(applies)), Some(passes)) => Ok(Self { applies: Some(applies), passes, env }),
            (None, Some(passes)) => Ok(Self { applies: None, passes, env }),
            _ => Err(wrong),
        }
    }

    /// The parameters that no expression uses, by name.
    #[must_use]
    pub fn unused_params(&self) -> Vec<String> {
        let applies = self.applies.iter().map(|asked| &asked.expr);
        let all: Vec<&Expr> = applies.chain(std::iter::once(&self.passes.expr)).collect();
        unused_params(&self.env, &all)
    }

    /// The values for a run.
    ///
    /// # Errors
    /// A diagnostic for each parameter without a value or with one of another type.
    pub fn context(&self, as_of: Instant, params: &BTreeMap<String, ParamValue>) -> Result<Context, Vec<Diagnostic>> {
        let params = params.iter().map(|(name, value)| (name.clone(), expr_param(value))).collect();
        self.env.context(as_of, &params)
    }

    /// What comes out for one subject. `context` must come from [`Question::context`].
    pub fn judge<S: Slots>(&self, slots: &S, row: Row, context: &Context) -> Judged {
        if let Some(applies) = &self.applies {
            match applies.expr.evaluate(slots, row, context) {
                Answer::Known(true) => {}
                Answer::Known(false) => return Judged::NotApplicable,
                Answer::Unknown(why) => return Judged::Unknown(why),
                Answer::Failed(_) => return Judged::Unknown(Why::Error),
            }
        }
        match self.passes.expr.evaluate(slots, row, context) {
            Answer::Known(true) => Judged::Pass,
            Answer::Known(false) => Judged::Fail,
            Answer::Unknown(why) => Judged::Unknown(why),
            Answer::Failed(_) => Judged::Unknown(Why::Error),
        }
    }
}

/// Compiles the condition of a classification rule, which may not read what classification decides.
///
/// # Errors
/// All mistakes, at their places in the file.
pub fn compile_rule(written: &Written) -> Result<Asked, Vec<Diagnostic>> {
    let mut wrong = Vec::new();
    for name in CLASSIFIED {
        if let Some(at) = reads(&written.text, name) {
            let circular = Diagnostic::error("circular-rule", format!("a classification rule cannot read `{name}`"))
                .help("rules decide it: ask for the facts that it rests on");
            wrong.push(written.place(circular.at("", at..at + name.len(), "decided by the rules")));
        }
    }
    match Expr::compile(&written.text, &Env::of(Subject::Identity)) {
        Ok(expr) if wrong.is_empty() => Ok(Asked { written: written.clone(), expr }),
        Ok(_) => Err(wrong),
        Err(all) => {
            wrong.extend(all.into_iter().map(|diagnostic| written.place(diagnostic)));
            Err(wrong)
        }
    }
}

/// Where an expression selects a field of that name.
fn reads(text: &str, name: &str) -> Option<usize> {
    let field = format!(".{name}");
    text.match_indices(&field).map(|(at, _)| at + 1).find(|at| {
        let after = text.get(at + name.len()..).and_then(|rest| rest.bytes().next());
        after.is_none_or(|b| !b.is_ascii_alphanumeric() && b != b'_')
    })
}

fn expr_type(ty: ParamType) -> Type {
    match ty {
        ParamType::Bool => Type::Bool,
        ParamType::Int => Type::Int,
        ParamType::Str => Type::String,
        ParamType::Duration => Type::Duration,
        ParamType::List => Type::list(Type::String),
    }
}

fn expr_param(value: &ParamValue) -> Param {
    match value {
        ParamValue::Bool(value) => Param::Bool(*value),
        ParamValue::Int(value) => Param::Int(*value),
        ParamValue::Str(text) => Param::Text(text.clone()),
        ParamValue::Duration(seconds) => Param::Duration(*seconds),
        ParamValue::List(texts) => Param::Texts(texts.clone()),
    }
}
