//! OSCAL's catalog as JSON, as much of it as a framework needs.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::base::diagnostic::Diagnostic;

/// The file's one member.
#[derive(Debug, Deserialize)]
struct File {
    catalog: Catalog,
}

/// A catalog.
#[derive(Debug, Deserialize)]
pub(super) struct Catalog {
    pub metadata: Metadata,
    #[serde(default)]
    groups: Vec<Group>,
    #[serde(default)]
    controls: Vec<Control>,
    #[serde(default, rename = "back-matter")]
    back_matter: BackMatter,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Metadata {
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub version: String,
    pub published: Option<String>,
    #[serde(default)]
    props: Vec<Prop>,
    #[serde(default)]
    links: Vec<Link>,
    #[serde(default)]
    parties: Vec<Party>,
    #[serde(default)]
    responsible_parties: Vec<Responsible>,
}

#[derive(Debug, Deserialize)]
struct Party {
    uuid: String,
    name: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Responsible {
    role_id: String,
    #[serde(default)]
    party_uuids: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
struct BackMatter {
    #[serde(default)]
    resources: Vec<Resource>,
}

#[derive(Debug, Deserialize)]
struct Resource {
    uuid: String,
    #[serde(default)]
    rlinks: Vec<Link>,
}

#[derive(Debug, Deserialize)]
struct Link {
    href: String,
    #[serde(default)]
    rel: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Prop {
    pub name: String,
    #[serde(default)]
    pub value: String,
}

#[derive(Debug, Deserialize)]
struct Group {
    #[serde(default)]
    title: String,
    #[serde(default)]
    groups: Vec<Group>,
    #[serde(default)]
    controls: Vec<Control>,
    #[serde(default)]
    params: Vec<Param>,
}

/// A control, with those within.
#[derive(Debug, Deserialize)]
pub(super) struct Control {
    #[serde(default)]
    pub id: String,
    #[serde(default)]
    pub class: String,
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    params: Vec<Param>,
    #[serde(default)]
    pub props: Vec<Prop>,
    #[serde(default)]
    links: Vec<Link>,
    #[serde(default)]
    pub parts: Vec<Part>,
    #[serde(default)]
    pub controls: Vec<Control>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Part {
    pub name: String,
    #[serde(default)]
    props: Vec<Prop>,
    #[serde(default)]
    prose: String,
    #[serde(default)]
    parts: Vec<Part>,
}

#[derive(Debug, Deserialize)]
struct Param {
    id: String,
    label: Option<String>,
    select: Option<Select>,
}

#[derive(Debug, Deserialize)]
struct Select {
    #[serde(default)]
    choice: Vec<String>,
}

/// A control, and what it stands under.
#[derive(Debug, Clone)]
pub(super) struct Entry<'c> {
    pub control: &'c Control,
    /// Where in the file it stands, as a JSON pointer.
    pub pointer: String,
    /// The title of the control or group around it.
    pub heading: Option<&'c str>,
    /// The position of the control around it, among all.
    pub within: Option<usize>,
}

impl Catalog {
    pub fn read(json: &str) -> Result<Self, Diagnostic> {
        if json.trim_start().starts_with('<') {
            let wrong = Diagnostic::error("not-a-catalog", "the file is XML, and OSCAL's JSON is read");
            return Err(wrong.help(
                "catalogs are published in both forms; `oscal-cli catalog convert --to json` makes one of the other",
            ));
        }
        let file: Result<File, _> = serde_json::from_str(json.trim_start_matches('\u{feff}'));
        file.map(|file| file.catalog).map_err(|error| {
            let message = format!("the file is no OSCAL catalog: line {}, column {}", error.line(), error.column());
            Diagnostic::error("not-a-catalog", message)
                .help("it must be JSON with `catalog` at its top, as of OSCAL 1.x; profiles must be resolved into a catalog first")
        })
    }

    /// All controls, in the order of the catalog.
    pub fn entries(&self) -> Vec<Entry<'_>> {
        let mut all = Vec::new();
        for (at, group) in self.groups.iter().enumerate() {
            of_group(group, &format!("/catalog/groups/{at}"), &mut all);
        }
        of_controls(&self.controls, "/catalog", None, None, &mut all);
        all
    }

    /// The words that stand for parameters, by the id of each.
    pub fn params(&self) -> BTreeMap<&str, String> {
        fn of_groups<'c>(groups: &'c [Group], all: &mut BTreeMap<&'c str, String>) {
            for group in groups {
                all.extend(group.params.iter().map(|param| (param.id.as_str(), param.words())));
                of_groups(&group.groups, all);
            }
        }
        let mut all = BTreeMap::new();
        of_groups(&self.groups, &mut all);
        for entry in self.entries() {
            all.extend(entry.control.params.iter().map(|param| (param.id.as_str(), param.words())));
        }
        all
    }

    /// Who publishes it, or else who wrote it.
    pub fn publisher(&self) -> Option<&str> {
        let of_role = |role: &str| {
            let found = self.metadata.responsible_parties.iter().find(|one| one.role_id == role)?;
            let uuid = found.party_uuids.first()?;
            self.metadata.parties.iter().find(|party| party.uuid == *uuid)?.name.as_deref()
        };
        let first = || self.metadata.parties.iter().find_map(|party| party.name.as_deref());
        ["publisher", "author", "creator"].into_iter().find_map(of_role).or_else(first)
    }

    /// Where it can be read: the canonical address, or else the first of the web.
    pub fn address(&self) -> Option<&str> {
        let web = |href: &str| href.starts_with("https://") || href.starts_with("http://");
        let followed = |link: &'_ Link| -> Option<&str> {
            if let Some(uuid) = link.href.strip_prefix('#') {
                let resource = self.back_matter.resources.iter().find(|resource| resource.uuid == uuid)?;
                return resource.rlinks.iter().map(|link| link.href.as_str()).find(|href| web(href));
            }
            self.metadata.links.iter().map(|known| known.href.as_str()).find(|href| *href == link.href && web(href))
        };
        let links = &self.metadata.links;
        let canonical = links.iter().filter(|link| link.rel == "canonical").find_map(followed);
        canonical.or_else(|| links.iter().find_map(followed))
    }
}

impl Metadata {
    /// What it says of the rights in it.
    pub fn rights(&self) -> Option<&str> {
        let named = |prop: &&Prop| matches!(prop.name.as_str(), "rights" | "license" | "licence");
        self.props.iter().find(named).map(|prop| prop.value.as_str())
    }
}

// How deep both go is bounded by the reader of JSON, which refuses a file that is nested too deep.

fn of_group<'c>(group: &'c Group, pointer: &str, all: &mut Vec<Entry<'c>>) {
    of_controls(&group.controls, pointer, Some(&group.title), None, all);
    for (at, inner) in group.groups.iter().enumerate() {
        of_group(inner, &format!("{pointer}/groups/{at}"), all);
    }
}

