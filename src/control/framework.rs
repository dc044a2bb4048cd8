//! A framework: a published set of requirements, each with the parts that answer it.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::check::{Check, read_param};
use super::crosswalk::{self, Mapped, Related};
use super::file::{ControlFile, Reader};
use super::lint::without_parts;
use super::names::unknown_name;
use super::value::{Node, ParamValue};
use crate::base::diagnostic::Diagnostic;
use crate::base::text::nearest;

/// A framework, as it is written: one file `frameworks/ID.toml`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "A framework of assize")]
pub struct RawFramework {
    /// A short name in lower-case letters, digits, dots and hyphens.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// Its name, as its publisher writes it.
    #[schemars(with = "String")]
    pub title: Spanned<String>,
    /// Its version, as its publisher writes it.
    #[schemars(with = "String")]
    pub version: Spanned<String>,
    /// Who publishes it.
    #[schemars(with = "String")]
    pub publisher: Spanned<String>,
    /// Where it can be read.
    #[schemars(with = "String")]
    pub url: Spanned<String>,
    /// Under which terms its text may be used.
    #[schemars(with = "String")]
    pub licence_note: Spanned<String>,
    /// How to cite it.
    #[schemars(with = "String")]
    pub attribution: Spanned<String>,
    /// What a reader must know of how it is used here.
    pub note: Option<String>,
    /// True if it is reached over the parts of other frameworks: it is judged only where it is asked for by name.
    #[serde(default)]
    pub crosswalk: bool,
    /// Its requirements, in its order.
    pub requirements: Vec<RawRequirement>,
}

/// A numbered item of a framework.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawRequirement {
    /// The number, as the framework writes it.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// Other ways in which people write it.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub aliases: Vec<Spanned<String>>,
    /// Its title.
    #[schemars(with = "String")]
    pub title: Spanned<String>,
    /// What it asks for, in words of one's own.
    #[schemars(with = "String")]
    pub summary: Spanned<String>,
    /// What a reader must know of how it is tested here.
    pub note: Option<String>,
    /// The things that it demands.
    #[serde(default)]
    pub parts: Vec<RawPart>,
    /// What corresponds to it in other frameworks.
    #[serde(default)]
    pub related: Vec<RawRelated>,
}

/// A requirement of another framework that corresponds.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawRelated {
    /// The other requirement, as `FRAMEWORK REQUIREMENT`, such as `nist-csf-2.0 PR.AA-05`.
    #[schemars(with = "String")]
    pub to: Spanned<String>,
    /// What this requirement asks, beside what the other asks: `equal`, `subset` (less), `superset` (more) or `intersects`.
    #[schemars(with = "String", extend("enum" = ["equal", "subset", "superset", "intersects"]))]
    pub relationship: Spanned<String>,
    /// Who says so: `ours`, which is the default, or `publisher`.
    #[schemars(with = "Option<String>", extend("enum" = ["ours", "publisher"]))]
    pub by: Option<Spanned<String>>,
    /// Where the publisher says so.
    #[schemars(with = "Option<String>")]
    pub source: Option<Spanned<String>>,
}

/// One thing that a requirement demands: answered by checks, by a person, or by nothing.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawPart {
    /// A short name, unique in its requirement.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// What must be true, as one sentence without a full stop.
    #[schemars(with = "String")]
    pub title: Spanned<String>,
    /// The checks that answer it.
    #[serde(default)]
    pub checks: Vec<RawPartCheck>,
    /// What a person must attest, if no check can tell.
    #[schemars(with = "Option<String>")]
    pub manual: Option<Spanned<String>>,
    /// Why nothing answers it, if neither a check nor a person does.
    #[schemars(with = "Option<String>")]
    pub unanswered: Option<Spanned<String>>,
    /// In a crosswalk: the part of another framework whose answer is taken over, as `FRAMEWORK REQUIREMENT PART`.
    #[schemars(with = "Option<String>")]
    pub same_as: Option<Spanned<String>>,
    /// In a crosswalk: what the requirement asks, beside what answers this part: `equal`, `subset` (less), `superset` (more)
    /// or `intersects`.
    #[schemars(with = "Option<String>", extend("enum" = ["equal", "subset", "superset", "intersects"]))]
    pub relationship: Option<Spanned<String>>,
    /// In a crosswalk: who says so: `ours`, which is the default, or `publisher`.
    #[schemars(with = "Option<String>", extend("enum" = ["ours", "publisher"]))]
    pub by: Option<Spanned<String>>,
    /// In a crosswalk: where the publisher says so.
    #[schemars(with = "Option<String>")]
    pub source: Option<Spanned<String>>,
}

/// A check with the values of parameters that a requirement asks for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawPartCheck {
    /// The check.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// Values of its parameters.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Node>")]
    pub params: BTreeMap<String, Spanned<Node>>,
}

