//! The beginning of a file, looked at to tell what it is: kind of text, top-level keys, columns, tables.

use super::{jsonc, rows};

/// How much of a file is looked at, in bytes of text.
pub const HEAD: usize = 64 << 10;

/// A key of a document, with the keys of the objects directly under it, as far as the head shows them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Key {
    /// The key.
    pub name: String,
    /// Keys of the objects that are its value or the elements of it.
    pub inner: Vec<String>,
}

/// The kind of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// JSON: the keys of its documents, in their order. An outer array's elements count as documents.
    Json {
        /// The keys that the head shows.
        keys: Vec<Key>,
        /// True if the documents are elements of an array.
        array: bool,
    },
    /// CSV: the names of its columns.
    Rows {
        /// The first row.
        header: Vec<String>,
    },
    /// TOML: its top-level names.
    Toml {
        /// Tables and keys that the head shows.
        names: Vec<String>,
    },
    /// YAML.
    Yaml {
        /// The top-level keys of its documents that the head shows, or of the elements of a sequence.
        names: Vec<String>,
    },
    /// Nothing but white space.
    Blank,
    /// Nothing but comments, as of a configuration that was commented out.
    Comments,
    /// Not text.
    Binary,
    /// Text of another kind.
    Other,
}

/// The beginning of a file.
#[derive(Debug, Clone)]
pub struct Head {
    /// What kind of text it is.
    pub shape: Shape,
    /// The text itself; what is not UTF-8 is replaced.
    pub text: String,
    /// True if that is the whole file.
    pub whole: bool,
    /// True if something in it was not UTF-8. A character that the end cuts is.
    pub replaced: bool,
}

impl Head {
    /// Looks at the first bytes of a text.
    #[must_use]
    pub fn new(bytes: &[u8], whole: bool) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let shape = shape(bytes, &text);
        let replaced = std::str::from_utf8(bytes).is_err_and(|error| whole || error.error_len().is_some());
        Self { shape, text, whole, replaced }
    }

    /// A top-level key of a JSON document.
    #[must_use]
    pub fn key(&self, name: &str) -> Option<&Key> {
        match &self.shape {
            Shape::Json { keys, .. } => keys.iter().find(|key| key.name == name),
            _ => None,
        }
    }

    /// True if JSON documents have this top-level key.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.key(name).is_some()
    }

    /// True if objects under the top-level key `name` have the key `inner`.
    #[must_use]
    pub fn has_inner(&self, name: &str, inner: &str) -> bool {
        self.key(name).is_some_and(|key| key.inner.iter().any(|known| known == inner))
    }

    /// The columns of a CSV file; empty for others.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        match &self.shape {
            Shape::Rows { header } => header,
            _ => &[],
        }
    }
}

fn shape(bytes: &[u8], text: &str) -> Shape {
    if bytes.contains(&0) {
        return Shape::Binary;
    }
    let past = jsonc::past_comments(text);
    if past.len() < text.trim_start().len() {
        // Comments of this form stand before JSON and nothing else that is read.
        return match past.chars().next() {
            Some('{' | '[') => {
                let (keys, array) = keys(past);
                Shape::Json { keys, array }
            }
            None => Shape::Comments,
            Some(_) => Shape::Other,
        };
    }
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let Some(first) = lines().next() else { return Shape::Blank };
    let telling = lines().find(|line| !line.starts_with('#')).unwrap_or(first);
    if is_yaml(telling) {
        let names = yaml_names(text);
        let known = || names.iter().any(|name| YAML.contains(&name.as_str()));
        if telling.starts_with("---") || telling.starts_with('%') || known() {
            return Shape::Yaml { names };
        }
    }
    if first.starts_with('#') || is_table(telling) || assigned(telling).is_some() {
        return Shape::Toml { names: names(text) };
    }
    if first.starts_with(['{', '[']) {
        let (keys, array) = keys(text);
        return Shape::Json { keys, array };
    }
    let replaced = text.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
    if replaced * 10 > text.chars().count() {
        return Shape::Binary;
    }
    match rows::fields(first.as_bytes()) {
        Ok(header) if header.len() > 1 && !first.starts_with('<') => {
            Shape::Rows { header: header.iter().map(|name| name.trim().to_owned()).collect() }
        }
        _ => Shape::Other,
    }
}

