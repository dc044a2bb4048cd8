//! Calls: which macro, function or refusal a name stands for.

use std::ops::Range;

use crate::base::text::nearest;

use super::super::ast::{Ast, Field, Kind as Written};
use super::super::mistake;
use super::super::refused::Feature;
use super::super::tree::{Kind, Node, Quantifier};
use super::super::types::Type;
use super::Checker;
use super::functions;

/// The macros that are written after a list or a map.
const MACROS: &[&str] = &["all", "exists", "exists_one", "filter", "map"];

impl Checker<'_> {
    pub(super) fn call(&mut self, target: Option<&Ast>, name: &Field, args: &[Ast], span: &Range<usize>) -> Node {
        let Some(target) = target else {
            return match name.name.as_str() {
                "has" => self.has(args, span),
                "bytes" => self.refused_call(Feature::Bytes, args, span),
                "uint" => self.refused_call(Feature::Uint, args, span),
                "dyn" => self.refused_call(Feature::Dyn, args, span),
                "type" => self.refused_call(Feature::Type, args, span),
                _ => self.function_call(None, name, args, span),
            };
        };
        if let Written::Name(library) = &target.kind
            && library == "optional"
        {
            return self.refused_call(Feature::Optional, args, span);
        }
        match name.name.as_str() {
            "all" => self.quantifier(Quantifier::All, target, args, span),
            "exists" => self.quantifier(Quantifier::Exists, target, args, span),
            "exists_one" => self.quantifier(Quantifier::ExistsOne, target, args, span),
            "filter" => self.filter(target, args, span),
            "map" => self.transform(target, args, span),
            "orValue" | "hasValue" | "optMap" | "optFlatMap" | "or" => self.refused_call(Feature::Optional, args, span),
            _ => self.function_call(Some(target), name, args, span),
        }
    }

    /// A refused function; its arguments are still looked at, so that all mistakes are named at once.
    fn refused_call(&mut self, feature: Feature, args: &[Ast], span: &Range<usize>) -> Node {
        let wrong = self.refuse(feature, span);
        for arg in args {
            self.node(arg);
        }
        wrong
    }

    fn function_call(&mut self, target: Option<&Ast>, name: &Field, args: &[Ast], span: &Range<usize>) -> Node {
        let text = name.name.as_str();
        let member = target.is_some();
        let Some(forms) = functions::forms(text) else {
            // What is wrong before the dot is worth saying; the arguments may be those of a macro.
            target.map(|target| self.node(target));
            return self.unknown_function(name, member, span);
        };
        let nodes: Vec<Node> = target.into_iter().chain(args).map(|arg| self.node(arg)).collect();
        if !forms.iter().any(|form| form.member == member) {
            let help = if member { format!("write `{text}(…)`") } else { format!("write `value.{text}(…)`") };
            let message = format!("`{text}` is not called this way");
            return self.wrong(mistake("wrong-arguments", message, name.span.clone(), "not this way").help(help), span);
        }
        if nodes.iter().any(|node| node.ty == Type::Any && matches!(node.kind, Kind::Wrong)) {
            return Self::make(Kind::Wrong, Type::Any, span);
        }
        let chosen = forms.iter().find(|form| {
            form.member == member
                && form.args.len() == nodes.len()
                && form.args.iter().zip(&nodes).all(|(takes, node)| takes.accepts(&node.ty))
        });
        let Some(form) = chosen else {
            let found: Vec<String> = nodes.iter().map(|node| node.ty.name()).collect();
            let message = format!("`{text}` cannot be asked of ({})", found.join(", "));
            let takes: Vec<String> =
                forms.iter().filter(|form| form.member == member).map(|form| form.text(text)).collect();
            let wrong = mistake("wrong-arguments", message, span.clone(), "arguments do not fit");
            let list = nodes.first().is_some_and(|node| matches!(node.ty, Type::List(_)));
            let help = match text {
                "contains" if list => "for a member of a list, write `member in list`".to_owned(),
                _ => format!("it is {}", takes.join(" or ")),
            };
            return self.wrong(wrong.help(help), span);
        };
        if text == "age" && !self.env.as_of {
            let wrong =
                mistake("unknown-name", "`age` needs `as_of`, which is not given", span.clone(), "no date is given");
            return self.wrong(wrong, span);
        }
        self.finish(form, nodes, span)
    }

    fn unknown_function(&mut self, name: &Field, member: bool, span: &Range<usize>) -> Node {
        let names = functions::NAMES.iter().copied().chain(if member { MACROS } else { &["has"] }.iter().copied());
        let wrong = mistake(
            "unknown-function",
            format!("there is no function `{}`", name.name),
            name.span.clone(),
            "not known",
        );
        let meant = match name.name.as_str() {
            "len" | "length" | "count" => Some("size"),
            "any" | "some" => Some("exists"),
            "every" => Some("all"),
            "now" | "today" => Some("as_of"),
            "like" => Some("glob"),
            other => nearest(other, names),
        };
        let wrong = match meant {
            Some(near) => wrong.help(format!("did you mean `{near}`?")),
            None => wrong,
        };
        self.wrong(wrong, span)
    }
}
