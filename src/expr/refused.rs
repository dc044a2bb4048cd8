//! The parts of CEL that the language refuses, each with a diagnostic of its own.

use std::ops::Range;

use crate::base::diagnostic::Diagnostic;

use super::mistake;

/// A refused part of CEL. The list is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Feature {
    /// `b'…'`, `bytes()`.
    Bytes,
    /// `1u`, `uint()`.
    Uint,
    /// `null`.
    Null,
    /// `dyn()`.
    Dyn,
    /// `type()` and types as values.
    Type,
    /// `Message{…}` and names of packages.
    Message,
    /// Lists and maps whose members differ in type.
    Mixed,
    /// `a.?b`, `optional.of()`.
    Optional,
}

/// What is said where `feature` is used.
pub(super) fn refusal(feature: Feature, span: Range<usize>) -> Diagnostic {
    let (code, message, help) = match feature {
        Feature::Bytes => ("refused-bytes", "bytes are not part of the language", "use a string: no fact holds bytes"),
        Feature::Uint => {
            ("refused-uint", "unsigned integers are not part of the language", "use an integer, without the `u`")
        }
        Feature::Null => (
            "refused-null",
            "`null` is not part of the language",
            "ask `has(…)` whether a fact has a value; facts nobody gave are unknown by themselves",
        ),
        Feature::Dyn => {
            ("refused-dyn", "`dyn` is not part of the language", "every value has one type; drop the `dyn`")
        }
        Feature::Type => (
            "refused-type",
            "types are not values in the language",
            "the type of each fact is known: compare its value",
        ),
        Feature::Message => {
            ("refused-message", "messages and packages are not part of the language", "use a map, or read a fact")
        }
        Feature::Mixed => (
            "refused-mixed",
            "the members of a list or map must have one type",
            "write them as one type, such as all strings",
        ),
        Feature::Optional => {
            ("refused-optional", "optional values are not part of the language", "guard the fact with `has(…) && …`")
        }
    };
    mistake(code, message, span, "not part of the language").help(help)
}
