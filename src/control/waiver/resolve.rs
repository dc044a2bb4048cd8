//! From what is written of waivers to what is used: all mistakes of a file at once.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;

use super::{
    Compensating, GivenFor, Kept, LONGEST_SUBJECT, MOST, MOST_FACTS, MOST_PATTERNS, MOST_SUBJECTS, RawCompensating,
    RawGivenFor, RawWaiver, Waiver,
};
use crate::base::diagnostic::Diagnostic;
use crate::base::stars::Stars;
use crate::base::text::shortened;
use crate::base::time::Instant;
use crate::control::file::Reader;
use crate::control::names::unknown_name;
use crate::control::pack::Pack;
use crate::control::value::Node;
use crate::export::secrets::{masked, masked_words};
use crate::model::Subject;
use crate::model::facts::WaiverKind;

/// The waivers of a file, after those of the files before it.
pub(super) fn waivers(
    reader: &mut Reader<'_>,
    file: &str,
    raw: Vec<Spanned<RawWaiver>>,
    pack: &Pack,
    before: &[Waiver],
) -> Vec<Waiver> {
    let mut ids: BTreeMap<String, String> =
        before.iter().map(|waiver| (waiver.id.clone(), waiver.file.clone())).collect();
    let named = |waiver: &Waiver| waiver.subjects.len() + waiver.given_for.len();
    let mut subjects: usize = before.iter().map(named).sum();
    let mut patterns: usize = before.iter().map(|waiver| waiver.patterns.len()).sum();
    let mut all = Vec::new();
    for raw in raw {
        let span = raw.span();
        let raw = raw.into_inner();
        subjects += raw.subjects.get_ref().len() + raw.given_for.len();
        patterns += raw.subjects.get_ref().iter().filter(|subject| subject.get_ref().contains('*')).count();
        let too_many = [
            (before.len() + all.len() >= MOST, "waivers", MOST),
            (subjects > MOST_SUBJECTS, "subjects", MOST_SUBJECTS),
            (patterns > MOST_PATTERNS, "patterns", MOST_PATTERNS),
        ];
        if let Some((_, what, most)) = too_many.into_iter().find(|(too_many, ..)| *too_many) {
            let wrong = Diagnostic::error("too-many-waivers", format!("there are more than {most} {what} in waivers"))
                .help("what is waived so often is better mended, or asked otherwise: see the parameters of the check");
            reader.note(wrong, span, "one too many");
            break;
        }
        let id_span = raw.id.span();
        let Some(waiver) = waiver(reader, file, raw, pack) else { continue };
        if let Some(other) = ids.insert(waiver.id.clone(), file.to_owned()) {
            let message = if other == file {
                format!("`{}` is the id of two waivers", waiver.id)
            } else {
                format!("`{}` is the id of a waiver in `{other}` too", waiver.id)
            };
            let wrong = Diagnostic::error("duplicate-id", message).help("let each waiver have an id of its own");
            reader.note(wrong, id_span, "the second");
        }
        all.push(waiver);
    }
    all
}

