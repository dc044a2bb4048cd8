//! What is known while a folder is read, and while one file of it is.

use std::collections::BTreeSet;

use crate::base::diagnostic::Diagnostic;
use crate::base::time::Instant;
use crate::export::declared::Said;
use crate::export::report::{ExportReport, Rejected, Rejections};
use crate::export::split::{Field, Layout, Refused, Slice};
use crate::export::walk::CONFIGURATIONS;
use crate::export::windows::FileFacts;
use crate::model::intern::Sym;
use crate::model::record::{ELEMENTS, ExportId, ITSELF, Record, RecordId};
use crate::model::schema::Fact;
use crate::model::storable::Time;
use crate::model::world::World;

use super::attestation::Attestation;
use super::aws::join::Pending;
use super::bedrock::Agents;
use super::inventory::pending::Statements;
use super::kubernetes::place;
use super::mcp::lost::Configurations;
use super::print::RunKey;
use super::provider::Providers;
use super::secrets;
use super::sets::Sets;
use super::sighting::{Shown, Sighting};
use super::{About, REPEATS};

/// What is known while a folder is read.
#[derive(Default)]
pub struct Run {
    /// Everything that was said.
    pub world: World,
    /// One report for each export of the world, by its number.
    pub reports: Vec<ExportReport>,
    /// The rejected records of each export.
    pub rejections: Vec<Rejections>,
    /// Mistakes.
    pub diagnostics: Vec<Diagnostic>,
    /// Which file set holds which scope.
    pub sets: Sets,
    /// What AWS exports said that can only be placed once all were read.
    pub aws: Pending,
    /// What the inventory said, to be placed once all was read.
    pub inventory: Statements,
    /// What AWS said of Bedrock agents, to be joined once all was read.
    pub agents: Agents,
    /// Pages and accounts of model providers, to be settled once all was read.
    pub providers: Providers,
    /// Statements of people on requirements.
    pub attestations: Vec<Attestation>,
    /// Under which secrets are compared.
    pub key: RunKey,
    /// Places where credentials are used or were seen.
    pub sightings: Vec<Sighting>,
    /// Rows of credentials whose secret itself stands in a configuration that was read.
    pub literals: BTreeSet<u32>,
    /// Ends of credentials that providers show.
    pub shown: Vec<Shown>,
    /// Rows of credentials of which their provider does not show how they end.
    pub endless: BTreeSet<u32>,
    /// What clusters said that can only be placed once all was read.
    pub kubernetes: place::Pending,
    /// Which configurations of MCP clients were read, and which were not.
    pub configurations: Configurations,
    /// Accounts of clusters that are annotated to act as one of a cloud.
    pub annotations: Vec<Annotated>,
}

/// An annotation by which an account of a cluster acts as one of a cloud.
pub struct Annotated {
    /// The account's row.
    pub identity: u32,
    /// Which annotation: `eks.amazonaws.com/role-arn`.
    pub key: &'static str,
    /// What it names, as written.
    pub value: Sym,
    /// Where it stands.
    pub record: RecordId,
}

/// How the list of rows that stand in a field begins; the field's name follows.
pub const ROW_OF: &str = "row of ";

/// What is known while one file is read.
pub struct FileRun<'r> {
    /// What is known of the folder.
    pub run: &'r mut Run,
    /// The export's number.
    pub export: ExportId,
    /// What its source says of itself.
    pub about: &'static About,
    /// What the manifest says of it.
    pub said: Said,
    /// Which set of files it belongs to: pages of one snapshot share theirs.
    pub set: u32,
    /// Scopes that it speaks of.
    pub scopes: BTreeSet<String>,
    /// The names of the lists, as pointers.
    lists: Vec<Sym>,
    bad_dates: (u64, Option<RecordId>),
}

