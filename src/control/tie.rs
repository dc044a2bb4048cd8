//! Links between systems that a person forces or forbids, as `[[links]]` of the profile.

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::file::Reader;
use crate::base::diagnostic::{Diagnostic, Place};
use crate::base::text::is_blank;
use crate::export::declared::Tie;

/// A person's word on two ids: of one credential, or of two.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawLink {
    /// Two ids of one credential, as reports write them.
    #[schemars(with = "Option<[String; 2]>")]
    pub same: Option<Spanned<Vec<String>>>,
    /// Two ids that are not of one credential, though a secret or a key id is the same in both.
    #[schemars(with = "Option<[String; 2]>")]
    pub different: Option<Spanned<Vec<String>>>,
}

/// The ties of all entries; those that say nothing, or too much, are told.
pub(super) fn ties(reader: &mut Reader<'_>, file: &str, raw: Vec<Spanned<RawLink>>) -> Vec<Tie> {
    let mut ties = Vec::new();
    for entry in raw {
        let span = entry.span();
        let RawLink { same, different } = entry.into_inner();
        let (ids, same) = match (same, different) {
            (Some(ids), None) => (ids, true),
            (None, Some(ids)) => (ids, false),
            _ => {
                let wrong = Diagnostic::error("bad-link", "a link says either `same` or `different`")
                    .help("write `same = [\"one id\", \"the other\"]`, with ids as reports write them");
                reader.note(wrong, span, "this link");
                continue;
            }
        };
        match ids.get_ref().as_slice() {
            [one, other] if one != other && !is_blank(one) && !is_blank(other) => ties.push(Tie {
                one: one.clone(),
                other: other.clone(),
                same,
                place: Some(Place { file: file.to_owned(), span: ids.span() }),
            }),
            _ => {
                let wrong = Diagnostic::error("bad-link", "a link is between two ids, and they are not the same")
                    .help("write two ids, as reports write them");
                reader.note(wrong, ids.span(), "not two ids");
            }
        }
    }
    ties
}
