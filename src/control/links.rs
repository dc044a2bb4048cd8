//! Markdown links of control files that lead nowhere: to a file that is not there, or to a heading that no text has.
//!
//! A link to a file is read from where the control file stands, then from the folder of controls, then from the folder around
//! it. Addresses of the web are left alone: nothing is fetched.

use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use pulldown_cmark::{Event, LinkType, Parser, Tag, TagEnd};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::file::{ControlFile, Written};
use super::pack::Pack;
use crate::base::diagnostic::Diagnostic;

/// The fields that hold Markdown.
const MARKDOWN: [&str; 7] = ["rationale", "remediation", "blind_spots", "note", "procedure", "summary", "manual"];

/// The longest file in which headings are looked for.
const LONGEST: u64 = 4 << 20;

/// A warning for each link that leads nowhere. `folder` is that of the user's controls.
#[must_use]
pub fn dead_links(pack: &Pack, folder: Option<&Path>) -> Vec<Diagnostic> {
    pack.files.iter().flat_map(|file| of_file(pack, file, folder)).collect()
}

fn of_file(pack: &Pack, file: &ControlFile, folder: Option<&Path>) -> Vec<Diagnostic> {
    let mut texts = Vec::new();
    if let Ok(table) = DeTable::parse(&file.text) {
        gather(table.get_ref(), &mut texts);
    }
    let mut wrong = Vec::new();
    for (text, span) in texts {
        let written = Written::of(&file.path, &file.text, &text, span);
        for (link, place) in links(&text) {
            let Some((message, label, help)) = dead(pack, file, folder, &text, &link) else { continue };
            let found = Diagnostic::warning("dead-link", message).help(help);
            wrong.push(written.place(found.at("", place, label)));
        }
    }
    wrong
}

/// The Markdown texts of a table and of those within.
fn gather(table: &DeTable<'_>, texts: &mut Vec<(String, Range<usize>)>) {
    for (key, value) in table {
        gather_value(key.get_ref(), value, texts);
    }
}

fn gather_value(key: &str, value: &Spanned<DeValue<'_>>, texts: &mut Vec<(String, Range<usize>)>) {
    match value.get_ref() {
        DeValue::String(text) if MARKDOWN.contains(&key) => texts.push((text.to_string(), value.span())),
        DeValue::Table(inner) => gather(inner, texts),
        DeValue::Array(members) => members.iter().for_each(|member| gather_value(key, member, texts)),
        _ => {}
    }
}

/// Where each link of a text leads, and the bytes of the link.
fn links(text: &str) -> Vec<(String, Range<usize>)> {
    let mut found = Vec::new();
    for (event, place) in Parser::new(text).into_offset_iter() {
        if let Event::Start(Tag::Link { link_type, dest_url, .. } | Tag::Image { link_type, dest_url, .. }) = event
            && !matches!(link_type, LinkType::Email | LinkType::Autolink)
        {
            found.push((dest_url.to_string(), place));
        }
    }
    found
}

/// What is wrong with a link: message, label and help.
fn dead(
    pack: &Pack,
    file: &ControlFile,
    folder: Option<&Path>,
    text: &str,
    link: &str,
) -> Option<(String, &'static str, String)> {
    if elsewhere(link) {
        return None;
    }
    let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
    let path = path.split('?').next().unwrap_or(path);
    let target = if path.is_empty() { Some(text.to_owned()) } else { read(pack, file, folder, path) };
    let Some(target) = target else {
        let message = format!("the link leads to `{path}`, and there is no such file");
        let help =
            "write the path from this file, or from the folder of controls; or the whole address, with `https://`";
        return Some((message, "leads nowhere", help.to_owned()));
    };
    let anchor = anchor.filter(|anchor| !anchor.is_empty())?;
    let headings = headings(&target);
    if headings.iter().any(|known| known == anchor) {
        return None;
    }
    let message = format!("the link leads to the heading `#{anchor}`, and there is none");
    let near = crate::base::text::nearest(anchor, headings.iter().map(String::as_str));
    let help = match (near, headings.is_empty()) {
        (Some(near), _) => format!("did you mean `#{near}`?"),
        (None, true) => "that text has no headings: remove the link".to_owned(),
        (None, false) => format!("the headings are {}", headings.join(", ")),
    };
    Some((message, "leads nowhere", help))
}

/// True for an address with a scheme, such as `https:`, and for one of another host.
fn elsewhere(link: &str) -> bool {
    let scheme = link.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    });
    scheme || link.starts_with("//")
}

/// The text of the file that a relative link leads to; of a folder or of what is no text, nothing but that it is there.
fn read(pack: &Pack, file: &ControlFile, folder: Option<&Path>, link: &str) -> Option<String> {
    let own = Path::new(&file.path).parent().unwrap_or(Path::new(""));
    for base in [own, Path::new("")] {
        let inside = plain(&base.join(link))?;
        if let Some(known) = pack.files.iter().find(|known| Path::new(&known.path) == inside) {
            return Some(known.text.clone());
        }
    }
    // Beside the folder of controls stands the rest of the project: one step out of it, and not further.
    let root = folder?.canonicalize().ok()?;
    let project = root.parent().unwrap_or(&root).to_path_buf();
    for base in [root.join(own), root.clone(), project.clone()] {
        let Ok(target) = base.join(link).canonicalize() else { continue };
        let Ok(meta) = target.metadata() else { continue };
        if target.starts_with(&project) {
            let text = meta.is_file() && meta.len() <= LONGEST;
            return Some(if text { std::fs::read_to_string(&target).unwrap_or_default() } else { String::new() });
        }
    }
    None
}

/// The path without `.` and `..`; `None` if it leads out.
fn plain(path: &Path) -> Option<PathBuf> {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                if !out.pop() {
                    return Some(PathBuf::from(".."));
                }
            }
            Component::Normal(name) => out.push(name),
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(out)
}

/// The anchors of the headings of a text, as code hosts make them.
fn headings(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut open: Option<String> = None;
    for event in Parser::new(text) {
        match event {
            Event::Start(Tag::Heading { .. }) => open = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => found.extend(open.take().map(|heading| anchor(&heading))),
            Event::Text(words) | Event::Code(words) => {
                if let Some(heading) = &mut open {
                    heading.push_str(&words);
                }
            }
            _ => {}
        }
    }
    found
}

fn anchor(heading: &str) -> String {
    let lower = heading.trim().to_lowercase();
    let kept = lower.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}