impl<'r> FileRun<'r> {
    /// The state for a file that has been given an export's number.
    pub fn new(run: &'r mut Run, export: ExportId, about: &'static About, said: Said, set: u32) -> Self {
        let names: Vec<String> = match about.layout {
            Layout::Lists(lists, _) => lists.iter().map(|list| format!("/{list}")).collect(),
            Layout::Rows => vec!["row".to_owned()],
            Layout::Elements => vec![ELEMENTS.to_owned()],
            Layout::Objects(list, _) => vec![format!("/{list}"), String::new()],
            Layout::Documents | Layout::Text | Layout::Yaml => vec![String::new()],
        };
        let lists = names.iter().map(|name| run.world.strings.intern(name)).collect();
        Self { run, export, about, said, set, scopes: BTreeSet::new(), lists, bad_dates: (0, None) }
    }

    /// Says that the rows of the file stand in a field of its document, encoded: places are then those of what it decodes to.
    pub fn rows_within(&mut self, field: &str) {
        let list = format!("{ROW_OF}{field}");
        self.lists = vec![self.run.world.strings.intern(&list)];
    }

    /// The tables.
    pub fn world(&mut self) -> &mut World {
        &mut self.run.world
    }

    /// The report on this file.
    pub fn report(&mut self) -> Option<&mut ExportReport> {
        self.run.reports.get_mut(self.export.0 as usize)
    }

    /// When the file was collected, if anyone says.
    #[must_use]
    pub fn collected_at(&self) -> Option<i64> {
        self.run.world.records.exports.get(self.export.0 as usize).and_then(|export| export.collected_at)
    }

    /// The path of the file.
    #[must_use]
    pub fn path(&self) -> String {
        self.run.world.records.exports.get(self.export.0 as usize).map_or_else(String::new, |e| e.path.clone())
    }

    /// The scope of a file that does not say it itself: that of the manifest, else one made of the folder it lies in.
    ///
    /// A scope made of a path changes when the file is moved, so what it names is not the same across runs; that is told.
    pub fn scope_of(&mut self, system: &'static str) -> String {
        let scope = match self.said.scope.clone() {
            Some(said) => said,
            None => self.scope_of_path(system),
        };
        self.scopes.insert(scope.clone());
        scope
    }

    fn scope_of_path(&mut self, system: &'static str) -> String {
        let path = self.path();
        let (folder, _) = by_path(system, &path);
        let scope = format!("{system}:{}", folder.replace(':', "%3A"));
        let message = format!(
            "`{path}` does not say of which {system} scope it is, so it is taken for `{scope}` by the folder that it lies in: \
             name the scope in the manifest, or findings of it are not the same once it is moved"
        );
        self.world().note("scope-by-path", message, None);
        if let Some(report) = self.report() {
            report.scope_by_path = true;
        }
        scope
    }

    /// What of the path of a file is not in the scope that was made of it: the file's name, and a client's own folder.
    #[must_use]
    pub fn beyond_scope(&self) -> String {
        by_path(self.about.system, &self.path()).1.to_owned()
    }

    /// Stores where a record stands.
    pub fn record(&mut self, slice: &Slice) -> RecordId {
        let list = self.list(slice.list);
        let (export, index, document, offset) = (self.export, slice.index, slice.document, slice.offset);
        self.world().records.add(Record { export, list, index, document, offset })
    }

    /// Stores where an entry of a list stands that the layout does not name.
    pub fn record_in(&mut self, list: &str, index: u32, offset: u64) -> RecordId {
        let list = self.world().strings.intern(list);
        let export = self.export;
        self.world().records.add(Record { export, list, index, document: 0, offset })
    }

    /// Stores where an entry of an answer stands: by a JSON pointer to its list, or to itself where it is [`ITSELF`].
    ///
    /// [`ITSELF`]: crate::model::record::ITSELF
    pub fn record_at(&mut self, list: &str, index: u32, document: u32, offset: u64) -> RecordId {
        let list = self.world().strings.intern(list);
        let export = self.export;
        self.world().records.add(Record { export, list, index, document, offset })
    }

