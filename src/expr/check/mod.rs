//! Names and types: an [`Ast`] into the tree that is run, or all the mistakes in it.

mod calls;
mod functions;
mod macros;
mod names;
mod operators;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use crate::base::diagnostic::Diagnostic;

use super::ast::{Ast, Binary, Kind as Written};
use super::env::Env;
use super::guards::{Path, held};
use super::mistake;
use super::refused::{self, Feature};
use super::tree::{Kind, Node};
use super::types::Type;
use super::value::{ListValue, Value};

/// Resolves `ast`; mistakes are added to `mistakes`, and the tree is only good if there were none.
pub(super) fn check(text: &str, ast: &Ast, env: &Env, mistakes: &mut Vec<Diagnostic>) -> Node {
    let mut checker = Checker { text, env, mistakes, guards: env.guards.clone(), bound: Vec::new(), ids: 0 };
    checker.node(ast)
}

/// A variable of a macro.
struct Bound {
    name: String,
    ty: Type,
    id: u32,
}

struct Checker<'c> {
    text: &'c str,
    env: &'c Env,
    mistakes: &'c mut Vec<Diagnostic>,
    guards: Vec<Path>,
    bound: Vec<Bound>,
    ids: u32,
}

impl Checker<'_> {
    fn make(kind: Kind, ty: Type, span: &Range<usize>) -> Node {
        let at = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Node { kind, ty, start: at(span.start), end: at(span.end) }
    }

    fn known(value: Value<'static>, ty: Type, span: &Range<usize>) -> Node {
        Self::make(Kind::Known(value), ty, span)
    }

    fn wrong(&mut self, mistake: Diagnostic, span: &Range<usize>) -> Node {
        self.mistakes.push(mistake);
        Self::make(Kind::Wrong, Type::Any, span)
    }

    fn refuse(&mut self, feature: Feature, span: &Range<usize>) -> Node {
        self.wrong(refused::refusal(feature, span.clone()), span)
    }

    fn node(&mut self, ast: &Ast) -> Node {
        let span = &ast.span;
        match &ast.kind {
            Written::Bool(value) => Self::known(Value::Bool(*value), Type::Bool, span),
            Written::Int(value) => Self::known(Value::Int(*value), Type::Int, span),
            Written::Double(value) => Self::known(Value::Double(*value), Type::Double, span),
            Written::Text(text) => Self::known(Value::Text(Cow::Owned(text.clone())), Type::String, span),
            Written::Name(name) => self.name(name, span),
            Written::Outer(name) => self.outer_name(name, span),
            Written::Select(operand, field) => self.select(operand, field, span),
            Written::Index(operand, index) => self.index(operand, index, span),
            Written::Call(target, name, args) => self.call(target.as_deref(), name, args, span),
            Written::List(parts) => self.list(parts, span),
            Written::Map(entries) => self.map(entries, span),
            Written::Not(count, operand) => {
                let inner = self.truth(operand);
                if count % 2 == 0 { inner } else { Self::make(Kind::Not(Box::new(inner)), Type::Bool, span) }
            }
            Written::Minus(count, operand) => self.minus(*count, operand, span),
            Written::Binary(Binary::In, left, right) => self.membership(left, right, span),
            Written::Binary(operator, left, right) => self.binary(*operator, left, right, span),
            Written::And(parts) => Self::make(Kind::And(self.chain(parts, true)), Type::Bool, span),
            Written::Or(parts) => Self::make(Kind::Or(self.chain(parts, false)), Type::Bool, span),
            Written::Choice(parts) => self.choice(parts, span),
            Written::Refused => Self::make(Kind::Wrong, Type::Any, span),
        }
    }

    /// What was written at `span`.
    fn written(&self, span: &Range<usize>) -> &str {
        self.text.get(span.clone()).unwrap_or("")
    }

    /// A part that must be true or false.
    fn truth(&mut self, ast: &Ast) -> Node {
        let node = self.node(ast);
        self.need(&node, &Type::Bool, ast);
        node
    }

    /// Says so if `node` is not of type `ty`.
    fn need(&mut self, node: &Node, ty: &Type, ast: &Ast) {
        if node.ty != *ty && node.ty != Type::Any {
            let found = node.ty.with_article();
            let message = format!("expected {}, found {found}", ty.with_article());
            let mut wrong = mistake("wrong-type", message, ast.span.clone(), format!("this is {found}"));
            if let (Type::Bool, Some(help)) = (ty, self.asked(node, ast)) {
                wrong = wrong.help(help);
            }
            self.mistakes.push(wrong);
        }
    }

    /// How something that is neither true nor false is asked about, if there is a common way.
    fn asked(&self, node: &Node, ast: &Ast) -> Option<String> {
        // What is longer than a name would not be read twice.
        let text = self.written(&ast.span);
        let text = if text.len() <= 80 && !text.contains(['`', '\n']) { text } else { "x" };
        Some(match &node.ty {
            Type::List(_) | Type::Map(..) => format!("write what is asked of it, such as `size({text}) > 0`"),
            Type::String => {
                format!("write what is asked of it, such as `{text} == '…'`; whether there is one, `has(…)` asks alone")
            }
            Type::Enum(def) => {
                let first = def.names.first().copied().unwrap_or("…");
                format!(
                    "write what is asked of it, such as `{text} == '{first}'`; whether there is one, `has(…)` asks alone"
                )
            }
            Type::Int => format!("write what is asked of it, such as `{text} > 0`"),
            Type::Timestamp => {
                format!(
                    "write what is asked of it, such as `age({text}) <= duration('2160h')`; whether there is one, `has(…)` asks alone"
                )
            }
            Type::Subject(_) => {
                "whether there is one, `has(…)` asks alone; of what it is, ask one of its facts".to_owned()
            }
            _ => return None,
        })
    }

    /// Runs `part` where the facts in `more` are known to have a value.
    fn guarded<T>(&mut self, more: Vec<Path>, part: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.guards.len();
        self.guards.extend(more);
        let done = part(self);
        self.guards.truncate(before);
        done
    }

    /// The sides of `&&` (or, with `outcome` false, of `||`): each is only asked where those before were `outcome`.
    fn chain(&mut self, parts: &[Ast], outcome: bool) -> Vec<Node> {
        let before = self.guards.len();
        let mut out = Vec::with_capacity(parts.len());
        for part in parts {
            let node = self.truth(part);
            self.guards.extend(held(&node, outcome));
            out.push(node);
        }
        self.guards.truncate(before);
        out
    }

    fn choice(&mut self, parts: &[Ast; 3], span: &Range<usize>) -> Node {
        let [condition, yes, no] = parts;
        let condition = self.truth(condition);
        let left = self.guarded(held(&condition, true), |this| this.node(yes));
        let right = self.guarded(held(&condition, false), |this| this.node(no));
        match left.ty.join(&right.ty) {
            Some(ty) => Self::make(Kind::Choice(Box::new([condition, left, right])), ty, span),
            None => {
                let message =
                    format!("the branches of `?:` differ: {} and {}", left.ty.with_article(), right.ty.with_article());
                let label = format!("this is {}", right.ty.with_article());
                self.wrong(mistake("branches-differ", message, no.span.clone(), label), span)
            }
        }
    }

    fn list(&mut self, parts: &[Ast], span: &Range<usize>) -> Node {
        let nodes: Vec<Node> = parts.iter().map(|part| self.node(part)).collect();
        let Some(member) = self.common(nodes.iter().zip(parts)) else {
            return Self::make(Kind::Wrong, Type::Any, span);
        };
        let ty = Type::list(member);
        let mut members = Vec::with_capacity(nodes.len());
        for node in &nodes {
            match &node.kind {
                Kind::Known(value) => members.push((value.clone(), None)),
                _ => return Self::make(Kind::List(nodes), ty, span),
            }
        }
        Self::known(Value::List(Arc::new(ListValue { members, open: None })), ty, span)
    }

    fn map(&mut self, entries: &[(Ast, Ast)], span: &Range<usize>) -> Node {
        let nodes: Vec<(Node, Node)> = entries.iter().map(|(key, value)| (self.node(key), self.node(value))).collect();
        for ((key, _), (written, _)) in nodes.iter().zip(entries) {
            if !matches!(key.ty, Type::String | Type::Int | Type::Bool | Type::Any) {
                let found = key.ty.with_article();
                let message = format!("{found} cannot be the key of a map");
                let wrong = mistake("wrong-type", message, written.span.clone(), format!("this is {found}"));
                self.mistakes.push(wrong.help("keys are strings, integers or bools"));
            }
        }
        let keys = self.common(nodes.iter().zip(entries).map(|((key, _), (ast, _))| (key, ast)));
        let values = self.common(nodes.iter().zip(entries).map(|((_, value), (_, ast))| (value, ast)));
        match (keys, values) {
            (Some(key), Some(value)) => Self::make(Kind::Map(nodes), Type::Map(Box::new(key), Box::new(value)), span),
            _ => Self::make(Kind::Wrong, Type::Any, span),
        }
    }

    /// The one type of all of them; where they differ, that is said.
    fn common<'n>(&mut self, parts: impl Iterator<Item = (&'n Node, &'n Ast)>) -> Option<Type> {
        let mut common = Type::Any;
        for (node, ast) in parts {
            match common.join(&node.ty) {
                Some(ty) => common = ty,
                None => {
                    self.refuse(Feature::Mixed, &ast.span);
                    return None;
                }
            }
        }
        Some(common)
    }
}
