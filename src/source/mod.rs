//! The code that reads each system's exports: one file a format, all in [`SOURCES`].
//!
//! A source says of itself what it reads, with which command that is exported, which facts it
//! gives and from where, and which lists its format shows to be complete. Its documentation
//! and the remedies in reports are made from that.

use std::io;

use crate::export::declared::Said;
use crate::export::head::Head;
use crate::export::split::Layout;
use crate::export::walk::Found;
use crate::model::facts::{CredentialKind, credential};
use crate::model::listing::Listing;
use crate::model::schema::FactId;

mod again;
mod answers;
mod anthropic_keys;
mod asserted;
pub mod attestation;
pub(crate) mod aws;
mod aws_access_key_last_used;
mod aws_access_keys;
mod aws_authorization_details;
mod aws_credential_report;
mod bedrock;
mod bedrock_agents;
mod content;
pub mod docs;
mod doubts;
mod finish;
mod gitleaks;
mod gitleaks_csv;
pub mod inventory;
mod inventory_csv;
mod inventory_toml;
mod kubernetes;
mod kubernetes_objects;
pub mod link;
mod load;
mod mcp;
mod mcp_client;
mod openai_keys;
pub(crate) use crate::export::print;
mod provider;
mod run;
pub(crate) use crate::export::secrets;
mod sets;
mod sighting;
mod spoken;

pub use inventory::schema as inventory_schema;
pub use load::{Loaded, OWN_SCHEMA, Options, WAIVERS, load};
use run::FileRun;
pub(crate) use run::ROW_OF;

/// A fact that a source gives, and from where in a record.
#[derive(Debug, Clone, Copy)]
pub struct Given {
    /// Which fact.
    pub fact: FactId,
    /// From where: a path in a record of the export, or a column.
    pub from: &'static str,
}

/// A fact and where it is from, short enough for tables.
const fn given<T>(fact: crate::model::schema::Fact<T>, from: &'static str) -> Given {
    Given { fact: fact.id, from }
}

/// What a source says of itself.
#[derive(Debug)]
pub struct About {
    /// The id, kebab-case.
    pub id: &'static str,
    /// What it reads, in a few words.
    pub title: &'static str,
    /// The system.
    pub system: &'static str,
    /// The commands that export it.
    pub commands: &'static [&'static str],
    /// Which source is believed where two differ; higher wins. What people state has [`STATED`].
    pub authority: u8,
    /// The kinds of credential that it speaks of; empty for any.
    pub kinds: &'static [CredentialKind],
    /// Where the records are.
    pub layout: Layout,
    /// The facts that it gives.
    pub provides: &'static [Given],
    /// The lists that its format shows to be complete.
    pub shows: &'static [Listing],
    /// What a reader of its documentation must know: Markdown, one paragraph each.
    pub notes: &'static [&'static str],
}

/// The authority of what people state.
pub const STATED: u8 = 100;

impl About {
    /// True if an export of it may say something of credentials of this kind.
    #[must_use]
    pub fn speaks_of(&self, kind: CredentialKind) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&kind)
    }

    /// True for the word of a system that accepts credentials on those that it issued: neither what people state of them nor
    /// what only saw one somewhere.
    #[must_use]
    pub fn issues_credentials(&self) -> bool {
        let says = |fact| self.provides.iter().any(|given| given.fact == fact);
        self.authority < STATED && (says(credential::ENABLED.id) || says(credential::LAST_USED_AT.id))
    }
}

/// One kind of export.
pub trait Source: Sync {
    /// What it says of itself.
    fn about(&self) -> &'static About;

    /// True if a file that begins so is of this kind.
    fn recognises(&self, head: &Head) -> bool;

    /// True if a file that does not show what it is, as an empty list does not, is of this kind by what the manifest says of it.
    fn claims(&self, _head: &Head, _said: &Said) -> bool {
        false
    }

    /// Sources with a lower number are read first, so that the others find what they refer to.
    fn order(&self) -> u8;

    /// When the file was collected, if it says so itself.
    fn collected_at(&self, _file: &Found, _head: &Head) -> Option<i64> {
        None
    }

    /// The scope of the file, if its beginning shows one. Files of one scope may be pages or snapshots.
    fn scope(&self, _head: &Head) -> Option<String> {
        None
    }

    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read to its end.
    fn read(&self, file: &Found, head: &Head, run: &mut FileRun<'_>) -> io::Result<()>;
}

/// All sources, sorted by id.
pub const SOURCES: &[&dyn Source] = &[
    &anthropic_keys::AnthropicKeys,
    &aws_access_key_last_used::AwsAccessKeyLastUsed,
    &aws_access_keys::AwsAccessKeys,
    &aws_authorization_details::AwsAuthorizationDetails,
    &aws_credential_report::AwsCredentialReport,
    &bedrock_agents::BedrockAgents,
    &gitleaks::Gitleaks,
    &gitleaks_csv::GitleaksCsv,
    &inventory_csv::InventoryCsv,
    &inventory_toml::InventoryToml,
    &kubernetes_objects::KubernetesObjects,
    &mcp_client::McpClient,
    &openai_keys::OpenAiKeys,
];

/// The sources that give a fact, by id.
#[must_use]
pub fn giving(fact: FactId) -> Vec<&'static About> {
    SOURCES
        .iter()
        .map(|source| source.about())
        .filter(|about| about.provides.iter().any(|given| given.fact == fact))
        .collect()
}

/// The sources whose format shows a list to be complete, by id.
#[must_use]
pub fn showing(listing: Listing) -> Vec<&'static About> {
    SOURCES.iter().map(|source| source.about()).filter(|about| about.shows.contains(&listing)).collect()
}

/// True for a scope that no account, cluster or organisation is: what is of it has names that do not say where they are from.
#[must_use]
pub fn is_nowhere(scope: &str) -> bool {
    scope == aws::arn::PROVIDED
}

/// The code of what is told of entries of the inventory that match nothing that was read.
pub const UNMATCHED: &str = inventory::unmatched::CODE;
/// The code of what is told of a closure of the inventory that says another number of entries than was read.
pub const MISCOUNTED: &str = inventory::closures::CODE;
/// The code of what is said of an entry of the manifest at which no export is.
pub const NO_EXPORT: &str = "manifest-matches-nothing";

/// How the reason begins for which a record was left aside that another file has, word for word.
pub const REPEATS: &str = "it repeats ";

/// The source of that id.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static About> {
    SOURCES.iter().map(|source| source.about()).find(|about| about.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_sorted_and_unique() {
        let ids: Vec<&str> = SOURCES.iter().map(|source| source.about().id).collect();
        assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
        for source in SOURCES {
            let about = source.about();
            assert!(about.id.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{}", about.id);
            assert!(!about.title.ends_with('.'), "{}", about.id);
        }
    }
}