    /// Stores where something stands that is in no list, by a JSON pointer.
    pub fn record_of(&mut self, pointer: &str, offset: u64) -> RecordId {
        self.record_in(pointer, ITSELF, offset)
    }

    /// The symbol of a list's name.
    fn list(&self, list: u16) -> Sym {
        self.lists.get(usize::from(list)).copied().unwrap_or(Sym(0))
    }

    /// Counts a record that gave facts.
    pub fn count_read(&mut self) {
        if let Some(report) = self.report() {
            report.read += 1;
        }
    }

    /// Counts a record that was left aside on purpose.
    pub fn ignore(&mut self, why: &str) {
        if let Some(report) = self.report() {
            report.ignored += 1;
            if let Err(at) = report.ignored_why.binary_search_by(|known| known.as_str().cmp(why)) {
                report.ignored_why.insert(at, why.to_owned());
            }
        }
    }

    /// Leaves a record aside that another file has, word for word; the first time that is told.
    pub fn repeats(&mut self, other: &str) {
        let why = format!("{REPEATS}`{other}`: both are one snapshot");
        if self.report().is_some_and(|report| !report.ignored_why.contains(&why)) {
            let message = format!("`{}` repeats `{other}`, so both are taken as one snapshot", self.path());
            self.run.diagnostics.push(Diagnostic::note("repeated-export", message));
        }
        self.ignore(&why);
    }

    /// Rejects a record.
    pub fn reject(&mut self, slice: &Slice, why: impl Into<String>) {
        let place = place(self.about.layout, slice.list, slice.index, slice.document);
        self.reject_at(place, slice.offset, why.into());
    }

    /// Rejects what could not be cut out.
    pub fn refuse(&mut self, refused: &Refused) {
        let place = match refused.list {
            Some(list) => place(self.about.layout, list, refused.index, refused.document),
            None => format!("document {}", u64::from(refused.document) + 1),
        };
        if refused.list.is_none() || refused.why.is_final() {
            self.cut();
        }
        self.reject_at(place, refused.offset, refused.why.message());
    }

    /// Says that what follows in the file, or a part of it that is in no list, was not read.
    pub fn cut(&mut self) {
        if let Some(report) = self.report() {
            report.cut = true;
        }
    }

    /// Rejects something at a place named by the caller.
    pub fn reject_at(&mut self, place: String, offset: u64, mut why: String) {
        if let std::borrow::Cow::Owned(masked) = secrets::masked(&why) {
            why = masked;
        }
        let rejected = Rejected { path: self.path(), place, offset, why };
        if let Some(report) = self.report() {
            report.rejected += 1;
        }
        if let Some(rejections) = self.run.rejections.get_mut(self.export.0 as usize) {
            rejections.push(rejected);
        }
    }

    /// Adds to a control total.
    pub fn total(&mut self, name: &str, by: u64) {
        let Some(report) = self.report() else { return };
        match report.control_totals.iter_mut().find(|(known, _)| known == name) {
            Some((_, count)) => *count += by,
            None => report.control_totals.push((name.to_owned(), by)),
        }
    }

    /// Stores an instant; text that is not one leaves the fact unknown and is noted once a file.
    pub fn set_time(&mut self, fact: Fact<Time>, row: u32, text: &str, record: RecordId) {
        match Instant::parse(text) {
            Some(at) => self.world().set(fact, row, at, record),
            None => self.bad_date(record),
        }
    }

    /// Counts a text that should be an instant and is not.
    pub fn bad_date(&mut self, record: RecordId) {
        self.bad_dates.0 += 1;
        self.bad_dates.1.get_or_insert(record);
    }

