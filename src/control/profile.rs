//! `assize.toml`: what one organisation chose, and what is known about its exports and is not in them.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::check::read_param;
use super::file::Reader;
use super::names::unknown_name;
use super::pack::Pack;
use super::tie::{RawLink, links};
use super::value::{Node, ParamValue};
use crate::base::diagnostic::Diagnostic;
use crate::base::text::shortened;
use crate::base::time::{Instant, Span};
use crate::export::declared::Links;
use crate::export::paths::{self, PathPattern};
use crate::export::secrets::masked;
use crate::model::facts::Environment;
use crate::model::listing::Listing;

/// The profile and manifest, as they are written: `assize.toml`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(title = "The profile and manifest of assize")]
pub struct RawProfile {
    /// The name of the organisation, for the head of reports.
    pub organisation: Option<String>,
    /// The frameworks to assess, by id. All of them if left out, but for crosswalks such as `pci-dss-4.0.1`, which are named where they are wanted.
    #[schemars(with = "Option<Vec<String>>")]
    pub frameworks: Option<Vec<Spanned<String>>>,
    /// The scopes that the exports should cover, such as `aws:111122223333`. What is missing is reported.
    #[schemars(with = "Vec<String>")]
    pub expected_scopes: Vec<Spanned<String>>,
    /// The organisation's own scopes: trust in one of them is no trust in an outsider.
    #[schemars(with = "Vec<String>")]
    pub own_scopes: Vec<Spanned<String>>,
    /// Scopes of known partners, which may appear in trusts.
    #[schemars(with = "Vec<String>")]
    pub trusted_scopes: Vec<Spanned<String>>,
    /// How old an export may be before its facts count as unknown, such as `30d`. No limit if left out.
    #[schemars(with = "Option<String>")]
    pub max_evidence_age: Option<Spanned<String>>,
    /// How long a waiver may be in force, from `opened` to `expires`, such as `365d`. One that is longer is not in force. No limit if left out.
    #[schemars(with = "Option<String>")]
    pub max_waiver: Option<Spanned<String>>,
    /// The keys of tags whose value names an owner's id. `owner` if left out.
    #[schemars(with = "Option<Vec<String>>")]
    pub owner_tags: Option<Vec<Spanned<String>>>,
    /// The keys of tags whose value names the environment. `environment` if left out.
    #[schemars(with = "Option<Vec<String>>")]
    pub environment_tags: Option<Vec<Spanned<String>>>,
    /// What your labels of environments mean: label = `production`, `staging`, `development`, `test`, `sandbox` or `shared`.
    #[schemars(with = "BTreeMap<String, String>")]
    pub environments: BTreeMap<String, Spanned<String>>,
    /// Your values of parameters, by check.
    #[schemars(with = "BTreeMap<String, BTreeMap<String, Node>>")]
    pub params: BTreeMap<String, Spanned<BTreeMap<String, Spanned<Node>>>>,
    /// What is known about the exports, by path.
    pub exports: Vec<RawExport>,
    /// Links between systems that are forced or forbidden.
    #[schemars(with = "Vec<RawLink>")]
    pub links: Vec<Spanned<RawLink>>,
}

/// What is known about some exports and is not in them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawExport {
    /// Which files, relative to the folder; `*` within a name, `**` over folders.
    #[schemars(with = "String")]
    pub path: Spanned<String>,
    /// The scope that they speak of, such as `aws:111122223333`.
    #[schemars(with = "Option<String>")]
    pub scope: Option<Spanned<String>>,
    /// When they were collected: a date or an RFC 3339 instant.
    #[schemars(with = "Option<String>")]
    pub collected_at: Option<Spanned<Node>>,
    /// By whom.
    pub collected_by: Option<String>,
    /// With which command.
    pub command: Option<String>,
    /// The issuer whose subjects they name, such as a cluster's OIDC address.
    pub issuer: Option<String>,
    /// Of which kinds they list all that there are in the scope, on the word of whoever collected them.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub enumerates: Vec<Spanned<String>>,
    /// Of which kinds there are none in the scope, on the same word: of a list that is said to be whole and of which nothing was
    /// read, it is not known whether a file is missing.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub none_of: Vec<Spanned<String>>,
}