fn waiver(reader: &mut Reader<'_>, file: &str, raw: RawWaiver, pack: &Pack) -> Option<Waiver> {
    let span = raw.id.span();
    let id = reader.id(&raw.id);
    let check = reader.check(check(raw.check.get_ref().trim(), pack), &raw.check.span(), "not a check to waive");
    let subjects = subjects(reader, &raw.subjects);
    let names: Vec<&str> = WaiverKind::ALL.iter().map(|kind| kind.name()).collect();
    let kind = WaiverKind::from_name(raw.kind.get_ref().trim());
    let kind = kind.ok_or_else(|| unknown_name("type of waiver", raw.kind.get_ref(), &names));
    let kind = reader.check(kind, &raw.kind.span(), "unknown type");
    let mut text = |raw: &Spanned<String>, what: &str| masked_words(&reader.text(raw, what)).into_owned();
    let (justification, approver, ticket) =
        (text(&raw.justification, "justification"), text(&raw.approver, "approver"), text(&raw.ticket, "ticket"));
    let opened = date(reader, &raw.opened, "opened");
    let expires = date(reader, &raw.expires, "expires");
    if let (Some(opened), Some(expires)) = (opened, expires)
        && expires <= opened
    {
        let wrong = Diagnostic::error("bad-waiver", "the waiver expires before it is in force")
            .help("`opened` is its first day, and `expires` the first day on which it is no longer in force");
        reader.note(wrong, raw.expires.span(), "not after `opened`");
    }
    let compensating = raw.compensating.map(|raw| (raw.span(), compensating(reader, &raw.into_inner())));
    match (kind, &compensating) {
        (Some(WaiverKind::CompensatingControl), None) => {
            let wrong = Diagnostic::error("bad-waiver", "a compensating control needs its worksheet").help(
                "write `[waivers.compensating]` with `constraints`, `definition`, `objective`, `risk`, `validation` and `maintenance`",
            );
            reader.note(wrong, raw.kind.span(), "without `compensating`");
        }
        (Some(other), Some((span, _))) if other != WaiverKind::CompensatingControl => {
            let message = format!("a waiver of type `{}` has no worksheet", other.name());
            let wrong = Diagnostic::error("bad-waiver", message)
                .help("leave `compensating` out, or write `type = \"compensating_control\"`");
            reader.note(wrong, span.clone(), "for compensating controls only");
        }
        _ => {}
    }
    let given_for = given_for(reader, raw.given_for);
    // One that is too long was told, and is no pattern to make ready.
    let patterns = subjects.iter().filter(|subject| subject.len() <= LONGEST_SUBJECT);
    Some(Waiver {
        id,
        check: check?,
        patterns: patterns.map(|subject| Stars::new(subject)).filter(Stars::is_pattern).collect(),
        subjects,
        kind: kind?,
        justification,
        approver,
        ticket,
        opened: opened?,
        expires: expires?,
        compensating: compensating.map(|(_, compensating)| compensating),
        given_for,
        file: file.to_owned(),
        span,
    })
}

/// The check or check run that is written, if its findings can be waived.
fn check(written: &str, pack: &Pack) -> Result<String, Diagnostic> {
    let id = written.split_once('[').map_or(written, |(id, _)| id);
    let check = pack.find_check(id)?;
    if check.subject == Subject::Waiver {
        let wrong = Diagnostic::error("waiver-of-a-waiver", "a finding about waivers cannot be waived");
        return Err(wrong.help("mend the waiver that it is about: renew it, narrow it, or take it out"));
    }
    if written.len() > id.len() && !written.ends_with(']') {
        let wrong = Diagnostic::error("unknown-check", format!("`{}` is no check run", shortened(written, 80)));
        return Err(wrong.help("write the check, or the run as reports do: `credential-rotated[max_age=365d]`"));
    }
    Ok(written.to_owned())
}

fn subjects(reader: &mut Reader<'_>, raw: &Spanned<Vec<Spanned<String>>>) -> Vec<String> {
    if raw.get_ref().is_empty() {
        let wrong = Diagnostic::error("bad-waiver", "the waiver names no subject")
            .help("write the ids of the subjects as reports do, or a pattern such as `aws:111122223333:*`");
        reader.note(wrong, raw.span(), "empty");
    }
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for one in raw.get_ref() {
        let subject = subject(reader, one);
        if !seen.insert(subject.clone()) {
            let message = format!("`{}` stands twice", shortened(&subject, 80));
            reader.note(Diagnostic::warning("duplicate-subject", message), one.span(), "the second");
            continue;
        }
        all.push(subject);
    }
    all
}

fn subject(reader: &mut Reader<'_>, raw: &Spanned<String>) -> String {
    let subject = reader.text(raw, "subject");
    if subject.len() > LONGEST_SUBJECT {
        let message = format!("a subject has {} bytes, and the longest has {LONGEST_SUBJECT}", subject.len());
        let wrong = Diagnostic::error("bad-waiver", message).help("write the id as reports do");
        reader.note(wrong, raw.span(), "too long");
    }
    subject
}

