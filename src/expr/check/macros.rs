//! Macros: a name for each member of a list, and what is asked of it.

use std::ops::Range;

use super::super::ast::{Ast, Kind as Written};
use super::super::guards::held;
use super::super::mistake;
use super::super::tree::{Kind, Node, Quantifier};
use super::super::types::Type;
use super::{Bound, Checker};

/// How deep macros may lie within one another: each level multiplies the work.
const DEEPEST: usize = 8;

impl Checker<'_> {
    /// The list that a macro walks, and the type of its members.
    fn range(&mut self, target: &Ast) -> (Node, Type) {
        let range = self.node(target);
        let member = match &range.ty {
            Type::List(member) => (**member).clone(),
            Type::Map(key, _) => (**key).clone(),
            Type::Any => Type::Any,
            other => {
                let message = format!("a macro walks a list or a map, found {}", other.with_article());
                let label = format!("this is {}", other.with_article());
                self.mistakes.push(mistake("wrong-type", message, target.span.clone(), label));
                Type::Any
            }
        };
        (range, member)
    }

    /// Runs `body` with a name for a member.
    fn bind<T>(&mut self, name: &str, ty: Type, body: impl FnOnce(&mut Self) -> T) -> T {
        self.ids += 1;
        self.bound.push(Bound { name: name.to_owned(), ty, id: self.ids });
        let done = body(self);
        self.bound.pop();
        done
    }

    /// The name and the other arguments of a macro, or what is wrong with them.
    fn arguments<'a>(
        &mut self,
        name: &str,
        counts: &[usize],
        args: &'a [Ast],
        span: &Range<usize>,
    ) -> Option<(&'a str, &'a [Ast])> {
        let wrong = match args.split_first() {
            Some((Ast { kind: Written::Name(variable), .. }, rest)) if counts.contains(&rest.len()) => {
                if self.bound.len() < DEEPEST {
                    return Some((variable.as_str(), rest));
                }
                mistake("too-deep", format!("more than {DEEPEST} macros within one another"), span.clone(), "too deep")
            }
            Some((first, rest)) if counts.contains(&rest.len()) => mistake(
                "wrong-arguments",
                format!("`{name}` needs a plain name first"),
                first.span.clone(),
                "not a name",
            )
            .help(format!("write `list.{name}(x, …)`")),
            _ => mistake(
                "wrong-arguments",
                format!("`{name}` needs a name and what to ask"),
                span.clone(),
                "does not fit",
            )
            .help(format!("write `list.{name}(x, …)`")),
        };
        self.mistakes.push(wrong);
        None
    }

    pub(super) fn quantifier(&mut self, which: Quantifier, target: &Ast, args: &[Ast], span: &Range<usize>) -> Node {
        let name = match which {
            Quantifier::All => "all",
            Quantifier::Exists => "exists",
            Quantifier::ExistsOne => "exists_one",
        };
        let (range, member) = self.range(target);
        let Some((variable, [body])) = self.arguments(name, &[1], args, span) else {
            return Self::make(Kind::Wrong, Type::Any, span);
        };
        let body = self.bind(variable, member, |this| this.truth(body));
        Self::make(Kind::Quantifier(which, Box::new(range), Box::new(body)), Type::Bool, span)
    }

    pub(super) fn filter(&mut self, target: &Ast, args: &[Ast], span: &Range<usize>) -> Node {
        let (range, member) = self.range(target);
        let Some((variable, [body])) = self.arguments("filter", &[1], args, span) else {
            return Self::make(Kind::Wrong, Type::Any, span);
        };
        let body = self.bind(variable, member.clone(), |this| this.truth(body));
        Self::make(Kind::Filter(Box::new(range), Box::new(body)), Type::list(member), span)
    }

    pub(super) fn transform(&mut self, target: &Ast, args: &[Ast], span: &Range<usize>) -> Node {
        let (mut range, member) = self.range(target);
        let Some((variable, rest)) = self.arguments("map", &[1, 2], args, span) else {
            return Self::make(Kind::Wrong, Type::Any, span);
        };
        let mut known = Vec::new();
        let body = match rest {
            [test, body] => {
                let (test, body) = self.bind(variable, member.clone(), |this| {
                    let test = this.truth(test);
                    known.extend(held(&test, true));
                    let body = this.guarded(known, |this| this.node(body));
                    (test, body)
                });
                range = Self::make(Kind::Filter(Box::new(range), Box::new(test)), Type::list(member), span);
                body
            }
            [body] => self.bind(variable, member, |this| this.node(body)),
            _ => return Self::make(Kind::Wrong, Type::Any, span),
        };
        let ty = Type::list(body.ty.clone());
        Self::make(Kind::Transform(Box::new(range), Box::new(body)), ty, span)
    }
}
