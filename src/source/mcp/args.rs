//! Credentials among the arguments of a command.

use super::carriers::{Carrier, header};
use crate::source::secrets::{self, Value, options, urls};

/// Options that set a variable of what is run.
const SETS: &[&str] = &["-e", "--env"];
/// Options whose value is a header.
const HEADERS: &[&str] = &["-H", "--header", "--headers"];

/// What may be a credential among the arguments. `first` is the position of the first of them, `field` the name of their
/// list; `before` is what stands before them in the command.
pub fn carriers<'a>(
    field: &str,
    args: &[&'a str],
    first: usize,
    before: &[&str],
    own: &dyn Fn(&str) -> bool,
) -> Vec<Carrier<'a>> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut short = before.iter().rev().find_map(|word| options::of_program(word));
    let container = args.contains(&"run");
    while let Some(arg) = args.get(at).copied() {
        let place = |index: usize| format!("{field}[{}]", index + first);
        let next = args.get(at + 1).copied();
        let prior = at.checked_sub(1).map_or(before.last(), |prior| args.get(prior)).copied();
        at += 1;
        short = options::of_program_after(prior, arg).or(short);
        if let Some((short, (password, follows))) = short.and_then(|one| Some((one, one.password(arg, next)?))) {
            at += usize::from(follows);
            let value = secrets::value("password", password);
            push(&format!("arg:{}", short.option()), place(at - 1), short.option(), value, &mut found);
            continue;
        }
        if let Some((option, value)) = option_with_value(arg) {
            if SETS.contains(&option) {
                set(value, place(at - 1), own, container, &mut found);
            } else if HEADERS.contains(&option) {
                found.extend(header(value, &format!("arg:{option}:"), place(at - 1)));
            } else {
                push(&format!("arg:{option}"), place(at - 1), option, secrets::value(option, value), &mut found);
            }
            continue;
        }
        if SETS.contains(&arg) || HEADERS.contains(&arg) {
            let Some(value) = next else { continue };
            at += 1;
            if SETS.contains(&arg) {
                set(value, place(at - 1), own, container, &mut found);
            } else {
                found.extend(header(value, &format!("arg:{arg}:"), place(at - 1)));
            }
            continue;
        }
        if arg == "--env-file" {
            if next.is_some() {
                let value = Value::Reference { kept_in: "file" };
                push("arg:--env-file", place(at), "--env-file", value, &mut found);
                at += 1;
            }
            continue;
        }
        let named = arg.starts_with('-') && secrets::kind(arg).is_some();
        if let (true, Some(value)) = (named, next.filter(|next| !next.starts_with("--"))) {
            push(&format!("arg:{arg}"), place(at), arg, secrets::value(arg, value), &mut found);
            at += 1;
            continue;
        }
        if let Some((name, value)) = assignment(arg) {
            push(&format!("arg:{name}"), place(at - 1), name, secrets::value(name, value), &mut found);
            continue;
        }
        let slot = format!("arg:{}", at - 1 + first);
        bare(&slot, &place(at - 1), arg, own, &mut found);
    }
    found
}

/// An argument that no option names.
fn bare<'a>(slot: &str, place: &str, arg: &'a str, own: &dyn Fn(&str) -> bool, found: &mut Vec<Carrier<'a>>) {
    if urls::is_url(arg) {
        for (part, value) in urls::parts(arg) {
            push(&format!("{slot}:{part}"), place.to_owned(), &format!("{part} of an address"), value, found);
        }
        return;
    }
    // A command for a shell has arguments of its own.
    let words: Vec<&str> = arg.split_whitespace().map(|word| word.trim_matches(['"', '\''])).collect();
    if words.len() > 1 && words.len() <= 1000 && !arg.contains("PRIVATE KEY") {
        for inner in carriers(place, &words, 0, &[], own) {
            found.push(Carrier { slot: format!("{slot}:{}", inner.slot.trim_start_matches("arg:")), ..inner });
        }
        return;
    }
    push(slot, place.to_owned(), "an argument", secrets::value("", arg), found);
}

/// `NAME=value`, or `NAME` for one that is passed on; one that the server's own environment has is told there.
fn set<'a>(text: &'a str, place: String, own: &dyn Fn(&str) -> bool, container: bool, found: &mut Vec<Carrier<'a>>) {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, secrets::value(name, value)),
        None if container && secrets::kind(text).is_some() && !own(text) => {
            (text, Value::Reference { kept_in: "environment variable" })
        }
        None => return,
    };
    push(&format!("arg:-e:{name}"), place, name, value, found);
}

fn push<'a>(slot: &str, field: String, name: &str, value: Value<'a>, found: &mut Vec<Carrier<'a>>) {
    if !matches!(value, Value::Plain) {
        found.push(Carrier::new(slot.to_owned(), field, name, value));
    }
}

/// `--name=value`.
fn option_with_value(arg: &str) -> Option<(&str, &str)> {
    arg.split_once('=').filter(|(option, _)| {
        option.starts_with('-') && option.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
    })
}

/// `NAME=value`, as it stands before a command.
fn assignment(arg: &str) -> Option<(&str, &str)> {
    arg.split_once('=').filter(|(name, _)| {
        let one = !arg.contains(char::is_whitespace) && !name.is_empty();
        one && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    })
}
