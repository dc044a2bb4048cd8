//! Links between systems that a person forces or forbids, as `[[links]]` of the profile.

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::file::Reader;
use crate::base::diagnostic::{Diagnostic, Place};
use crate::base::text::is_blank;
use crate::export::declared::{Acting, Links, Tie};

/// A person's word on two ids: that they are of one credential or of two, that the first acts as the second or never does.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawLink {
    /// Two ids of one credential, as reports write them.
    #[schemars(with = "Option<[String; 2]>")]
    pub same: Option<Spanned<Vec<String>>>,
    /// Two ids that are not of one credential, though a secret or a key id is the same in both.
    #[schemars(with = "Option<[String; 2]>")]
    pub different: Option<Spanned<Vec<String>>>,
    /// An identity or an AI system, and the identity as which it acts, though no export shows it.
    #[schemars(with = "Option<[String; 2]>")]
    pub acts_as: Option<Spanned<Vec<String>>>,
    /// An identity or an AI system, and an identity as which it never acts, though a trust, an issuer or a configuration lets it.
    #[schemars(with = "Option<[String; 2]>")]
    pub never_acts_as: Option<Spanned<Vec<String>>>,
}

/// What an entry says of its two ids.
enum Says {
    Same(bool),
    Acts(bool),
}

/// The links of all entries; those that say nothing, or too much, are told.
pub(super) fn links(reader: &mut Reader<'_>, file: &str, raw: Vec<Spanned<RawLink>>) -> Links {
    let mut links = Links::default();
    for entry in raw {
        let span = entry.span();
        let RawLink { same, different, acts_as, never_acts_as } = entry.into_inner();
        let said = [
            (same, Says::Same(true)),
            (different, Says::Same(false)),
            (acts_as, Says::Acts(true)),
            (never_acts_as, Says::Acts(false)),
        ];
        let mut said = said.into_iter().filter_map(|(ids, says)| Some((ids?, says)));
        let (Some((ids, says)), None) = (said.next(), said.next()) else {
            let message = "a link says one of `same`, `different`, `acts_as` and `never_acts_as`";
            let wrong = Diagnostic::error("bad-link", message).help(
                "write `same = [\"one id\", \"the other\"]`, with ids as reports write them, and one entry a link",
            );
            reader.note(wrong, span, "this link");
            continue;
        };
        let place = Some(Place { file: file.to_owned(), span: ids.span() });
        match (ids.get_ref().as_slice(), says) {
            ([one, other], _) if one == other || is_blank(one) || is_blank(other) => not_two(reader, ids.span()),
            ([one, other], Says::Same(same)) => {
                links.ties.push(Tie { one: one.clone(), other: other.clone(), same, place });
            }
            ([who, whom], Says::Acts(acts)) => {
                links.acting.push(Acting { who: who.clone(), whom: whom.clone(), acts, place });
            }
            _ => not_two(reader, ids.span()),
        }
    }
    links
}

fn not_two(reader: &mut Reader<'_>, span: std::ops::Range<usize>) {
    let wrong = Diagnostic::error("bad-link", "a link is between two ids, and they are not the same")
        .help("write two ids, as reports write them");
    reader.note(wrong, span, "not two ids");
}
