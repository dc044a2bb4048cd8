//! What calling well-known tools does or lets in: by what a configuration runs or calls.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::file::{ControlFile, Reader};
use super::names::unknown_name;
use crate::base::diagnostic::Diagnostic;
use crate::model::facts::Effect;

/// Well-known tools, as they are written: one file `tools/ID.toml`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawTools {
    /// A short name in lower-case letters, digits and hyphens.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// What the tools are.
    #[schemars(with = "String")]
    pub title: Spanned<String>,
    /// What a reader must know of them.
    pub note: Option<String>,
    /// The tools.
    pub tools: Vec<RawTool>,
}

/// A tool, or several that do the same.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawTool {
    /// A short name in lower-case letters, digits and hyphens.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// Packages, images, programs or addresses by which it is known; `*` stands for any text.
    #[serde(rename = "match")]
    #[schemars(with = "Vec<String>")]
    pub targets: Vec<Spanned<String>>,
    /// All that calling it does or lets in: `untrusted_input`, `sends_out`, `reads_secrets`, `reads_data`, `writes`,
    /// `deletes`, `runs_code`.
    #[schemars(with = "Vec<String>")]
    pub effects: Vec<Spanned<String>>,
    /// Why that is so, for the report.
    #[schemars(with = "String")]
    pub reason: Spanned<String>,
}

/// The tools of one file.
#[derive(Debug, Clone)]
pub struct Tools {
    /// The id.
    pub id: String,
    /// The path of its file within the controls.
    pub path: String,
    /// The tools, in the order of the file.
    pub tools: Vec<Tool>,
}

/// A tool, or several that do the same.
#[derive(Debug, Clone)]
pub struct Tool {
    /// The id.
    pub id: String,
    /// By what it is known, in lower case.
    pub targets: Vec<String>,
    /// All that calling it does or lets in.
    pub effects: Vec<Effect>,
    /// Why that is so.
    pub reason: String,
}

impl Tools {
    /// Reads a file. It is `None` if it cannot be used; the mistakes are all told, whatever they are.
    #[must_use]
    pub fn read(file: &ControlFile) -> (Option<Self>, Vec<Diagnostic>) {
        let mut reader = Reader::new(&file.path, &file.text);
        let read = reader.parse::<RawTools>().map(|raw| {
            let mut ids = BTreeSet::new();
            let tools = raw.tools.iter().map(|raw| tool(&mut reader, raw, &mut ids)).collect();
            reader.text(&raw.title, "title");
            Self { id: reader.id(&raw.id), path: file.path.clone(), tools }
        });
        let read = read.filter(|_| reader.errors() == 0);
        (read, reader.finish())
    }
}

fn tool(reader: &mut Reader<'_>, raw: &RawTool, ids: &mut BTreeSet<String>) -> Tool {
    let id = reader.id(&raw.id);
    if !ids.insert(id.clone()) {
        let wrong = Diagnostic::error("duplicate-id", format!("two tools are named `{id}`"));
        reader.note(wrong, raw.id.span(), "named before");
    }
    let names: Vec<&str> = Effect::ALL.iter().map(|effect| effect.name()).collect();
    let mut effects = Vec::new();
    for name in &raw.effects {
        let found = Effect::from_name(name.get_ref()).ok_or_else(|| unknown_name("effect", name.get_ref(), &names));
        effects.extend(reader.check(found, &name.span(), "unknown effect"));
    }
    let targets = raw.targets.iter().map(|target| reader.text(target, "target").to_lowercase()).collect();
    Tool { id, targets, effects, reason: reader.text(&raw.reason, "reason") }
}