/// Keys by which a text without a marker is told to be YAML and not prose: of objects of a cluster, and of clients of AI systems.
const YAML: &[&str] =
    &["apiVersion", "context_servers", "extensions", "mcp", "mcp-servers", "mcpServers", "mcp_servers"];

/// True for a line with which YAML begins: `---`, `%YAML 1.2`, `key:` or `- key:`. None of them is TOML.
fn is_yaml(line: &str) -> bool {
    line.starts_with("---") || line.starts_with("%YAML") || yaml_key(line.strip_prefix("- ").unwrap_or(line)).is_some()
}

/// The key of a line such as `key:` or `key: value`.
fn yaml_key(line: &str) -> Option<&str> {
    let name = bare(line)?;
    let after = line.get(name.len()..)?.strip_prefix(':')?;
    (after.is_empty() || after.starts_with([' ', '\t'])).then_some(name)
}

/// The top-level keys of the documents in a YAML text, and of the elements of a sequence that is one.
fn yaml_names(text: &str) -> Vec<String> {
    let mut names = Vec::<String>::new();
    for line in text.lines() {
        let name = yaml_key(line).or_else(|| yaml_key(line.strip_prefix("- ")?));
        if let Some(name) = name
            && names.len() < KEYS
            && !names.iter().any(|known| known == name)
        {
            names.push(name.to_owned());
        }
    }
    names
}

/// True for a line such as `[table]` or `[[tables]]`.
fn is_table(line: &str) -> bool {
    table(line).is_some()
}

/// The first name of a line such as `[table.inner]` or `[[tables]]`.
fn table(line: &str) -> Option<&str> {
    let inner = line.strip_prefix("[[").or_else(|| line.strip_prefix('['))?.trim_start();
    let name = bare(inner)?;
    let after = inner.get(name.len()..)?.trim_start();
    after.starts_with(['.', ']']).then_some(name).filter(|name| !matches!(*name, "true" | "false" | "null"))
}

/// The first name of a line such as `name = …`.
fn assigned(line: &str) -> Option<&str> {
    let name = bare(line)?;
    let after = line.get(name.len()..)?.trim_start();
    (after.starts_with('=') || after.starts_with('.') && after.contains('=')).then_some(name)
}

fn bare(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-').unwrap_or(text.len());
    let name = text.get(..end)?;
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_').then_some(name)
}

