//! Policy documents: an object, or the same URL-encoded in text; statements told apart, read when needed.

use std::borrow::Cow;
use std::fmt;

use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::conditions::Conditions;
use super::lenient::{Many, Text};
use crate::export::scan::{Scan, Step, skip_space};

/// Whether `${…}` in a document is a variable, or means just these characters as it does in version 2008-10-17, which is
/// also that of a document that states none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variables {
    Known,
    Literal,
}

impl Variables {
    /// Of the JSON text of a version.
    fn of(version: &str) -> Self {
        if version.trim_matches('"') == "2012-10-17" { Self::Known } else { Self::Literal }
    }
}

/// A policy document. Its statements are JSON text.
#[derive(Debug)]
pub enum Document<'a> {
    /// The text of its one statement, or of the list of them; `None` if it has none. And whether its version has variables.
    Object(Option<&'a str>, Variables),
    /// A whole document that stood URL-encoded or as text in the export.
    Text(String),
}

impl<'de: 'a, 'a> Deserialize<'de> for Document<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Document<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a policy document")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Document<'de>, E> {
                let decoded = percent_decode_str(text).decode_utf8();
                decoded
                    .map(|text| Document::Text(text.into_owned()))
                    .map_err(|_| E::custom("the policy document is not UTF-8"))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Document<'de>, A::Error> {
                let (mut statements, mut variables) = (None, Variables::Literal);
                while let Some(key) = map.next_key::<Text<'de>>()? {
                    match &*key {
                        "Statement" => statements = Some(map.next_value::<&'de RawValue>()?.get()),
                        "Version" => variables = Variables::of(map.next_value::<&'de RawValue>()?.get()),
                        _ => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
                Ok(Document::Object(statements, variables))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// The statements of a JSON text that is one of them or a list of them. `None` where the text is neither.
#[must_use]
pub fn statements(text: &str) -> Option<Vec<&str>> {
    let bytes = text.as_bytes();
    let start = skip_space(bytes, 0);
    if bytes.get(start) == Some(&b'{') {
        return Some(vec![text.get(start..)?]);
    }
    let mut at = bytes.get(start).filter(|byte| **byte == b'[').map(|_| start + 1)?;
    let mut all = Vec::new();
    loop {
        at = skip_space(bytes, at);
        match bytes.get(at)? {
            b']' => return Some(all),
            b',' => at += 1,
            b'{' => match Scan::default().advance(bytes, at) {
                Step::Done(end) => {
                    all.push(text.get(at..end)?);
                    at = end;
                }
                Step::More | Step::Broken(_) => return None,
            },
            _ => return None,
        }
    }
}

/// The statement of a policy, as written.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Statement<'a> {
    #[serde(borrow)]
    pub sid: Option<Text<'a>>,
    #[serde(borrow)]
    pub effect: Option<Text<'a>>,
    #[serde(borrow)]
    pub action: Option<Many<Text<'a>>>,
    #[serde(borrow)]
    pub not_action: Option<Many<Text<'a>>>,
    #[serde(borrow)]
    pub resource: Option<Many<Text<'a>>>,
    #[serde(borrow)]
    pub not_resource: Option<Many<Text<'a>>>,
    #[serde(borrow)]
    pub principal: Option<Principals<'a>>,
    #[serde(borrow)]
    pub not_principal: Option<Principals<'a>>,
    #[serde(borrow, default)]
    pub condition: Conditions<'a>,
}

/// Who a statement of a trust speaks of: kind (`AWS`, `Service`, …) and names.
#[derive(Debug)]
pub struct Principals<'a>(pub Vec<(Text<'a>, Many<Text<'a>>)>);

impl<'de: 'a, 'a> Deserialize<'de> for Principals<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Principals<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("principals")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Principals<'de>, E> {
                let (key, name) = (Text(Cow::Borrowed("AWS")), Text(Cow::Borrowed(text)));
                Ok(Principals(vec![(key, Many(vec![name]))]))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Principals<'de>, E> {
                let (key, name) = (Text(Cow::Borrowed("AWS")), Text(Cow::Owned(text.to_owned())));
                Ok(Principals(vec![(key, Many(vec![name]))]))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Principals<'de>, A::Error> {
                let mut all = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    all.push(entry);
                }
                Ok(Principals(all))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// Only for documents that stand as text: the statements of a whole document.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Whole<'a> {
    #[serde(borrow)]
    version: Option<&'a RawValue>,
    #[serde(borrow)]
    statement: Option<&'a RawValue>,
}

