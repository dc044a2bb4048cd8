//! What is wrong with a text, seen while it is cut into records.

use super::scan::DEPTH_LIMIT;
use super::split::RECORD_LIMIT;
use super::yaml::DOCUMENT_LIMIT;

/// What is wrong with a text, seen without parsing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The record nests deeper than the limit.
    TooDeep,
    /// The record is larger than the limit.
    TooLarge,
    /// A bracket at this byte closes another one; the rest of the file is unread.
    Mismatch(u64),
    /// At this byte stands something that JSON does not allow; the rest of the file is unread.
    Unexpected(u64),
    /// The file ends, at this byte, before the record or the document does.
    Truncated(u64),
    /// A key of a document is no text, so that what stands under it is unread.
    Key,
    /// The document is an answer of another kind: it has none of the lists that the export is made of.
    NoList,
    /// The document of YAML is larger than the limit.
    DocumentTooLarge,
}

impl Fault {
    /// True if nothing after it can be read.
    #[must_use]
    pub fn is_final(self) -> bool {
        !matches!(self, Self::TooDeep | Self::TooLarge | Self::Key | Self::NoList | Self::DocumentTooLarge)
    }

    /// What is wrong, in words.
    #[must_use]
    pub fn message(self) -> String {
        match self {
            Self::TooDeep => format!("it nests deeper than {DEPTH_LIMIT} levels"),
            Self::TooLarge => format!("it is larger than {} MiB", RECORD_LIMIT >> 20),
            Self::Mismatch(at) => {
                format!("a bracket at byte {at} closes another one, and the rest of the file is unread")
            }
            Self::Unexpected(at) => {
                format!("byte {at} is not what JSON allows there, and the rest of the file is unread")
            }
            Self::Truncated(at) => format!("the file ends at byte {at}, in the middle"),
            Self::Key => "a key in it is not valid text, so what stands under it is unread".to_owned(),
            Self::NoList => {
                "it has none of the lists that the other documents have, as if a command had answered with an error"
                    .to_owned()
            }
            Self::DocumentTooLarge => {
                format!("it is larger than {} MiB, which YAML is read up to: export it as JSON", DOCUMENT_LIMIT >> 20)
            }
        }
    }
}
