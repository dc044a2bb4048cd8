//! Prints findings with templates that only print fields, ask whether one is empty and go through lists.
//!
//! A report has thousands of findings, and the built-in templates of one do no more than that. They
//! are read once into [`Step`]s, which print a view as it is: the interpreter of templates makes a
//! value of each of its fields first, and looks each up by name in a table. What is not so plain is
//! left to the interpreter: other templates, one's own, findings that are long, and everything that
//! is wrong, so that its bounds hold and its words are the ones that are read.

mod fields;
mod read;

use crate::report::{escape, prose};

pub(super) use fields::{Field, Fields, Printed, fields};

/// How long a text may be, in bytes: so far from what a finding may take and print that none of those bounds is near.
const LONGEST: usize = 64 << 10;

/// How what is printed is escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escape {
    Html,
    Markdown,
}

/// A template that is plain enough.
#[derive(Debug)]
pub(super) struct Printer {
    escape: Escape,
    steps: Vec<Step>,
}

#[derive(Debug)]
enum Step {
    /// Text of the template.
    Text(String),
    /// A field, or what a filter makes of it.
    Print(Place, Option<Filter>),
    /// The first steps if one of these holds, else the others.
    If(Vec<Asked>, Vec<Step>, Vec<Step>),
    /// The first steps for each entry of a list; the others if there is none.
    Each(Place, Vec<Step>, Vec<Step>),
}

/// Where a field is: the number of a variable, and the names that lead on from it.
#[derive(Debug, Clone)]
struct Place {
    variable: usize,
    names: Vec<String>,
}

/// What is asked.
#[derive(Debug)]
enum Asked {
    /// Whether there is something in a field.
    Filled(Place),
    /// Whether the entry of that variable is the first of its list.
    First(usize),
    /// Whether it is the last.
    Last(usize),
}

#[derive(Debug, Clone, Copy)]
enum Filter {
    Code,
    Inline,
}

/// What a name of the template stands for while it is printed.
struct Variable<'a> {
    field: Field<'a>,
    first: bool,
    last: bool,
}

impl Printer {
    /// Reads a template, whose value has that name; `other` gives templates that it takes macros from.
    pub(super) fn read(
        source: &str,
        value: &str,
        escape: Escape,
        other: &dyn Fn(&str) -> Option<&'static str>,
    ) -> Option<Self> {
        Some(Self { escape, steps: read::steps(source, value, escape, other)? })
    }

    /// What the template prints of a value; nothing if that is the interpreter's to say.
    pub(super) fn print(&self, value: &dyn Fields) -> Option<String> {
        let mut out = String::with_capacity(8 << 10);
        let mut variables = vec![Variable { field: Field::View(value), first: false, last: false }];
        self.run(&self.steps, &mut variables, &mut out)?;
        Some(out)
    }

    fn run(&self, steps: &[Step], variables: &mut Vec<Variable<'_>>, out: &mut String) -> Option<()> {
        for step in steps {
            match step {
                Step::Text(text) => out.push_str(text),
                Step::Print(place, filter) => self.put(place.find(variables)?, *filter, out)?,
                Step::If(asked, then, otherwise) => {
                    let mut holds = false;
                    for one in asked {
                        holds = holds || one.holds(variables)?;
                    }
                    self.run(if holds { then } else { otherwise }, variables, out)?;
                }
                Step::Each(place, body, none) => {
                    let Field::List(list) = place.find(variables)? else { return None };
                    let count = list.count();
                    for at in 0..count {
                        variables.push(Variable { field: list.at(at)?, first: at == 0, last: at + 1 == count });
                        self.run(body, variables, out)?;
                        variables.pop();
                    }
                    if count == 0 {
                        self.run(none, variables, out)?;
                    }
                }
            }
        }
        (out.len() <= LONGEST).then_some(())
    }

    fn put(&self, field: Field<'_>, filter: Option<Filter>, out: &mut String) -> Option<()> {
        match (field, filter) {
            (Field::Text(text), None) => self.escape.put(text, out),
            (Field::Safe(text), None) => out.push_str(text),
            (Field::Number(number), None) => out.push_str(&number.to_string()),
            (Field::Text(text), Some(Filter::Code)) => out.push_str(&escape::markdown_inline_code(text)),
            (Field::Text(text), Some(Filter::Inline)) => out.push_str(&match self.escape {
                Escape::Html => prose::inline_html(text),
                Escape::Markdown => prose::inline_markdown(text),
            }),
            _ => return None,
        }
        Some(())
    }
}

impl Escape {
    fn put(self, text: &str, out: &mut String) {
        match self {
            Self::Html => out.push_str(&escape::html(text)),
            Self::Markdown => out.push_str(&escape::markdown(text)),
        }
    }
}

impl Place {
    fn find<'a>(&self, variables: &[Variable<'a>]) -> Option<Field<'a>> {
        self.names.iter().try_fold(variables.get(self.variable)?.field, |field, name| match field {
            Field::View(view) => view.get(name),
            _ => None,
        })
    }
}

impl Asked {
    fn holds(&self, variables: &[Variable<'_>]) -> Option<bool> {
        match self {
            Self::First(variable) => Some(variables.get(*variable)?.first),
            Self::Last(variable) => Some(variables.get(*variable)?.last),
            Self::Filled(place) => match place.find(variables)? {
                Field::Text(text) | Field::Safe(text) => Some(!text.is_empty()),
                Field::List(list) => Some(list.count() > 0),
                Field::Number(_) | Field::View(_) => None,
            },
        }
    }
}