fn of_controls<'c>(
    controls: &'c [Control],
    pointer: &str,
    heading: Option<&'c str>,
    within: Option<usize>,
    all: &mut Vec<Entry<'c>>,
) {
    for (at, control) in controls.iter().enumerate() {
        let (pointer, own) = (format!("{pointer}/controls/{at}"), all.len());
        all.push(Entry { control, pointer: pointer.clone(), heading, within });
        of_controls(&control.controls, &pointer, Some(&control.title), Some(own), all);
    }
}

impl Control {
    /// True if a link says that something else took its place.
    pub fn is_moved(&self) -> bool {
        let says =
            |link: &Link| ["moved-to", "incorporated-into"].iter().any(|rel| link.rel.trim().eq_ignore_ascii_case(rel));
        self.links.iter().any(says)
    }

    /// The value of a property.
    pub fn prop(&self, name: &str) -> Option<&str> {
        self.props.iter().find(|prop| prop.name == name).map(|prop| prop.value.as_str())
    }

    /// What it demands, line by line, with the words of parameters in their places.
    pub fn statement(&self, params: &BTreeMap<&str, String>) -> String {
        let mut lines = Vec::new();
        for part in self.parts.iter().filter(|part| part.name == "statement") {
            part.lines(params, &mut lines);
        }
        lines.join("\n")
    }
}

impl Part {
    /// True if it or a part within says something.
    pub fn speaks(&self) -> bool {
        !self.prose.trim().is_empty() || self.parts.iter().any(Self::speaks)
    }

    fn lines(&self, params: &BTreeMap<&str, String>, lines: &mut Vec<String>) {
        let prose = inserted(&self.prose, params);
        let prose = prose.split_whitespace().collect::<Vec<_>>().join(" ");
        if !prose.is_empty() {
            let label = self.props.iter().find(|prop| prop.name == "label").map(|prop| prop.value.trim());
            lines.push(label.map_or_else(|| prose.clone(), |label| format!("{label} {prose}")));
        }
        for part in self.parts.iter().filter(|part| matches!(part.name.as_str(), "item" | "statement")) {
            part.lines(params, lines);
        }
    }
}

impl Param {
    fn words(&self) -> String {
        match (&self.label, &self.select) {
            (Some(label), _) => format!("[{label}]"),
            (None, Some(select)) if !select.choice.is_empty() => format!("[{}]", select.choice.join(" or ")),
            _ => format!("[{}]", self.id),
        }
    }
}

/// The text with each `{{ insert: param, ID }}` as the words of the parameter.
fn inserted(text: &str, params: &BTreeMap<&str, String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let Some((inside, behind)) = after.split_once("}}") else {
            out.push_str("{{");
            rest = after;
            continue;
        };
        let id = inside.split(',').nth(1).unwrap_or(inside).trim();
        match params.get(id) {
            Some(words) => out.push_str(&words.replace("{{", "").replace("}}", "")),
            None => out.push_str(&format!("[{id}]")),
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}