/// A framework.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Framework {
    /// The id, such as `owasp-nhi-2025`.
    pub id: String,
    /// The path of its file within the controls.
    pub path: String,
    /// Its name.
    pub title: String,
    /// Its version.
    pub version: String,
    /// Who publishes it.
    pub publisher: String,
    /// Where it can be read.
    pub url: String,
    /// Under which terms its text may be used.
    pub licence_note: String,
    /// How to cite it.
    pub attribution: String,
    /// What a reader must know of how it is used here.
    pub note: Option<String>,
    /// True if it is reached over the parts of other frameworks, and judged only where it is asked for.
    pub crosswalk: bool,
    /// Its requirements, in its order.
    pub requirements: Vec<Requirement>,
}

/// A numbered item of a framework.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// The number, as the framework writes it.
    pub id: String,
    /// Other ways in which people write it.
    pub aliases: Vec<String>,
    /// Its title.
    pub title: String,
    /// What it asks for.
    pub summary: String,
    /// What a reader must know of how it is tested here.
    pub note: Option<String>,
    /// The things that it demands.
    pub parts: Vec<Part>,
    /// What corresponds to it in other frameworks.
    pub related: Vec<Related>,
    /// The bytes of its id in the file.
    pub span: std::ops::Range<usize>,
}

/// One thing that a requirement demands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The short name, unique in its requirement.
    pub id: String,
    /// What must be true.
    pub title: String,
    /// The checks that answer it, with the values that the requirement asks for.
    pub checks: Vec<PartCheck>,
    /// What a person must attest.
    pub manual: Option<String>,
    /// Why nothing answers it, if neither a check nor a person does.
    pub why_unanswered: Option<String>,
    /// True if it names a check that cannot be used: what is wrong with that is told there.
    pub broken: bool,
    /// In a crosswalk: how what the requirement asks stands to what answers the part.
    pub mapped: Option<Mapped>,
    /// The bytes of its id in the file.
    pub span: std::ops::Range<usize>,
}

impl Part {
    /// True if neither a check nor a person answers it.
    #[must_use]
    pub fn unanswered(&self) -> bool {
        self.checks.is_empty() && self.manual.is_none()
    }
}

/// A check with the values of parameters that a requirement asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartCheck {
    /// The check's id.
    pub check: String,
    /// The values that the requirement asks for.
    pub params: BTreeMap<String, ParamValue>,
}

/// The checks that parts may refer to.
#[derive(Debug, Default)]
pub struct KnownChecks<'a> {
    /// Those that can be used, by id.
    pub good: BTreeMap<&'a str, &'a Check>,
    /// The ids of those that cannot: their own mistakes are told, and a reference to them is none.
    pub broken: BTreeSet<&'a str>,
}

impl Framework {
    /// Reads a file. It is `None` if it cannot be used; the mistakes are all told, whatever they are.
    ///
    /// `checks` are those that its parts may refer to.
    #[must_use]
    pub fn read(file: &ControlFile, checks: &KnownChecks<'_>) -> (Option<Self>, Vec<Diagnostic>) {
        let mut reader = Reader::new(&file.path, &file.text);
        let framework = reader.parse::<RawFramework>().map(|raw| {
            let framework = resolve(&mut reader, file, &raw, checks);
            if reader.errors() > 0 {
                // What is looked at of a framework that can be used is told of one that cannot, too.
                let empty = raw.requirements.iter().filter(|one| one.parts.is_empty());
                reader.add(
                    empty.map(|one| without_parts(&file.path, one.id.get_ref(), one.id.span())).collect::<Vec<_>>(),
                );
            }
            framework
        });
        let framework = framework.filter(|_| reader.errors() == 0);
        (framework, reader.finish())
    }

    /// The requirement of that number or alias, whatever its case.
    #[must_use]
    pub fn requirement(&self, name: &str) -> Option<&Requirement> {
        self.requirements.iter().find(|requirement| requirement.answers_to(name))
    }
}

impl Requirement {
    /// True if `name` is its number or one of its aliases, whatever the case.
    #[must_use]
    pub fn answers_to(&self, name: &str) -> bool {
        self.names().any(|known| known.eq_ignore_ascii_case(name))
    }

    /// Its number and its aliases.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.id.as_str()).chain(self.aliases.iter().map(String::as_str))
    }
}

/// The requirements of that number or alias in any of the frameworks, or the diagnostic that names the nearest.
///
/// # Errors
/// A diagnostic without a place, if there is none.
pub fn find_requirement<'a>(
    frameworks: &'a [Framework],
    name: &str,
) -> Result<Vec<(&'a Framework, &'a Requirement)>, Diagnostic> {
    let found: Vec<_> = frameworks
        .iter()
        .filter_map(|framework| framework.requirement(name).map(|requirement| (framework, requirement)))
        .collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let upper = name.to_ascii_uppercase();
    let known = || frameworks.iter().flat_map(|f| &f.requirements).flat_map(Requirement::names);
    let wrong = Diagnostic::error("unknown-requirement", format!("`{name}` is no requirement of the frameworks"));
    Err(match nearest(name, known()).or_else(|| nearest(&upper, known())) {
        Some(near) => wrong.help(format!("did you mean `{near}`?")),
        None => wrong.help("`assize controls list` names them all"),
    })
}

