//! Names, facts, keys and positions.

use std::borrow::Cow;
use std::ops::Range;

use crate::base::text::{nearest, shortened};
use crate::model::schema::{FactId, FactType, Subject};

use super::super::ast::{Ast, Field, Kind as Written};
use super::super::guards::path;
use super::super::mistake;
use super::super::refused::Feature;
use super::super::tree::{Kind, Node};
use super::super::types::Type;
use super::super::value::Value;
use super::Checker;

/// Names of types, which are no values here.
const TYPES: &[&str] = &["bool", "int", "uint", "double", "string", "bytes", "list", "map", "null_type", "type"];

/// The longest list of names that a help writes out.
const SHOWN: usize = 1200;

impl Checker<'_> {
    pub(super) fn name(&mut self, name: &str, span: &Range<usize>) -> Node {
        if let Some((at, bound)) = self.bound.iter().enumerate().rev().find(|(_, bound)| bound.name == name) {
            let up = u32::try_from(self.bound.len() - 1 - at).unwrap_or(u32::MAX);
            return Self::make(Kind::Bound { up, id: bound.id }, bound.ty.clone(), span);
        }
        self.outer_name(name, span)
    }

    /// A name that is not a macro's.
    pub(super) fn outer_name(&mut self, name: &str, span: &Range<usize>) -> Node {
        if let Some(subject) = self.env.subject.filter(|subject| subject.name() == name) {
            return Self::make(Kind::Subject, Type::Subject(subject), span);
        }
        if let Some(at) = self.env.vars.iter().position(|(known, _)| known == name) {
            let ty = self.env.vars.get(at).map_or(Type::Any, |(_, ty)| ty.clone());
            return Self::input(self.env.params.len() + at, ty, span);
        }
        if name == "as_of" && self.env.as_of {
            return Self::make(Kind::AsOf, Type::Timestamp, span);
        }
        if TYPES.contains(&name) {
            return self.refuse(Feature::Type, span);
        }
        if name == "dyn" {
            return self.refuse(Feature::Dyn, span);
        }
        self.unknown_name(name, span)
    }

    fn input(at: usize, ty: Type, span: &Range<usize>) -> Node {
        Self::make(Kind::Input(u32::try_from(at).unwrap_or(u32::MAX)), ty, span)
    }

    fn unknown_name(&mut self, name: &str, span: &Range<usize>) -> Node {
        let mut names: Vec<&str> = self.bound.iter().map(|bound| bound.name.as_str()).collect();
        names.extend(self.env.subject.map(Subject::name));
        names.extend(self.env.vars.iter().map(|(name, _)| name.as_str()));
        if self.env.as_of {
            names.push("as_of");
        }
        if self.env.subject.is_some() {
            names.push("params");
        }
        let help = match (nearest(name, names.iter().copied()), self.env.subject) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, Some(subject)) if subject.fact(name).is_some() => {
                format!("did you mean `{}.{name}`?", subject.name())
            }
            (None, _) if names.is_empty() => "no variable is given".to_owned(),
            (None, _) => format!("known here: {}", names.join(", ")),
        };
        let wrong = mistake("unknown-name", format!("nothing is named `{name}`"), span.clone(), "not known here");
        self.wrong(wrong.help(help), span)
    }

    pub(super) fn select(&mut self, operand: &Ast, field: &Field, span: &Range<usize>) -> Node {
        let bound = |name: &str| self.bound.iter().any(|bound| bound.name == name);
        let params = match &operand.kind {
            Written::Name(name) => name == "params" && !bound(name),
            Written::Outer(name) => name == "params",
            _ => false,
        };
        if params && !self.env.vars.iter().any(|(known, _)| known == "params") {
            return self.param(field, span);
        }
        // Names of messages begin with this package; a variable of that name is not worth the doubt.
        if package(operand) {
            return self.refuse(Feature::Message, span);
        }
        let inner = self.node(operand);
        match inner.ty.clone() {
            Type::Subject(subject) => self.fact(inner, subject, field, span),
            Type::Map(..) => {
                let key = Self::known(Value::Text(Cow::Owned(field.name.clone())), Type::String, &field.span);
                self.entry(inner, key, &field.span, span)
            }
            Type::Any => Self::make(Kind::Wrong, Type::Any, span),
            other => {
                let message = format!("{} has no parts, so no `{}`", other.with_article(), field.name);
                let label = format!("`{}` is not part of {}", field.name, other.with_article());
                self.wrong(mistake("no-fields", message, field.span.clone(), label), span)
            }
        }
    }

    fn param(&mut self, field: &Field, span: &Range<usize>) -> Node {
        if let Some(at) = self.env.params.iter().position(|(known, _)| *known == field.name) {
            let ty = self.env.params.get(at).map_or(Type::Any, |(_, ty)| ty.clone());
            return Self::input(at, ty, span);
        }
        let names: Vec<&str> = self.env.params.iter().map(|(name, _)| name.as_str()).collect();
        let help = match nearest(&field.name, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if names.is_empty() => format!("declare it: `[params.{}]`", field.name),
            None => format!("declared: {}", names.join(", ")),
        };
        let message = format!("there is no parameter `{}`", field.name);
        self.wrong(mistake("unknown-param", message, field.span.clone(), "not declared").help(help), span)
    }

    /// The fact of a subject by name, or a diagnostic with the nearest one.
    pub(super) fn fact_id(&mut self, subject: Subject, field: &Field) -> Option<FactId> {
        let found = subject.fact(&field.name);
        if found.is_none() {
            let names: Vec<&str> = subject.def().facts.iter().map(|fact| fact.name).collect();
            let all = names.join(", ");
            let all = shortened(&all, SHOWN);
            let help = match nearest(&field.name, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`? facts of {}: {all}", subject.name()),
                None => format!("facts of {}: {all}", subject.name()),
            };
            let message = format!("`{}` has no fact `{}`", subject.name(), field.name);
            self.mistakes.push(mistake("unknown-fact", message, field.span.clone(), "no such fact").help(help));
        }
        found
    }

    fn fact(&mut self, inner: Node, subject: Subject, field: &Field, span: &Range<usize>) -> Node {
        let Some(fact) = self.fact_id(subject, field) else { return Self::make(Kind::Wrong, Type::Any, span) };
        let def = fact.def();
        let ty = Type::of_fact(def.ty);
        let inner = Box::new(inner);
        let kind = match def.ty {
            FactType::Map => Kind::FactMap(inner, fact),
            _ if def.ty.is_list() => Kind::FactList(inner, fact),
            _ => Kind::Fact(inner, fact),
        };
        let node = Self::make(kind, ty, span);
        if let Some(absent) = def.absent {
            self.need_guard(&node, &format!("`{}` can be absent ({absent})", def.name), span);
        }
        node
    }

    /// Says so if `node` is read where nothing made sure that it is there.
    fn need_guard(&mut self, node: &Node, what: &str, span: &Range<usize>) {
        let found = path(node);
        if found.as_ref().is_some_and(|path| self.guards.contains(path)) {
            return;
        }
        let written = self.written(span);
        let help = match (&found, &node.kind) {
            (None, _) => "give it a name with a macro, and ask `has` of that name".to_owned(),
            (Some(_), Kind::Entry(map, key)) if written.ends_with(']') => {
                let part = |node: &Node| self.written(&(node.start as usize..node.end as usize)).to_owned();
                format!("ask first: `{} in {} && …`", part(key), part(map))
            }
            (Some(_), _) => format!("ask first: `has({written}) && …`, or `!has({written}) || …`"),
        };
        let message = format!("{what}, and is read without asking `has` first");
        self.mistakes.push(mistake("unguarded", message, span.clone(), "may be absent").help(help));
    }

    fn entry(&mut self, map: Node, key: Node, key_span: &Range<usize>, span: &Range<usize>) -> Node {
        let Type::Map(key_ty, value_ty) = map.ty.clone() else { return Self::make(Kind::Wrong, Type::Any, span) };
        if !key.ty.comparable(&key_ty) {
            let message = format!("the keys of this map are {}, not {}", key_ty.name(), key.ty.name());
            let label = format!("this is {}", key.ty.with_article());
            return self.wrong(mistake("wrong-type", message, key_span.clone(), label), span);
        }
        let of_fact = matches!(map.kind, Kind::FactMap(..));
        let node = Self::make(Kind::Entry(Box::new(map), Box::new(key)), *value_ty, span);
        if of_fact {
            self.need_guard(&node, "this key can be absent", span);
        }
        node
    }

    pub(super) fn index(&mut self, operand: &Ast, index: &Ast, span: &Range<usize>) -> Node {
        let inner = self.node(operand);
        let at = self.node(index);
        match inner.ty.clone() {
            Type::List(member) => {
                self.need(&at, &Type::Int, index);
                Self::make(Kind::Element(Box::new(inner), Box::new(at)), *member, span)
            }
            Type::Map(..) => self.entry(inner, at, &index.span, span),
            Type::Any => Self::make(Kind::Wrong, Type::Any, span),
            other => {
                let message = format!("{} has no positions and no keys", other.with_article());
                let label = format!("this is {}", other.with_article());
                self.wrong(mistake("wrong-type", message, operand.span.clone(), label), span)
            }
        }
    }

    /// `has(operand.field)`.
    pub(super) fn has(&mut self, args: &[Ast], span: &Range<usize>) -> Node {
        let [Ast { kind: Written::Select(operand, field), .. }] = args else {
            let wrong = mistake("wrong-arguments", "`has` asks for one fact or key", span.clone(), "not a fact");
            return self.wrong(
                wrong.help("write `has(subject.fact)` or `has(map.key)`; for other keys, `'key' in map`"),
                span,
            );
        };
        let inner = self.node(operand);
        match inner.ty.clone() {
            Type::Subject(subject) => {
                let Some(fact) = self.fact_id(subject, field) else {
                    return Self::make(Kind::Wrong, Type::Any, span);
                };
                let def = fact.def();
                if def.ty.is_list() || def.ty == FactType::Map {
                    let message = format!("`{}` is a list or map, which is never absent", def.name);
                    let wrong = mistake("has-of-list", message, field.span.clone(), "never absent");
                    let help = format!("ask for members: `size({}) > 0` or `exists`", fact.path());
                    return self.wrong(wrong.help(help), span);
                }
                if def.absent.is_none() {
                    let message = format!("`{}` is never absent", def.name);
                    let wrong = mistake("has-of-certain", message, field.span.clone(), "never absent");
                    let help = "drop the `has`: where nobody gave the fact, the answer is unknown by itself";
                    return self.wrong(wrong.help(help), span);
                }
                Self::make(Kind::HasFact(Box::new(inner), fact), Type::Bool, span)
            }
            Type::Map(key, _) => {
                if !key.comparable(&Type::String) {
                    let message = format!("the keys of this map are {}, not string", key.name());
                    return self.wrong(mistake("wrong-type", message, field.span.clone(), "this is a string"), span);
                }
                let key = Self::known(Value::Text(Cow::Owned(field.name.clone())), Type::String, &field.span);
                Self::make(Kind::HasKey(Box::new(inner), Box::new(key)), Type::Bool, span)
            }
            Type::Any => Self::make(Kind::Wrong, Type::Any, span),
            other => {
                let message = format!("{} has no parts that could be absent", other.with_article());
                let label = format!("`{}` is not part of {}", field.name, other.with_article());
                self.wrong(mistake("no-fields", message, field.span.clone(), label), span)
            }
        }
    }
}

/// True for names of the form `google.…`.
fn package(ast: &Ast) -> bool {
    match &ast.kind {
        Written::Name(name) | Written::Outer(name) => name == "google",
        Written::Select(inner, _) => package(inner),
        _ => false,
    }
}
