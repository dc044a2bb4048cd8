//! Reads a template into steps, where it is plain enough: whatever is not known here is none of that.
//!
//! White space about tags goes as the templates are told to take it: a line break after a tag, and
//! what stands before one at the beginning of its line. Macros are put in the place of their calls.

use super::{Asked, Escape, Filter, Place, Step};

type Other<'o> = &'o dyn Fn(&str) -> Option<&'static str>;

/// What stands in a template.
#[derive(Debug, Clone, Copy)]
enum Piece<'s> {
    Text(&'s str),
    /// Within `{{ }}`.
    Print(&'s str),
    /// Within `{% %}`.
    Tag(&'s str),
}

/// A macro: the names of what it is given, and what stands in it.
struct Macro<'s> {
    name: &'s str,
    given: Vec<&'s str>,
    body: Vec<Piece<'s>>,
}

/// What a name stands for.
#[derive(Clone)]
enum Known {
    Place(Place),
    Literal(String),
}

/// Names and what they stand for, the nearest last.
type Names = Vec<(String, Known)>;

/// The steps of a template whose value has that name.
pub(super) fn steps(source: &str, value: &str, escape: Escape, other: Other<'_>) -> Option<Vec<Step>> {
    let pieces = pieces(source)?;
    let mut macros = Vec::new();
    let mut at = 0;
    while let Some(Piece::Tag(tag)) = pieces.get(at)
        && let Some(import) = tag.strip_prefix("from ")
    {
        macros.extend(imported(import, other)?);
        at += 1;
    }
    let mut reader = Reader { pieces: &pieces, at, macros: &macros, escape, variables: 1 };
    let mut names = vec![(value.to_owned(), Known::Place(Place { variable: 0, names: Vec::new() }))];
    let steps = reader.steps(&mut names, None)?;
    (reader.at == pieces.len()).then_some(steps)
}

fn pieces(source: &str) -> Option<Vec<Piece<'_>>> {
    let source = source.strip_suffix('\n').unwrap_or(source);
    if source.contains('\r') || source.contains("{#") {
        return None;
    }
    let mut all = Vec::new();
    let mut from = 0;
    loop {
        let rest = source.get(from..)?;
        let (print, tag) = (rest.find("{{"), rest.find("{%"));
        let Some(begin) = print.into_iter().chain(tag).min() else {
            all.push(Piece::Text(rest));
            return Some(all);
        };
        let (before, inside) = (rest.get(..begin)?, rest.get(begin + 2..)?);
        let is_tag = tag == Some(begin);
        let end = inside.find(if is_tag { "%}" } else { "}}" })?;
        let content = inside.get(..end)?;
        if content.starts_with(['-', '+']) || content.ends_with(['-', '+']) {
            return None;
        }
        let tag_at = from + begin;
        from = tag_at + 2 + end + 2;
        if is_tag {
            let first = begins_line(source.get(..tag_at)?);
            let text = if first { before.trim_end_matches([' ', '\t']) } else { before };
            all.extend([Piece::Text(text), Piece::Tag(content.trim())]);
            from += usize::from(source.get(from..)?.starts_with('\n'));
        } else {
            all.extend([Piece::Text(before), Piece::Print(content.trim())]);
        }
        all.retain(|piece| !matches!(piece, Piece::Text("")));
    }
}

/// True if only white space stands before that place in its line.
fn begins_line(before: &str) -> bool {
    let lead = before.trim_end_matches([' ', '\t']);
    lead.is_empty() || lead.ends_with('\n')
}

/// The macros of `"name" import one, other`.
fn imported(import: &str, other: Other<'_>) -> Option<Vec<Macro<'static>>> {
    let (name, wanted) = import.split_once(" import ")?;
    let wanted: Vec<&str> = wanted.split(',').map(str::trim).collect();
    let mut all = Vec::new();
    let mut inside: Option<Macro<'static>> = None;
    for piece in pieces(other(literal(name)?)?)? {
        match (piece, &mut inside) {
            (Piece::Tag("endmacro"), Some(_)) => all.extend(inside.take()),
            (Piece::Tag(tag), None) => {
                let (name, given) = call(tag.strip_prefix("macro ")?)?;
                inside = Some(Macro { name, given, body: Vec::new() });
            }
            (piece, Some(of)) => of.body.push(piece),
            // What stands between macros is not printed.
            (Piece::Text(_), None) => {}
            (Piece::Print(_), None) => return None,
        }
    }
    all.retain(|one| wanted.contains(&one.name));
    (inside.is_none() && all.len() == wanted.len()).then_some(all)
}

/// `name(one, other)`.
fn call(text: &str) -> Option<(&str, Vec<&str>)> {
    let (name, given) = text.strip_suffix(')')?.split_once('(')?;
    let given: Vec<&str> = given.split(',').map(str::trim).collect();
    is_name(name).then_some((name, given))
}

/// What stands between quotes.
fn literal(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    (!inner.contains(['"', '\\', ','])).then_some(inner)
}

fn is_name(text: &str) -> bool {
    let reserved = ["loop", "not", "and", "or", "in", "is", "if", "else", "true", "false", "none"];
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    begins && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !reserved.contains(&text)
}

struct Reader<'r, 's> {
    pieces: &'r [Piece<'s>],
    at: usize,
    macros: &'r [Macro<'static>],
    escape: Escape,
    /// How many variables there are here.
    variables: usize,
}