/// The top-level names of a TOML text: tables, and keys before the first table.
fn names(text: &str) -> Vec<String> {
    let (mut names, mut in_table) = (Vec::<String>::new(), false);
    for line in text.lines().map(str::trim) {
        let name = match table(line) {
            Some(name) => {
                in_table = true;
                name
            }
            None if in_table => continue,
            None => match assigned(line) {
                Some(name) => name,
                None => continue,
            },
        };
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

/// How many different keys are kept, of a document or under one key.
const KEYS: usize = 64;

/// The keys of the documents in a JSON text that may be cut off.
fn keys(text: &str) -> (Vec<Key>, bool) {
    let mut keys: Vec<Key> = Vec::new();
    let mut current = 0_usize;
    let mut open: Vec<bool> = Vec::new();
    let mut objects = 0_usize;
    let mut expects_key = false;
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'{' => {
                open.push(true);
                objects += 1;
                expects_key = true;
            }
            b'[' => {
                open.push(false);
                expects_key = false;
            }
            b'}' | b']' => {
                if open.pop() == Some(true) {
                    objects = objects.saturating_sub(1);
                }
                expects_key = false;
            }
            b',' => expects_key = open.last() == Some(&true),
            b'/' => {
                if let Some(length) = bytes.get(at - 1..).and_then(jsonc::comment) {
                    at += length - 1;
                }
            }
            b'"' => {
                let start = at;
                while let Some(inside) = bytes.get(at) {
                    match inside {
                        b'\\' => at += 2,
                        b'"' => break,
                        _ => at += 1,
                    }
                }
                let Some(name) = text.get(start..at) else { break };
                at += 1;
                if !expects_key || bytes.get(at - 1).is_none() {
                    continue;
                }
                expects_key = false;
                match objects {
                    1 => current = note(&mut keys, name),
                    2 => {
                        if let Some(key) = keys.get_mut(current)
                            && key.inner.len() < KEYS
                            && !key.inner.iter().any(|known| known == name)
                        {
                            key.inner.push(name.to_owned());
                        }
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }
    (keys, text.trim_start().starts_with('['))
}

fn note(keys: &mut Vec<Key>, name: &str) -> usize {
    if let Some(at) = keys.iter().position(|key| key.name == name) {
        return at;
    }
    if keys.len() < KEYS {
        keys.push(Key { name: name.to_owned(), inner: Vec::new() });
    }
    keys.len() - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str) -> Head {
        Head::new(text.as_bytes(), true)
    }

    #[test]
    fn json_cut_off_still_shows_its_keys() {
        let cut = head(r#"{"A": [{"x": {"y": 1}, "z\"": "{"}, {"w": 2}], "B": "s", "C": {"v"#);
        assert!(cut.has("A") && cut.has("B") && cut.has("C"));
        assert!(cut.has_inner("A", "x") && cut.has_inner("A", "w") && !cut.has_inner("A", "y"));
        assert!(matches!(head(r#"[[{"a": 1}]]"#).shape, Shape::Json { array: true, .. }));
    }

    #[test]
    fn json_with_comments_is_json() {
        let text = "// \"no\": [\n/* { */ {\"mcpServers\": {/* \"x\": */ \"y\": 1, // z\n}, \"b\": \"//\", \"c\": 2}";
        let names = |key: &Key| (key.name.clone(), key.inner.clone());
        match head(text).shape {
            Shape::Json { keys, array: false } => {
                let keys: Vec<_> = keys.iter().map(names).collect();
                let key = |name: &str, inner: &[&str]| {
                    (name.to_owned(), inner.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
                };
                assert_eq!(keys, [key("mcpServers", &["y"]), key("b", &[]), key("c", &[])]);
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(head("// {\n// }\n").shape, Shape::Comments);
        assert_eq!(head("/* {\n").shape, Shape::Comments);
        assert_eq!(head("// a, b\nc, d\n").shape, Shape::Other);
    }

    #[test]
    fn kinds_of_text() {
        assert_eq!(head(" \n").shape, Shape::Blank);
        assert_eq!(head("\u{0}abc").shape, Shape::Binary);
        assert_eq!(Head::new(&[0x80, 0x81, 0x1f, 0x8b], true).shape, Shape::Binary);
        assert_eq!(head("hello\n").shape, Shape::Other);
        assert_eq!(head("a, b\n1,2\n").columns(), ["a", "b"]);
        let names = |text: &str| match head(text).shape {
            Shape::Toml { names } => names,
            other => panic!("{other:?}"),
        };
        assert_eq!(names("# x\na = [1, 2]\n[[owners]]\nid = 'x'\n[params.q]\n"), ["a", "owners", "params"]);
        assert_eq!(names("[[owners]]\nid = 'x'\n"), ["owners"]);
        assert!(matches!(head("[true]").shape, Shape::Json { .. }));
    }

    #[test]
    fn yaml_is_told_from_other_texts() {
        let names = |text: &str| match head(text).shape {
            Shape::Yaml { names } => names,
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(names("# a = b\napiVersion: v1\nkind: Pod\nspec:\n  a: b\n"), ["apiVersion", "kind", "spec"]);
        assert_eq!(names("---\r\nkind: Pod\r\n---\r\napiVersion: v1\r\n"), ["kind", "apiVersion"]);
        assert_eq!(names("- apiVersion: v1\n  kind: Pod\n- kind: x\n"), ["apiVersion", "kind"]);
        assert_eq!(names("---\n"), [] as [&str; 0]);
        assert_eq!(names("# mine\nname: x\nmcpServers:\n  - name: y\n"), ["name", "mcpServers"]);
        assert_eq!(names("extensions:\n  a:\n    cmd: x\n"), ["extensions"]);
        assert!(matches!(head("# comment\nname = 'a: b'\n").shape, Shape::Toml { .. }));
        assert!(matches!(head("# only a comment\n").shape, Shape::Toml { .. }));
        assert!(matches!(head("apiVersion = 1\nkind: x\n").shape, Shape::Toml { .. }));
        assert!(matches!(head("Error: nothing, at all\n").shape, Shape::Rows { .. }));
        assert_eq!(head("note: to self\n").shape, Shape::Other);
    }
}