/// The profile and manifest.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The file as the user named it; empty if there is none.
    pub file: String,
    /// The name of the organisation.
    pub organisation: Option<String>,
    /// The frameworks to assess, by id; `None` for all.
    pub frameworks: Option<Vec<String>>,
    /// The scopes that the exports should cover.
    pub expected_scopes: Vec<String>,
    /// The organisation's own scopes.
    pub own_scopes: Vec<String>,
    /// Scopes of known partners.
    pub trusted_scopes: Vec<String>,
    /// How old an export may be.
    pub max_evidence_age: Option<Span>,
    /// How long a waiver may be in force.
    pub max_waiver: Option<Span>,
    /// The keys of tags whose value names an owner.
    pub owner_tags: Vec<String>,
    /// The keys of tags whose value names the environment.
    pub environment_tags: Vec<String>,
    /// What labels of environments mean.
    pub environments: BTreeMap<String, Environment>,
    /// Values of parameters, by check and name.
    pub params: BTreeMap<String, BTreeMap<String, ParamValue>>,
    /// What is known about the exports, in the order of the file.
    pub exports: Vec<ExportEntry>,
    /// Links between systems that are forced or forbidden, in the order of the file.
    pub links: Links,
}

/// What is known about some exports and is not in them.
#[derive(Debug, Clone)]
pub struct ExportEntry {
    /// Which files, as written.
    pub pattern: String,
    /// Which files.
    pub matcher: PathPattern,
    /// The bytes of the pattern in the file.
    pub span: std::ops::Range<usize>,
    /// The scope that they speak of.
    pub scope: Option<String>,
    /// When they were collected.
    pub collected_at: Option<Instant>,
    /// By whom.
    pub collected_by: Option<String>,
    /// With which command.
    pub command: Option<String>,
    /// The issuer whose subjects they name.
    pub issuer: Option<String>,
    /// Of which kinds they list all.
    pub enumerates: Vec<Listing>,
    /// Of which kinds there are none.
    pub none_of: Vec<Listing>,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            file: String::new(),
            organisation: None,
            frameworks: None,
            expected_scopes: Vec::new(),
            own_scopes: Vec::new(),
            trusted_scopes: Vec::new(),
            max_evidence_age: None,
            max_waiver: None,
            owner_tags: vec!["owner".to_owned()],
            environment_tags: vec!["environment".to_owned()],
            environments: BTreeMap::new(),
            params: BTreeMap::new(),
            exports: Vec::new(),
            links: Links::default(),
        }
    }
}

impl Profile {
    /// Reads an `assize.toml` against the controls. It is `None` if it cannot be used; all mistakes are told.
    #[must_use]
    pub fn read(file: &str, text: &str, pack: &Pack) -> (Option<Self>, Vec<Diagnostic>) {
        let mut reader = Reader::new(file, text);
        let profile = reader.parse::<RawProfile>().map(|raw| resolve(&mut reader, file, raw, pack));
        let profile = profile.filter(|_| reader.errors() == 0);
        (profile, reader.finish())
    }

    /// The profile without what needs the controls: its frameworks and parameters are none. Mistakes are told by
    /// [`Profile::read`]; `None` if it cannot be parsed.
    #[must_use]
    pub fn manifest(file: &str, text: &str) -> Option<Self> {
        let mut reader = Reader::new(file, text);
        reader.parse::<RawProfile>().map(|raw| resolve(&mut reader, file, raw, &Pack::default()))
    }

    /// What an environment's label means: as the profile says, or by its own name, whatever the case; else `other`.
    #[must_use]
    pub fn environment(&self, label: &str) -> Environment {
        let lower = label.to_lowercase();
        let known = self.environments.get(label).or_else(|| self.environments.get(&lower)).copied();
        known.or_else(|| Environment::from_name(&lower)).unwrap_or(Environment::Other)
    }