/// The statements' text of a document that stood as text, and whether its version has variables.
///
/// # Errors
/// When it is not a policy document.
pub fn statement_text(document: &str) -> Result<(Option<&str>, Variables), String> {
    let whole: Whole<'_> = serde_json::from_str(document)
        .map_err(|_| "a policy document in it is text that is not a policy, also when URL-decoded".to_owned())?;
    let variables = whole.version.map_or(Variables::Literal, |version| Variables::of(version.get()));
    Ok((whole.statement.map(RawValue::get), variables))
}

/// Reads one statement.
///
/// # Errors
/// When it is not a statement, in words that quote no value of it.
fn statement(text: &str) -> Result<Statement<'_>, String> {
    let statement: Statement<'_> =
        serde_json::from_str(text).map_err(|error| format!("a statement in it: {}", super::lenient::why(&error)))?;
    if !matches!(statement.effect.as_deref(), Some("Allow" | "Deny")) {
        return Err("a statement in it has no effect `Allow` or `Deny`".to_owned());
    }
    if none(statement.action.as_ref()) && none(statement.not_action.as_ref()) {
        return Err("a statement in it has neither `Action` nor `NotAction`".to_owned());
    }
    Ok(statement)
}

/// Reads one statement of a policy, which says of what it speaks.
///
/// # Errors
/// As for any statement, and where it names no resource: what it grants would be taken for nothing.
pub fn granting(text: &str) -> Result<Statement<'_>, String> {
    let statement = statement(text)?;
    if none(statement.resource.as_ref()) && none(statement.not_resource.as_ref()) {
        return Err("a statement in it has neither `Resource` nor `NotResource`".to_owned());
    }
    Ok(statement)
}

/// Writes the resources of a statement as version 2012-10-17 would have to, to mean the same.
pub fn escape(statement: &mut Statement<'_>) {
    for list in [&mut statement.resource, &mut statement.not_resource].into_iter().flatten() {
        for text in &mut list.0 {
            if text.contains("${") {
                *text = Text(Cow::Owned(text.replace("${", "${$}{")));
            }
        }
    }
}

/// Reads one statement of a trust policy, which says of whom it speaks.
///
/// # Errors
/// As for any statement, and where it names nobody: the role would be taken for one that nobody can take on.
pub fn trusting(text: &str) -> Result<Statement<'_>, String> {
    let statement = statement(text)?;
    let nobody = |principals: &Option<Principals<'_>>| {
        principals.as_ref().is_none_or(|all| !all.0.iter().any(|(_, names)| !names.is_empty()))
    };
    if nobody(&statement.principal) && nobody(&statement.not_principal) {
        return Err("a statement of its trust policy has neither `Principal` nor `NotPrincipal`".to_owned());
    }
    Ok(statement)
}

fn none<T>(list: Option<&Many<T>>) -> bool {
    list.is_none_or(|list| list.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_told_apart() {
        assert_eq!(statements(" [ {\"a\": [1]} , {} ]").unwrap(), ["{\"a\": [1]}", "{}"]);
        assert_eq!(statements("{\"a\": 1}").unwrap(), ["{\"a\": 1}"]);
        assert_eq!(statements("[]").unwrap(), Vec::<&str>::new());
        assert_eq!(statements("[1]"), None);
        assert_eq!(statements("\"x\""), None);
    }

    #[test]
    fn a_statement_that_says_too_little_is_refused() {
        for text in [
            r#"{"Effect": "allow", "Action": "*", "Resource": "*"}"#,
            r#"{"Action": "*", "Resource": "*"}"#,
            r#"{"Effect": "Allow", "Resource": "*"}"#,
            r#"{"Effect": "Allow", "Action": [], "Resource": "*"}"#,
            r#"{"Effect": "Allow", "Action": "*"}"#,
            r#"{"Effect": "Allow", "Action": "*", "Resource": []}"#,
        ] {
            assert!(granting(text).is_err(), "{text}");
        }
        assert!(granting(r#"{"Effect": "Allow", "NotAction": "iam:*", "NotResource": "a"}"#).is_ok());
        for text in [
            r#"{"Effect": "Allow", "Action": "sts:AssumeRole"}"#,
            r#"{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {}}"#,
            r#"{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": []}}"#,
        ] {
            assert!(trusting(text).is_err(), "{text}");
        }
    }
}
