//! The functions, what they take and what they give.

use std::ops::Range;

use super::super::functions::pattern;
use super::super::mistake;
use super::super::moment::{Moment, Part, zone};
use super::super::tree::{Function, Kind, Node};
use super::super::types::Type;
use super::super::value::Value;
use super::Checker;

/// What a function takes in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    Bool,
    Int,
    Double,
    Text,
    Time,
    Span,
    Name,
    List,
    Map,
}

impl Takes {
    pub(super) fn accepts(self, ty: &Type) -> bool {
        // The member of an empty list has every type, since there is none.
        *ty == Type::Any
            || match self {
                Self::Bool => *ty == Type::Bool,
                Self::Int => *ty == Type::Int,
                Self::Double => *ty == Type::Double,
                Self::Text => *ty == Type::String,
                Self::Time => *ty == Type::Timestamp,
                Self::Span => *ty == Type::Duration,
                Self::Name => matches!(ty, Type::Enum(_)),
                Self::List => matches!(ty, Type::List(_)),
                Self::Map => matches!(ty, Type::Map(..)),
            }
    }

    fn text(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Double => "double",
            Self::Text => "string",
            Self::Time => "timestamp",
            Self::Span => "duration",
            Self::Name => "name of a closed set",
            Self::List => "list",
            Self::Map => "map",
        }
    }
}

/// One form of a function.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form {
    /// True if it is written after its first argument.
    pub member: bool,
    /// What it takes; the value before the dot comes first.
    pub args: &'static [Takes],
    gives: Gives,
    function: Function,
}

#[derive(Debug, Clone, Copy)]
enum Gives {
    Bool,
    Int,
    Double,
    Text,
    Time,
    Span,
}

impl Form {
    /// As it is written, such as `string.contains(string)`.
    pub(super) fn text(&self, name: &str) -> String {
        let mut args = self.args.iter().map(|takes| takes.text());
        let before = if self.member { args.next().map(|first| format!("{first}.")) } else { None };
        format!("`{}{name}({})`", before.unwrap_or_default(), args.collect::<Vec<_>>().join(", "))
    }
}

const fn form(member: bool, args: &'static [Takes], gives: Gives, function: Function) -> Form {
    Form { member, args, gives, function }
}

/// The names of all functions, for the nearest one.
pub(super) const NAMES: &[&str] = &[
    "age",
    "bool",
    "contains",
    "double",
    "duration",
    "endsWith",
    "getDate",
    "getDayOfMonth",
    "getDayOfWeek",
    "getDayOfYear",
    "getFullYear",
    "getHours",
    "getMilliseconds",
    "getMinutes",
    "getMonth",
    "getSeconds",
    "glob",
    "int",
    "matches",
    "size",
    "startsWith",
    "string",
    "timestamp",
];

/// The forms of a function, or `None` if there is none of that name.
pub(super) fn forms(name: &str) -> Option<Vec<Form>> {
    use Takes::{Bool, Double, Int, List, Map, Name, Span, Text, Time};
    Some(match name {
        "size" => [false, true]
            .iter()
            .flat_map(|member| {
                [[Text].as_slice(), &[List], &[Map]].map(|args| form(*member, args, Gives::Int, Function::Size))
            })
            .collect(),
        "contains" => vec![form(true, &[Text, Text], Gives::Bool, Function::Contains)],
        "startsWith" => vec![form(true, &[Text, Text], Gives::Bool, Function::StartsWith)],
        "endsWith" => vec![form(true, &[Text, Text], Gives::Bool, Function::EndsWith)],
        "matches" => [false, true].map(|member| form(member, &[Text, Text], Gives::Bool, Function::Matches)).to_vec(),
        "glob" => vec![form(false, &[Text, Text], Gives::Bool, Function::Glob)],
        "age" => vec![form(false, &[Time], Gives::Span, Function::Age)],
        "int" => [[Int].as_slice(), &[Double], &[Text], &[Time]]
            .map(|args| form(false, args, Gives::Int, Function::ToInt))
            .to_vec(),
        "double" => [[Double].as_slice(), &[Int], &[Text]]
            .map(|args| form(false, args, Gives::Double, Function::ToDouble))
            .to_vec(),
        "string" => [[Text].as_slice(), &[Int], &[Double], &[Bool], &[Time], &[Span], &[Name]]
            .map(|args| form(false, args, Gives::Text, Function::ToText))
            .to_vec(),
        "bool" => [[Bool].as_slice(), &[Text]].map(|args| form(false, args, Gives::Bool, Function::ToBool)).to_vec(),
        "timestamp" => {
            [[Time].as_slice(), &[Text], &[Int]].map(|args| form(false, args, Gives::Time, Function::ToTime)).to_vec()
        }
        "duration" => {
            [[Span].as_slice(), &[Text]].map(|args| form(false, args, Gives::Span, Function::ToSpan)).to_vec()
        }
        _ => {
            let (_, part) = Part::FUNCTIONS.iter().find(|(known, _)| *known == name)?;
            let part = *part;
            let mut forms = vec![
                form(true, &[Time], Gives::Int, Function::Part(part)),
                form(true, &[Time, Text], Gives::Int, Function::Part(part)),
            ];
            if part.of_span() {
                forms.push(form(true, &[Span], Gives::Int, Function::Part(part)));
            }
            forms
        }
    })
}

