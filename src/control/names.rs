//! The closed sets of names that control files use.

use crate::base::diagnostic::Diagnostic;
use crate::base::text::nearest;

/// Declares a closed set: an enumeration, its names, and how it is read.
macro_rules! names {
    ($( $(#[$doc:meta])* $name:ident $what:literal { $( $(#[$vdoc:meta])* $variant:ident $text:literal ),+ $(,)? } )+) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $( $(#[$vdoc])* $variant ),+ }

        impl $name {
            /// All values, in their order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// What the set is of, for diagnostics.
            pub const WHAT: &'static str = $what;

            /// The name in files and outputs.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The value of that name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$variant),)+ _ => None }
            }

            /// The value of that name, or what is wrong with it.
            ///
            /// # Errors
            /// A diagnostic without a place that says which names there are.
            pub fn read(name: &str) -> Result<Self, Diagnostic> {
                Self::from_name(name).ok_or_else(|| unknown_name($what, name, &[$($text),+]))
            }
        }
    )+ };
}

names! {
    /// How bad it is that a check fails, from the least to the worst. Says nothing of how sure it is.
    Severity "severity" {
        /// Untidy; makes other things harder to see.
        Low "low",
        /// Weakens a protection.
        Medium "medium",
        /// One step from harm.
        High "high",
        /// Harm needs nothing more.
        Critical "critical",
    }
    /// How sure a rule is, from the least to the most. Says nothing of how bad it is.
    Confidence "confidence" {
        /// A hint.
        Low "low",
        /// Likely.
        Medium "medium",
        /// As good as certain.
        High "high",
    }
    /// In which direction a parameter becomes stricter.
    Stricter "direction of strictness" {
        /// Less is stricter.
        Lower "lower",
        /// More is stricter.
        Higher "higher",
        /// Values cannot be compared.
        None "none",
    }
    /// What a classification rule says of an identity.
    Target "classification target" {
        /// It is AI-connected.
        IsAi "is_ai",
        /// A person signs in as it.
        Human "human",
        /// No person signs in as it.
        Machine "machine",
    }
    /// What a requirement asks, beside something else, in the terms of set theory.
    Relationship "relationship" {
        /// The same.
        Equal "equal",
        /// A part of it.
        Subset "subset",
        /// All of it and more.
        Superset "superset",
        /// Some of it, and something else.
        Intersects "intersects",
    }
    /// Who says that two things correspond.
    MappedBy "author of a mapping" {
        /// This project, or whoever wrote the control file.
        Ours "ours",
        /// Who publishes the framework.
        Publisher "publisher",
    }
}

/// The diagnostic for a name that is none of a closed set.
#[must_use]
pub fn unknown_name(what: &str, name: &str, known: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::error("unknown-name", format!("`{name}` is no {what}"));
    match nearest(name, known.iter().copied()) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help(format!("one of {}", known.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_name_is_answered_with_the_nearest() {
        assert_eq!(Severity::read("high"), Ok(Severity::High));
        let wrong = Severity::read("hihg").unwrap_err();
        assert_eq!(wrong.message, "`hihg` is no severity");
        assert_eq!(Severity::read("urgent").unwrap_err().help.as_deref(), Some("one of low, medium, high, critical"));
        assert!(Severity::Critical > Severity::High && Confidence::High > Confidence::Low);
    }
}