    /// The entries of the manifest that speak of a file, in their order. `path` is relative to the folder, with `/`.
    pub fn entries<'a>(&'a self, path: &'a str) -> impl Iterator<Item = &'a ExportEntry> + 'a {
        self.exports.iter().filter(move |entry| entry.matcher.matches(path))
    }

    /// True if a scope is the organisation's own or a known partner's.
    #[must_use]
    pub fn trusts(&self, scope: &str) -> bool {
        self.own_scopes.iter().chain(&self.trusted_scopes).any(|known| known == scope)
    }
}

fn resolve(reader: &mut Reader<'_>, file: &str, raw: RawProfile, pack: &Pack) -> Profile {
    let default = Profile::default();
    let frameworks = raw.frameworks.map(|ids| ids.iter().filter_map(|id| framework(reader, id, pack)).collect());
    let max_evidence_age = raw.max_evidence_age.and_then(|text| length(reader, &text));
    let max_waiver = raw.max_waiver.and_then(|text| length(reader, &text));
    Profile {
        file: file.to_owned(),
        organisation: raw.organisation.as_deref().map(|name| masked(name).into_owned()),
        frameworks,
        expected_scopes: scopes(reader, &raw.expected_scopes),
        own_scopes: scopes(reader, &raw.own_scopes),
        trusted_scopes: scopes(reader, &raw.trusted_scopes),
        max_evidence_age,
        max_waiver,
        owner_tags: raw.owner_tags.map_or(default.owner_tags, |keys| texts(reader, &keys)),
        environment_tags: raw.environment_tags.map_or(default.environment_tags, |keys| texts(reader, &keys)),
        environments: environments(reader, &raw.environments),
        params: params(reader, &raw.params, pack),
        exports: exports(reader, raw.exports),
        links: links(reader, file, raw.links),
    }
}

fn length(reader: &mut Reader<'_>, text: &Spanned<String>) -> Option<Span> {
    let read = Span::parse(text.get_ref()).ok_or_else(|| {
        Diagnostic::error("bad-duration", format!("`{}` is no length of time", text.get_ref()))
            .help("write a number and a unit, such as `30d`")
    });
    reader.check(read, &text.span(), "not a length of time")
}

fn texts(reader: &mut Reader<'_>, raw: &[Spanned<String>]) -> Vec<String> {
    raw.iter().map(|text| reader.text(text, "key of a tag")).collect()
}

fn framework(reader: &mut Reader<'_>, id: &Spanned<String>, pack: &Pack) -> Option<String> {
    let found = pack.framework(id.get_ref()).map(|framework| framework.id.clone());
    let known: Vec<&str> = pack.frameworks.iter().map(|framework| framework.id.as_str()).collect();
    reader.check(found.ok_or_else(|| unknown_name("framework", id.get_ref(), &known)), &id.span(), "unknown framework")
}

/// True if a profile may name this scope.
#[must_use]
pub fn is_scope(text: &str) -> bool {
    wrong_scope(text).is_none()
}

/// What is wrong with a scope, and what to say of its place.
fn wrong_scope(text: &str) -> Option<(Diagnostic, &'static str)> {
    let (system, rest) = text.split_once(':').unwrap_or(("", ""));
    if system.is_empty() || rest.is_empty() || text.contains(char::is_whitespace) {
        let wrong = Diagnostic::error("bad-scope", format!("`{text}` is no scope"))
            .help("write the system and its part, such as `aws:111122223333`");
        return Some((wrong, "not a scope"));
    }
    let twelve = rest.len() == 12 && rest.bytes().all(|b| b.is_ascii_digit());
    if system == "aws" && rest != "organization" && !twelve {
        let wrong =
            Diagnostic::error("bad-scope", format!("`{rest}` is no AWS account")).help("an account has twelve digits");
        return Some((wrong, "not twelve digits"));
    }
    None
}

fn scope(reader: &mut Reader<'_>, raw: &Spanned<String>) -> String {
    if let Some((wrong, label)) = wrong_scope(raw.get_ref()) {
        reader.note(wrong, raw.span(), label);
    }
    raw.get_ref().clone()
}