impl<'s> Reader<'_, 's> {
    /// Steps until a tag that ends or divides what stands here, which is left to be read.
    fn steps(&mut self, names: &mut Names, looped: Option<usize>) -> Option<Vec<Step>> {
        let mut steps = Vec::new();
        while let Some(piece) = self.pieces.get(self.at).copied() {
            match piece {
                Piece::Text(text) => steps.push(Step::Text(text.to_owned())),
                Piece::Print(text) => steps.extend(self.printed(text, names)?),
                Piece::Tag(tag) if ["else", "endif", "endfor"].contains(&tag) || tag.starts_with("elif ") => {
                    return Some(steps);
                }
                Piece::Tag(tag) => {
                    let (word, rest) = tag.split_once(' ')?;
                    self.at += 1;
                    steps.push(match word {
                        "if" => self.choice(rest, names, looped)?,
                        "for" => self.each(rest, names, looped)?,
                        _ => return None,
                    });
                }
            }
            self.at += 1;
        }
        Some(steps)
    }

    /// The tag that stands here.
    fn tag(&self) -> Option<&'s str> {
        match self.pieces.get(self.at)? {
            Piece::Tag(tag) => Some(tag),
            _ => None,
        }
    }

    fn choice(&mut self, asked: &str, names: &mut Names, looped: Option<usize>) -> Option<Step> {
        let asked: Option<Vec<Asked>> = asked.split(" or ").map(|one| asked_of(one, names, looped)).collect();
        let then = self.steps(names, looped)?;
        let tag = self.tag()?;
        let otherwise = if let Some(asked) = tag.strip_prefix("elif ") {
            self.at += 1;
            vec![self.choice(asked, names, looped)?]
        } else if tag == "else" {
            self.at += 1;
            self.steps(names, looped)?
        } else {
            Vec::new()
        };
        (self.tag()? == "endif").then_some(Step::If(asked?, then, otherwise))
    }

    fn each(&mut self, what: &str, names: &mut Names, looped: Option<usize>) -> Option<Step> {
        let (name, list) = what.split_once(" in ")?;
        let Known::Place(list) = known(list, names).filter(|_| is_name(name))? else { return None };
        let variable = self.variables;
        names.push((name.to_owned(), Known::Place(Place { variable, names: Vec::new() })));
        self.variables += 1;
        let body = self.steps(names, Some(variable))?;
        self.variables -= 1;
        names.pop();
        let mut none = Vec::new();
        if self.tag()? == "else" {
            self.at += 1;
            none = self.steps(names, looped)?;
        }
        (self.tag()? == "endfor").then_some(Step::Each(list, body, none))
    }

    fn printed(&self, text: &str, names: &Names) -> Option<Vec<Step>> {
        if let Some((text, filter)) = text.split_once('|') {
            let Known::Place(place) = known(text.trim(), names)? else { return None };
            let filter = match filter.trim() {
                "code" => Filter::Code,
                "inline" => Filter::Inline,
                _ => return None,
            };
            return Some(vec![Step::Print(place, Some(filter))]);
        }
        if let Some((name, given)) = call(text) {
            return self.called(name, &given, names);
        }
        Some(vec![match known(text, names)? {
            Known::Place(place) => Step::Print(place, None),
            Known::Literal(text) => {
                let mut out = String::new();
                self.escape.put(&text, &mut out);
                Step::Text(out)
            }
        }])
    }

    /// The steps of a macro. It knows nothing but what it is given.
    fn called(&self, name: &str, given: &[&str], names: &Names) -> Option<Vec<Step>> {
        let of = self.macros.iter().find(|one| one.name == name)?;
        if of.given.len() != given.len() {
            return None;
        }
        let mut inner = Names::new();
        for (name, value) in of.given.iter().zip(given) {
            let value = match literal(value) {
                Some(text) => Known::Literal(text.to_owned()),
                None => known(value, names)?,
            };
            inner.push(((*name).to_owned(), value));
        }
        // A macro calls no other, so that none calls itself.
        let Self { escape, variables, .. } = *self;
        let mut reader = Reader { pieces: &of.body, at: 0, macros: &[], escape, variables };
        let steps = reader.steps(&mut inner, None)?;
        (reader.at == of.body.len()).then_some(steps)
    }
}

/// What a condition asks.
fn asked_of(text: &str, names: &Names, looped: Option<usize>) -> Option<Asked> {
    match (text.trim(), looped) {
        ("loop.first", Some(variable)) => Some(Asked::First(variable)),
        ("loop.last", Some(variable)) => Some(Asked::Last(variable)),
        (text, _) => match known(text, names)? {
            Known::Place(place) => Some(Asked::Filled(place)),
            Known::Literal(_) => None,
        },
    }
}

/// What a path of names stands for.
fn known(path: &str, names: &Names) -> Option<Known> {
    let mut parts = path.split('.');
    let first = parts.next()?;
    let rest: Vec<String> = parts.map(str::to_owned).collect();
    if !rest.iter().all(|name| is_name(name)) {
        return None;
    }
    match names.iter().rev().find(|(name, _)| name == first)? {
        (_, Known::Place(place)) => {
            let names = place.names.iter().cloned().chain(rest).collect();
            Some(Known::Place(Place { variable: place.variable, names }))
        }
        (_, Known::Literal(text)) => rest.is_empty().then(|| Known::Literal(text.clone())),
    }
}
