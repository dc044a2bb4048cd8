//! Commands of exports as a shell reads them: whether they only read, what they need, and where they write.
//!
//! A command is run by the script only if all of it is understood here and every program in it
//! is one of [`PROGRAMS`], called so that it only reads. Anything else is left to a person.

mod lexer;
mod programs;

pub use programs::PROGRAMS;

use std::collections::BTreeSet;

use lexer::{Lexed, Word};

/// A command that only reads, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The command without the redirection at its end.
    pub command: String,
    /// The file that the redirection at its end names.
    pub target: String,
    /// Variables of the environment that it needs, sorted.
    pub needs: Vec<String>,
}

/// The text as one word of a shell, whatever is in it. A zero byte, which no word can have, is left out.
#[must_use]
pub fn quoted(text: &str) -> String {
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/' | b':' | b'=' | b'@');
    if !text.is_empty() && text.bytes().all(plain) && !text.starts_with('-') {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\0', "").replace('\'', "'\\''"))
}

/// The file that a command writes by a redirection at its end, if it is a plain name.
#[must_use]
pub fn target(command: &str) -> Option<&str> {
    let (_, file) = command.rsplit_once('>')?;
    let file = file.trim();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    (!file.is_empty() && !file.starts_with(['.', '-']) && file.bytes().all(plain)).then_some(file)
}

/// Reads a command.
///
/// # Errors
/// Why it is not one that the script may run, in words that follow `since`.
pub fn reading(command: &str) -> Result<Reading, String> {
    let target = target(command).ok_or("it does not write one file by a redirection at its end")?;
    let bare = command.rsplit_once('>').map_or("", |(bare, _)| bare.trim_end().trim_end_matches('>').trim_end());
    let mut seen = Seen::default();
    seen.all(&lexer::lex(bare)?)?;
    let needs = seen.used.difference(&seen.set).cloned().collect();
    Ok(Reading { command: bare.to_owned(), target: target.to_owned(), needs })
}

/// What a command was seen to use and to set.
#[derive(Default)]
struct Seen {
    used: BTreeSet<String>,
    set: BTreeSet<String>,
}

/// Words that stand before a command and are none.
const BEFORE: &[&str] = &["!", "do", "elif", "else", "if", "then", "until", "while"];

impl Seen {
    fn all(&mut self, lexed: &Lexed) -> Result<(), String> {
        lexed.0.iter().try_for_each(|words| self.command(words))
    }

    fn command(&mut self, words: &[Word]) -> Result<(), String> {
        for word in words {
            self.used.extend(word.variables.iter().cloned());
            for inner in &word.inner {
                self.all(inner)?;
            }
        }
        let mut rest = words;
        while let Some((first, after)) = rest.split_first() {
            let name = first.literal().unwrap_or("");
            if BEFORE.contains(&name) {
                rest = after;
                continue;
            }
            if name == "done" || name == "fi" {
                return if after.is_empty() { Ok(()) } else { Err(format!("something follows `{name}`")) };
            }
            if name == "for" {
                let variable = after.first().and_then(Word::literal).filter(|name| is_name(name));
                let variable = variable.ok_or("a `for` has no plain variable")?;
                self.set.insert(variable.to_owned());
                return Ok(());
            }
            if let Some(variable) = first.assigned() {
                self.set.insert(variable.to_owned());
                rest = after;
                continue;
            }
            return programs::allowed(rest);
        }
        Ok(())
    }
}

fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SOURCES;

    /// Either the script runs the first command of a source, or it is written by hand: the rest is told here by name.
    #[test]
    fn commands_of_all_sources_only_read() {
        let by_hand = ["anthropic-keys", "bedrock-agents", "gitleaks", "gitleaks-csv", "mcp-client", "openai-keys"];
        for source in SOURCES {
            let about = source.about();
            for command in about.commands.iter().filter(|command| !command.starts_with("written")).take(1) {
                let read = reading(command);
                assert!(read.is_ok() != by_hand.contains(&about.id), "{}: {read:?}: {command}", about.id);
            }
        }
    }

    #[test]
    fn what_does_not_only_read_is_refused() {
        for (command, why) in [
            ("aws iam create-access-key --user-name x > a.json", "`aws iam create-access-key`"),
            ("aws iam list-users; rm -rf x > a.json", "`rm`"),
            ("aws iam list-users $(aws iam delete-user --user-name x) > a.json", "`aws iam delete-user`"),
            ("for u in $(curl http://x); do aws iam get-user --user-name \"$u\"; done > a.json", "`http://x`"),
            ("x=$(touch y) aws iam list-users > a.json", "`touch`"),
            ("aws iam list-users `touch y` > a.json", "back quotes"),
            ("aws iam list-users > a.json & touch y > b.json", "redirection"),
            ("aws iam list-users & touch y > b.json", "`&`"),
            ("aws iam list-users < x > b.json", "`<`"),
            ("eval \"$x\" > a.json", "`eval`"),
            ("\"$x\" list-users > a.json", "not written out"),
            ("aws \"$x\" list-users > a.json", "not written out"),
            ("aws secretsmanager get-secret-value --secret-id x > a.json", "secret"),
            ("aws sts get-session-token > a.json", "secret"),
            ("kubectl get secrets -o json > a.json", "secret"),
            ("kubectl delete pod x > a.json", "`kubectl delete`"),
            ("curl -X DELETE https://x.example > a.json", "`-X`"),
            ("curl -d @x https://x.example > a.json", "`-d`"),
            ("aws iam list-users > ../a.json", "one file"),
            ("aws iam list-users", "one file"),
            ("aws iam get-user --user-name NAME… > a.json", "placeholder"),
            ("aws iam get-user --user-name <name> > a.json", "`<`"),
            ("aws iam list-users > a.json\nrm x > b.json", "redirection"),
            ("(rm x) > b.json", "`(`"),
            ("f() { rm x; } > b.json", "`(`"),
            ("aws iam list-users 'x > b.json", "quote"),
        ] {
            let read = reading(command);
            assert!(read.as_ref().is_err_and(|said| said.contains(why)), "{command}: {read:?}");
        }
    }

    #[test]
    fn what_only_reads_is_understood() {
        let all = "while state=$(aws iam generate-credential-report --query State --output text) && [ \"$state\" != COMPLETE ]; do sleep 2; done; aws iam get-credential-report > r.json";
        let read = reading(all).unwrap();
        assert_eq!((read.target.as_str(), read.needs.len()), ("r.json", 0));
        assert!(read.command.ends_with("get-credential-report"), "{}", read.command);
        let read =
            reading("curl -sS -H \"x-api-key: $ADMIN_KEY\" 'https://x.example/v1?limit=100' >> keys.json").unwrap();
        assert_eq!((read.target.as_str(), read.needs.as_slice()), ("keys.json", &["ADMIN_KEY".to_owned()][..]));
    }

    #[test]
    fn a_quoted_text_is_one_word() {
        assert_eq!(quoted("aws:111122223333"), "aws:111122223333");
        assert_eq!(quoted("a'b $(x)\n"), "'a'\\''b $(x)\n'");
        assert_eq!((quoted(""), quoted("-rf")), ("''".to_owned(), "'-rf'".to_owned()));
    }
}
