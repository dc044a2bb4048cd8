//! Comparisons, membership and arithmetic.

use std::ops::Range;

use crate::base::text::nearest;
use crate::model::schema::EnumDef;

use super::super::ast::{Ast, Binary, Kind as Written};
use super::super::mistake;
use super::super::tree::{Compare, Function, Kind, Math, Node};
use super::super::types::Type;
use super::super::value::Value;
use super::Checker;

impl Checker<'_> {
    pub(super) fn minus(&mut self, count: u32, operand: &Ast, span: &Range<usize>) -> Node {
        let inner = self.node(operand);
        if !matches!(inner.ty, Type::Int | Type::Double | Type::Any) {
            let found = inner.ty.with_article();
            let message = format!("`-` needs a number, found {found}");
            return self.wrong(mistake("wrong-type", message, operand.span.clone(), format!("this is {found}")), span);
        }
        if count.is_multiple_of(2) {
            return inner;
        }
        let ty = inner.ty.clone();
        Self::make(Kind::Minus(Box::new(inner)), ty, span)
    }

    pub(super) fn binary(&mut self, operator: Binary, left: &Ast, right: &Ast, span: &Range<usize>) -> Node {
        let l = self.node(left);
        let r = self.node(right);
        let compare = match operator {
            Binary::Equal => Compare::Equal,
            Binary::Unequal => Compare::Unequal,
            Binary::Less => Compare::Less,
            Binary::LessEqual => Compare::LessEqual,
            Binary::Greater => Compare::Greater,
            Binary::GreaterEqual => Compare::GreaterEqual,
            _ => return self.math(operator, (l, left), (r, right), span),
        };
        let equality = matches!(compare, Compare::Equal | Compare::Unequal);
        let (l, r) = if equality { self.same_names((l, left), (r, right)) } else { (l, r) };
        let ordered = equality || (l.ty.ordered() && r.ty.ordered());
        if !l.ty.comparable(&r.ty) || !ordered {
            return self.not_comparable(operator, &l, (&r, right), span);
        }
        if counts(&l) {
            if let Some(sized) = sized(l) {
                return Self::make(Kind::CompareSize(compare, Box::new(sized), Box::new(r)), Type::Bool, span);
            }
            return Self::make(Kind::Wrong, Type::Any, span);
        }
        if counts(&r) {
            if let Some(sized) = sized(r) {
                let compare = compare.turned();
                return Self::make(Kind::CompareSize(compare, Box::new(sized), Box::new(l)), Type::Bool, span);
            }
            return Self::make(Kind::Wrong, Type::Any, span);
        }
        Self::make(Kind::Compare(compare, Box::new(l), Box::new(r)), Type::Bool, span)
    }

    fn not_comparable(&mut self, operator: Binary, l: &Node, right: (&Node, &Ast), span: &Range<usize>) -> Node {
        let (r, right) = right;
        let sign = operator.sign();
        if let (Type::Enum(def), Type::Enum(other)) = (&l.ty, &r.ty)
            && def == other
        {
            let message = format!("`{sign}` has no meaning for {}: its values have no order", def.name);
            let wrong = mistake("no-order", message, span.clone(), "only equal, unequal or in");
            return self.wrong(wrong.help("write the values that are meant: `in ['…', '…']`"), span);
        }
        if matches!((&l.ty, &r.ty), (Type::Enum(_), Type::String) | (Type::String, Type::Enum(_))) {
            let message = format!("`{sign}` has no meaning for a closed set of names: its values have no order");
            let wrong = mistake("no-order", message, span.clone(), "only equal, unequal or in");
            return self.wrong(wrong.help("write the values that are meant: `in ['…', '…']`"), span);
        }
        let (left, found) = (l.ty.with_article(), r.ty.with_article());
        if l.ty.comparable(&r.ty) {
            let message = format!("{left} has no order, so `{sign}` has no meaning");
            return self.wrong(mistake("no-order", message, span.clone(), "only equal or unequal"), span);
        }
        let outcome = match operator {
            Binary::Equal => "can never be equal",
            Binary::Unequal => "are always unequal",
            _ => "cannot be compared",
        };
        let message = format!("{left} and {found} {outcome}");
        let mut wrong = mistake("never-true", message, right.span.clone(), format!("this is {found}"));
        if matches!((&l.ty, &r.ty), (Type::Timestamp, Type::Duration) | (Type::Duration, Type::Timestamp)) {
            wrong = wrong.help("`age(t)` is the duration since `t`");
        } else if matches!((&l.ty, &r.ty), (Type::Timestamp, Type::String) | (Type::String, Type::Timestamp)) {
            wrong = wrong.help("write the instant as `timestamp('2026-11-01T00:00:00Z')`");
        } else if let (Type::Duration, Type::Int | Type::Double) | (Type::Int | Type::Double, Type::Duration) =
            (&l.ty, &r.ty)
        {
            let number = if l.ty == Type::Duration { &r.kind } else { &l.kind };
            wrong = wrong.help(length_of_days(number));
        } else if matches!((&l.ty, &r.ty), (Type::Duration, Type::String) | (Type::String, Type::Duration)) {
            wrong = wrong.help("write the duration as `duration('36h')`, or as a parameter such as `90d`");
        } else if matches!((&l.ty, &r.ty), (Type::Bool, Type::String) | (Type::String, Type::Bool)) {
            wrong = wrong.help("a bool is asked as it is, and with `!` before it for the opposite; its values are `true` and `false`, without quotes");
        } else if matches!(
            (&l.ty, &r.ty),
            (Type::Int | Type::Double, Type::String) | (Type::String, Type::Int | Type::Double)
        ) {
            wrong = wrong.help("write a number without quotes");
        } else if matches!((&l.ty, &r.ty), (Type::Subject(_), _) | (_, Type::Subject(_))) {
            wrong = wrong.help("compare one of its facts, such as its `id` or `name`");
        } else if matches!((&l.ty, &r.ty), (Type::List(_), _) | (_, Type::List(_))) {
            wrong = wrong.help("to look for a member write `'…' in list`, for the number of members `size(list)`");
        }
        self.wrong(wrong, span)
    }

    /// Where a closed set meets text: a literal becomes a value of the set, other text meets the value's name.
    fn same_names(&mut self, left: (Node, &Ast), right: (Node, &Ast)) -> (Node, Node) {
        match (&left.0.ty, &right.0.ty) {
            (Type::Enum(def), Type::String) => {
                let def = *def;
                match self.code_of(def, &right.0, &right.1.span) {
                    Some(code) => (left.0, code),
                    None => (named(def, left.0), right.0),
                }
            }
            (Type::String, Type::Enum(def)) => {
                let def = *def;
                match self.code_of(def, &left.0, &left.1.span) {
                    Some(code) => (code, right.0),
                    None => (left.0, named(def, right.0)),
                }
            }
            _ => (left.0, right.0),
        }
    }

    /// The value of `def` that a literal text names; says so if it names none. `None` if it is no literal.
    fn code_of(&mut self, def: &'static EnumDef, node: &Node, span: &Range<usize>) -> Option<Node> {
        let Kind::Known(Value::Text(text)) = &node.kind else { return None };
        Some(match def.code(text) {
            Some(code) => Self::known(Value::Code(code), Type::Enum(def), span),
            None => {
                self.no_such_name(def, text, span);
                Self::make(Kind::Wrong, Type::Any, span)
            }
        })
    }

    fn no_such_name(&mut self, def: &'static EnumDef, text: &str, span: &Range<usize>) {
        let all = def.names.join(", ");
        let help = match nearest(text, def.names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`? the names are {all}"),
            None => format!("the names are {all}"),
        };
        let message = format!("`{text}` is not a name of {}, so this can never be true", def.name);
        self.mistakes.push(mistake("never-true", message, span.clone(), "not in the closed set").help(help));
    }

    pub(super) fn membership(&mut self, left: &Ast, right: &Ast, span: &Range<usize>) -> Node {
        let l = self.node(left);
        let r = self.node(right);
        match (l.ty.clone(), r.ty.clone()) {
            (Type::Any, _) | (_, Type::Any) => Self::make(Kind::Wrong, Type::Any, span),
            (_, Type::Map(key, _)) if l.ty.comparable(&key) => {
                Self::make(Kind::HasKey(Box::new(r), Box::new(l)), Type::Bool, span)
            }
            (Type::Enum(def), Type::List(member)) if *member == Type::String => {
                let Kind::Known(Value::List(list)) = &r.kind else {
                    return Self::make(Kind::In(Box::new(named(def, l)), Box::new(r)), Type::Bool, span);
                };
                let mut codes = 0_u64;
                for (at, (value, _)) in list.members.iter().enumerate() {
                    let Value::Text(text) = value else { continue };
                    match def.code(text).and_then(|code| 1_u64.checked_shl(u32::from(code))) {
                        Some(bit) => codes |= bit,
                        None => {
                            let part = if let Written::List(parts) = &right.kind { parts.get(at) } else { None };
                            self.no_such_name(def, text, &part.unwrap_or(right).span);
                        }
                    }
                }
                Self::make(Kind::InCodes(Box::new(l), codes), Type::Bool, span)
            }
            (Type::String, Type::List(member)) if matches!(*member, Type::Enum(_)) => {
                let Type::Enum(def) = *member else { return Self::make(Kind::Wrong, Type::Any, span) };
                let (l, r) = match self.code_of(def, &l, &left.span) {
                    Some(code) => (code, r),
                    None => (l, Self::make(Kind::Names(def, Box::new(r)), Type::list(Type::String), &right.span)),
                };
                Self::make(Kind::In(Box::new(l), Box::new(r)), Type::Bool, span)
            }
            (_, Type::List(member)) if l.ty.comparable(&member) => {
                Self::make(Kind::In(Box::new(l), Box::new(r)), Type::Bool, span)
            }
            (found, Type::List(member) | Type::Map(member, _)) => {
                let message = format!("{} can never be among members of type {}", found.with_article(), member.name());
                let label = format!("this is {}", found.with_article());
                self.wrong(mistake("never-true", message, left.span.clone(), label), span)
            }
            (_, other) => {
                let message = format!("`in` needs a list or a map, found {}", other.with_article());
                let label = format!("this is {}", other.with_article());
                let mut wrong = mistake("wrong-type", message, right.span.clone(), label);
                if other == Type::String {
                    wrong = wrong.help("for a part of a text, write `text.contains(part)`");
                }
                self.wrong(wrong, span)
            }
        }
    }

    fn math(&mut self, operator: Binary, left: (Node, &Ast), right: (Node, &Ast), span: &Range<usize>) -> Node {
        use Type::{Any, Double, Duration, Int, List, String, Timestamp};
        let (math, plus, minus) = match operator {
            Binary::Plus => (Math::Plus, true, false),
            Binary::Minus => (Math::Minus, false, true),
            Binary::Times => (Math::Times, false, false),
            Binary::Divide => (Math::Divide, false, false),
            _ => (Math::Modulo, false, false),
        };
        let (l, r) = (left.0, right.0);
        let ty = match (&l.ty, &r.ty) {
            (Any, _) | (_, Any) => Some(Any),
            (Int, Int) => Some(Int),
            (Double, Double) if math != Math::Modulo => Some(Double),
            (String, String) if plus => Some(String),
            (List(_), List(_)) if plus => l.ty.join(&r.ty),
            (Timestamp, Duration) if plus || minus => Some(Timestamp),
            (Duration, Timestamp) if plus => Some(Timestamp),
            (Duration, Duration) if plus || minus => Some(Duration),
            (Timestamp, Timestamp) if minus => Some(Duration),
            _ => None,
        };
        if let Some(ty) = ty {
            return Self::make(Kind::Math(math, Box::new(l), Box::new(r)), ty, span);
        }
        let sign = operator.sign();
        let message = format!("`{sign}` has no meaning for {} and {}", l.ty.with_article(), r.ty.with_article());
        let label = format!("{} {sign} {}", l.ty.name(), r.ty.name());
        let mut wrong = mistake("wrong-type", message, span.clone(), label);
        if matches!((&l.ty, &r.ty), (Int, Double) | (Double, Int)) {
            wrong = wrong.help("make both the same with `double(…)` or `int(…)`");
        } else if matches!((&l.ty, &r.ty), (List(_), List(_))) && plus {
            wrong = wrong.help("the members of both lists must have one type");
        }
        self.wrong(wrong, span)
    }
}

/// How a length of time is written, for a number that was written instead, which may be meant as days.
fn length_of_days(number: &Kind) -> String {
    let days = match number {
        Kind::Known(Value::Int(days)) if (1..=100_000).contains(days) => *days,
        _ => 90,
    };
    format!(
        "a length of time has a unit: for {days} days write `duration('{}h')`, or a parameter whose default is `{days}d`",
        days * 24
    )
}

/// An enumeration's name.
fn named(def: &'static EnumDef, node: Node) -> Node {
    let (start, end) = (node.start, node.end);
    Node { kind: Kind::Name(def, Box::new(node)), ty: Type::String, start, end }
}

/// True for `size(list)` and `size(map)`, whose comparisons are decided on an interval.
fn counts(node: &Node) -> bool {
    match &node.kind {
        Kind::Call(Function::Size, args) => {
            args.first().is_some_and(|arg| matches!(arg.ty, Type::List(_) | Type::Map(..)))
        }
        _ => false,
    }
}

/// What `size` is asked of.
fn sized(node: Node) -> Option<Node> {
    match node.kind {
        Kind::Call(Function::Size, args) => args.into_iter().next(),
        _ => None,
    }
}