fn scopes(reader: &mut Reader<'_>, raw: &[Spanned<String>]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    for text in raw {
        if !seen.insert(scope(reader, text)) {
            let wrong = Diagnostic::warning("duplicate-scope", format!("`{}` stands twice", text.get_ref()));
            reader.note(wrong, text.span(), "the second");
        }
    }
    seen.into_iter().collect()
}

fn environments(reader: &mut Reader<'_>, raw: &BTreeMap<String, Spanned<String>>) -> BTreeMap<String, Environment> {
    let names: Vec<&str> = Environment::ALL.iter().map(|environment| environment.name()).collect();
    raw.iter()
        .filter_map(|(label, name)| {
            let found = Environment::from_name(name.get_ref());
            let found = found.ok_or_else(|| unknown_name("environment", name.get_ref(), &names));
            Some((label.clone(), reader.check(found, &name.span(), "unknown environment")?))
        })
        .collect()
}

fn params(
    reader: &mut Reader<'_>,
    raw: &BTreeMap<String, Spanned<BTreeMap<String, Spanned<Node>>>>,
    pack: &Pack,
) -> BTreeMap<String, BTreeMap<String, ParamValue>> {
    let mut all = BTreeMap::new();
    for (id, values) in raw {
        let check = match pack.find_check(id) {
            Ok(check) => check,
            Err(wrong) => {
                reader.note(wrong, values.span(), format!("parameters of `{id}`"));
                continue;
            }
        };
        let read = values
            .get_ref()
            .iter()
            .filter_map(|(name, node)| Some((name.clone(), read_param(reader, &check.params, name, node)?)))
            .collect();
        all.insert(id.clone(), read);
    }
    all
}

/// The manifest. Patterns are kept ready to match, so there is an end to how many.
fn exports(reader: &mut Reader<'_>, raw: Vec<RawExport>) -> Vec<ExportEntry> {
    let mut cost = 0_usize;
    let mut entries = Vec::new();
    for raw in raw {
        cost += PathPattern::cost(raw.path.get_ref());
        if cost > paths::MOST_TOGETHER {
            let wrong = Diagnostic::error("bad-path-pattern", "the manifest has too many patterns, or too long ones")
                .help("say with one pattern what is the same of many files: `*` stands for any text within a name");
            reader.note(wrong, raw.path.span(), "one pattern too many");
            break;
        }
        entries.extend(export(reader, raw));
    }
    entries
}

fn export(reader: &mut Reader<'_>, raw: RawExport) -> Option<ExportEntry> {
    let pattern = raw.path.get_ref().trim_start_matches("./");
    let matcher = PathPattern::new(pattern).map_err(|why| {
        let message = format!("`{}` is not a pattern of paths: {why}", shortened(pattern, 80));
        Diagnostic::error("bad-path-pattern", message).help(paths::HELP)
    });
    let matcher = reader.check(matcher, &raw.path.span(), "not a pattern of paths");
    let collected_at = raw.collected_at.and_then(|at| {
        let read = match at.get_ref() {
            Node::Text(text) => Instant::parse(text),
            _ => None,
        };
        let read = read.ok_or_else(|| {
            Diagnostic::error("bad-time", "`collected_at` is no date or instant")
                .help("write it as \"2026-10-31T06:00:00Z\" or \"2026-10-31\"")
        });
        reader.check(read, &at.span(), "not a time")
    });
    let names: Vec<&str> = Listing::ALL.iter().map(|listing| listing.name()).collect();
    let mut listings = |all: &[Spanned<String>]| -> Vec<Listing> {
        all.iter()
            .filter_map(|name| {
                let found = Listing::from_name(name.get_ref());
                let found = found.ok_or_else(|| unknown_name("listing", name.get_ref(), &names));
                reader.check(found, &name.span(), "unknown")
            })
            .collect()
    };
    let (enumerates, none_of) = (listings(&raw.enumerates), listings(&raw.none_of));
    let scope = raw.scope.as_ref().map(|raw| scope(reader, raw));
    Some(ExportEntry {
        pattern: pattern.to_owned(),
        matcher: matcher?,
        span: raw.path.span(),
        scope,
        collected_at,
        collected_by: raw.collected_by,
        command: raw.command,
        issuer: raw.issuer,
        enumerates,
        none_of,
    })
}