impl Checker<'_> {
    /// A call whose form fits. Literal instants, durations, patterns and zones are read now.
    pub(super) fn finish(&mut self, form: &Form, mut args: Vec<Node>, span: &Range<usize>) -> Node {
        let ty = match form.gives {
            Gives::Bool => Type::Bool,
            Gives::Int => Type::Int,
            Gives::Double => Type::Double,
            Gives::Text => Type::String,
            Gives::Time => Type::Timestamp,
            Gives::Span => Type::Duration,
        };
        if form.args == [Takes::Name]
            && let Some(inner) = args.pop()
            && let Type::Enum(def) = inner.ty
        {
            return Self::make(Kind::Name(def, Box::new(inner)), ty, span);
        }
        let literal = match args.last().map(|arg| &arg.kind) {
            Some(Kind::Known(Value::Text(text))) => Some(text.clone().into_owned()),
            _ => None,
        };
        if let Some(text) = literal {
            match form.function {
                Function::ToTime => return self.time(&text, span),
                Function::ToSpan => return self.duration(&text, span),
                Function::Matches => match pattern(&text) {
                    Some(regex) => {
                        args.pop();
                        let Some(inner) = args.pop() else { return Self::make(Kind::Wrong, Type::Any, span) };
                        return Self::make(Kind::Matches(Box::new(inner), Box::new(regex)), ty, span);
                    }
                    None => {
                        let message = format!("`{text}` is not a regular expression, or too large");
                        return self.wrong(mistake("bad-pattern", message, span.clone(), "cannot be matched"), span);
                    }
                },
                Function::Part(_) if args.len() == 2 && zone(&text).is_none() => {
                    let message = format!("there is no time zone `{text}`");
                    let wrong = mistake("bad-zone", message, span.clone(), "not a time zone");
                    return self
                        .wrong(wrong.help("write a name such as `Europe/Paris`, or an offset such as `+02:00`"), span);
                }
                _ => {}
            }
        }
        Self::make(Kind::Call(form.function, args), ty, span)
    }

    fn time(&mut self, text: &str, span: &Range<usize>) -> Node {
        match Moment::read_time(text) {
            Some(at) => Self::known(Value::Time(at), Type::Timestamp, span),
            None => {
                let wrong =
                    mistake("bad-literal", format!("`{text}` is not an instant"), span.clone(), "cannot be read");
                self.wrong(wrong.help("write it as `2026-11-01T00:00:00Z`, in the years 1 to 9999"), span)
            }
        }
    }

    fn duration(&mut self, text: &str, span: &Range<usize>) -> Node {
        match Moment::read_span(text) {
            Some(length) => Self::known(Value::Span(length), Type::Duration, span),
            None => {
                let wrong =
                    mistake("bad-literal", format!("`{text}` is not a duration"), span.clone(), "cannot be read");
                self.wrong(wrong.help("the units are h, m, s, ms, us and ns: ninety days are `2160h`"), span)
            }
        }
    }
}