fn resolve(reader: &mut Reader<'_>, file: &ControlFile, raw: &RawFramework, checks: &KnownChecks<'_>) -> Framework {
    let mut names = BTreeSet::new();
    let id = reader.id(&raw.id);
    let stem = file.path.rsplit('/').next().and_then(|name| name.strip_suffix(".toml")).unwrap_or("");
    if stem != id {
        let wrong = Diagnostic::warning("id-and-file", format!("framework `{id}` stands in a file named `{stem}`"))
            .help(format!("name the file `{id}.toml`; `--framework` takes the id"));
        reader.note(wrong, raw.id.span(), "another name than the file's");
    }
    Framework {
        id,
        path: file.path.clone(),
        title: reader.text(&raw.title, "title"),
        version: reader.text(&raw.version, "version"),
        publisher: reader.text(&raw.publisher, "publisher"),
        url: reader.text(&raw.url, "address"),
        licence_note: reader.text(&raw.licence_note, "note on the licence"),
        attribution: reader.text(&raw.attribution, "attribution"),
        note: raw.note.as_ref().map(|note| note.trim().to_owned()),
        crosswalk: raw.crosswalk,
        requirements: raw
            .requirements
            .iter()
            .map(|one| {
                let mut made = requirement(reader, one, raw.crosswalk, checks, &mut names);
                if file.origin.modified() {
                    crosswalk::state(&mut made, &file.path);
                }
                made
            })
            .collect(),
    }
}

fn requirement(
    reader: &mut Reader<'_>,
    raw: &RawRequirement,
    crosswalk: bool,
    checks: &KnownChecks<'_>,
    names: &mut BTreeSet<String>,
) -> Requirement {
    for name in std::iter::once(&raw.id).chain(&raw.aliases) {
        if !names.insert(name.get_ref().to_ascii_lowercase()) {
            let wrong = Diagnostic::error("duplicate-id", format!("`{}` names two requirements", name.get_ref()));
            reader.note(wrong, name.span(), "named before");
        }
    }
    let mut part_ids = BTreeSet::new();
    Requirement {
        id: reader.text(&raw.id, "id"),
        aliases: raw.aliases.iter().map(|alias| alias.get_ref().clone()).collect(),
        title: reader.text(&raw.title, "title"),
        summary: reader.text(&raw.summary, "summary"),
        note: raw.note.as_ref().map(|note| note.trim().to_owned()),
        parts: raw
            .parts
            .iter()
            .map(|raw| {
                if !part_ids.insert(raw.id.get_ref().clone()) {
                    let wrong =
                        Diagnostic::error("duplicate-id", format!("two parts are named `{}`", raw.id.get_ref()));
                    reader.note(wrong, raw.id.span(), "named before");
                }
                part(reader, raw, crosswalk, checks)
            })
            .collect(),
        related: raw.related.iter().filter_map(|raw| crosswalk::related(reader, raw)).collect(),
        span: raw.id.span(),
    }
}

fn part(reader: &mut Reader<'_>, raw: &RawPart, crosswalk: bool, checks: &KnownChecks<'_>) -> Part {
    let answered: Vec<PartCheck> = raw.checks.iter().filter_map(|raw| part_check(reader, raw, checks)).collect();
    if let Some(why) = &raw.unanswered
        && (!raw.checks.is_empty() || raw.manual.is_some())
    {
        let wrong = Diagnostic::error("answered-part", format!("part `{}` is answered", raw.id.get_ref()))
            .help("remove `unanswered`, or what answers the part");
        reader.note(wrong, why.span(), "says why nothing answers it");
    }
    Part {
        id: reader.id(&raw.id),
        title: reader.text(&raw.title, "title"),
        broken: answered.len() < raw.checks.len(),
        checks: answered,
        manual: raw.manual.as_ref().map(|manual| reader.text(manual, "statement to attest")),
        why_unanswered: raw.unanswered.as_ref().map(|why| reader.text(why, "reason")),
        mapped: crosswalk::mapped(reader, raw, crosswalk),
        span: raw.id.span(),
    }
}

fn part_check(reader: &mut Reader<'_>, raw: &RawPartCheck, checks: &KnownChecks<'_>) -> Option<PartCheck> {
    let id = raw.id.get_ref();
    if checks.broken.contains(id.as_str()) {
        return None;
    }
    let Some(check) = checks.good.get(id.as_str()) else {
        let known: Vec<&str> = checks.good.keys().copied().collect();
        let mut wrong = unknown_name("check", id, &known);
        if wrong.help.as_ref().is_some_and(|help| help.starts_with("one of")) {
            wrong = wrong.help("`assize controls list` names them all");
        }
        reader.note(Diagnostic { code: "unknown-check", ..wrong }, raw.id.span(), "unknown check");
        return None;
    };
    let params = raw
        .params
        .iter()
        .filter_map(|(name, node)| Some((name.clone(), read_param(reader, &check.params, name, node)?)))
        .collect();
    Some(PartCheck { check: id.clone(), params })
}