fn date(reader: &mut Reader<'_>, raw: &Spanned<Node>, what: &str) -> Option<Instant> {
    let read = match raw.get_ref() {
        Node::Text(text) if text.trim().len() == 10 => Instant::parse(text.trim()),
        _ => None,
    };
    let read = read.ok_or_else(|| {
        let message = match raw.get_ref() {
            Node::Text(text) if text.trim().is_empty() => format!("`{what}` is empty"),
            Node::Text(text) => format!("`{what}` is no date: `{}`", shortened(&masked(text.trim()), 40)),
            _ => format!("`{what}` is no date"),
        };
        Diagnostic::error("bad-date", message).help("write the day as `2026-11-01`: year, month, day")
    });
    reader.check(read, &raw.span(), "not a date")
}

fn compensating(reader: &mut Reader<'_>, raw: &RawCompensating) -> Compensating {
    let mut text = |raw: &Spanned<String>, what: &str| masked_words(&reader.text(raw, what)).into_owned();
    Compensating {
        constraints: text(&raw.constraints, "field `constraints`"),
        definition: text(&raw.definition, "field `definition`"),
        objective: text(&raw.objective, "field `objective`"),
        risk: text(&raw.risk, "field `risk`"),
        validation: text(&raw.validation, "field `validation`"),
        maintenance: text(&raw.maintenance, "field `maintenance`"),
    }
}

fn given_for(reader: &mut Reader<'_>, raw: Vec<Spanned<RawGivenFor>>) -> BTreeMap<String, GivenFor> {
    let mut all = BTreeMap::new();
    for one in raw {
        let span = one.span();
        let one = one.into_inner();
        let subject = subject(reader, &one.subject);
        let digest = one.digest.get_ref().trim().to_owned();
        if digest.len() != 64 || !digest.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f')) {
            let wrong = Diagnostic::error("bad-waiver", "this is no digest of a finding")
                .help("copy `evidence_digest` of the finding, or let `assize waivers new` write the waiver");
            reader.note(wrong, one.digest.span(), "not 64 hexadecimal digits");
        }
        if one.facts.len() > MOST_FACTS {
            let message = format!("{} facts are kept of one finding, and {MOST_FACTS} are the most", one.facts.len());
            let wrong = Diagnostic::error("bad-waiver", message)
                .help("leave `facts` out: any change of the digest then lapses the waiver");
            reader.note(wrong, span.clone(), "too many facts");
        }
        let facts = one.facts.iter().filter_map(|(name, node)| {
            let kept = reader.check(kept(node.get_ref()), &node.span(), "not a fact that was kept")?;
            if let Some(wrong) = super::kept::wrong(name, &kept) {
                reader.note(wrong, node.span(), "not a fact that was kept");
            }
            Some((name.clone(), kept))
        });
        let facts = facts.collect();
        if all.insert(subject.clone(), GivenFor { digest, facts }).is_some() {
            let message = format!("the waiver was given twice for `{}`", shortened(&subject, 80));
            reader.note(Diagnostic::error("duplicate-subject", message), span, "the second");
        }
    }
    all
}

fn kept(node: &Node) -> Result<Kept, Diagnostic> {
    let wrong = || {
        Diagnostic::error("bad-waiver", "a fact that was kept is a value, a list of texts, or one of three tables")
            .help("write `{ absent = true }`, `{ unknown = true }` or `{ open = [...] }` for what is no value")
    };
    let texts = |members: &[Spanned<Node>]| -> Result<Vec<String>, Diagnostic> {
        let text = |member: &Spanned<Node>| match member.get_ref() {
            Node::Text(text) => Ok(text.clone()),
            _ => Err(wrong()),
        };
        let mut all = members.iter().map(text).collect::<Result<Vec<String>, _>>()?;
        all.sort();
        all.dedup();
        Ok(all)
    };
    match node {
        Node::Bool(value) => Ok(Kept::Bool(*value)),
        Node::Int(value) => Ok(Kept::Int(*value)),
        Node::Text(text) => Ok(Kept::Text(text.clone())),
        Node::List(members) => Ok(Kept::List(texts(members)?, false)),
        Node::Table(entries) => match entries.iter().next().map(|(name, node)| (name.as_str(), node.get_ref())) {
            _ if entries.len() != 1 => Err(wrong()),
            Some(("absent", Node::Bool(true))) => Ok(Kept::Absent),
            Some(("unknown", Node::Bool(true))) => Ok(Kept::Unknown),
            Some(("open", Node::List(members))) => Ok(Kept::List(texts(members)?, true)),
            _ => Err(wrong()),
        },
    }
}