    /// Says what is known once the file was read.
    pub fn close(&mut self, facts: &FileFacts) {
        let scopes: Vec<String> = std::mem::take(&mut self.scopes).into_iter().collect();
        let world = self.world();
        for scope in &scopes {
            let scope = world.strings.intern(scope);
            world.exported.insert(scope);
        }
        if let (count, Some(record)) = self.bad_dates {
            let path = self.path();
            let message =
                format!("{count} dates in `{path}` cannot be read and were taken as unknown; this is the first");
            self.world().note("unreadable-date", message, Some(record));
        }
        if facts.replaced {
            let message = format!("`{}` is not all UTF-16: what could not be decoded was replaced", self.path());
            self.world().note("replaced-text", message, None);
        }
        if let Some(export) = self.run.world.records.exports.get_mut(self.export.0 as usize) {
            export.documents = facts.documents;
        }
        if let Some(report) = self.report() {
            report.sha256 = Some(facts.sha256.clone());
            report.bytes = facts.bytes;
            report.scopes = scopes;
        }
    }
}

/// The folder of a path that names a scope, and the rest of the path.
///
/// A first folder that is named as the system says nothing, and one in which a client keeps its configuration is the client's:
/// `mcp/laptop/.cursor/mcp.json` is `laptop` and `.cursor/mcp.json`.
fn by_path<'p>(system: &str, path: &'p str) -> (&'p str, &'p str) {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let mut at = 0;
    let own = folder.split('/').find_map(|part| {
        let start = at;
        at += part.len() + 1;
        CONFIGURATIONS.contains(&part).then_some(start)
    });
    let (lead, rest) = own.map_or((folder, file), |own| path.split_at(own));
    let lead = lead.trim_end_matches('/');
    let name = lead.strip_prefix(system).and_then(|rest| rest.strip_prefix('/')).unwrap_or(lead);
    (if name.is_empty() { "exports" } else { name }, rest)
}

/// Where a record stands, as people read it: a JSON pointer, with its document if there are several, or a line.
#[must_use]
pub fn place(layout: Layout, list: u16, index: u32, document: u32) -> String {
    match layout {
        Layout::Rows => format!("line {index}"),
        Layout::Objects(name, _) if list == 0 && document == 0 => format!("/{name}/{index}"),
        Layout::Objects(name, _) if list == 0 => format!("document {}, /{name}/{index}", u64::from(document) + 1),
        Layout::Documents | Layout::Yaml | Layout::Objects(..) => format!("document {}", u64::from(document) + 1),
        Layout::Elements if document == 0 => format!("/{index}"),
        Layout::Elements => format!("document {}, /{index}", u64::from(document) + 1),
        Layout::Text => format!("entry {}", u64::from(index) + 1),
        Layout::Lists(lists, _) => {
            let name = lists.get(usize::from(list)).copied().unwrap_or("");
            if document == 0 {
                format!("/{name}/{index}")
            } else {
                format!("document {}, /{name}/{index}", u64::from(document) + 1)
            }
        }
    }
}

/// True if a field such as `IsTruncated` or `Marker` says that a page is not the last.
#[must_use]
pub fn marks_a_page(field: &Field) -> bool {
    match field.name {
        "IsTruncated" => field.value == "true",
        _ => !matches!(field.value.as_str(), "null" | "\"\"" | "false"),
    }
}

#[cfg(test)]
mod tests {
    use super::by_path;

    #[test]
    fn a_scope_is_named_by_what_a_folder_says_of_it() {
        for (path, folder, rest) in [
            ("mcp/laptop/.cursor/mcp.json", "laptop", ".cursor/mcp.json"),
            ("mcp/laptop/.codeium/windsurf/mcp_config.json", "laptop", ".codeium/windsurf/mcp_config.json"),
            ("mcp/laptop/.claude.json", "laptop", ".claude.json"),
            ("mcp/repository/tools/.mcp.json", "repository/tools", ".mcp.json"),
            ("a/mcp/x.json", "a/mcp", "x.json"),
            ("mcp/x.json", "mcp", "x.json"),
            (".cursor/mcp.json", "exports", ".cursor/mcp.json"),
            ("x.json", "exports", "x.json"),
        ] {
            assert_eq!(by_path("mcp", path), (folder, rest), "{path}");
        }
    }
}
