//! Short options behind which programs take a password: `-pVALUE` of `mysql`, `-p VALUE` of `sshpass`.
//!
//! Elsewhere `-p` is a port, a path, a project or a profile, so an option of one letter says nothing without its program.
//! Even behind one that does, what looks like a port, a path or a word is taken for none.

use super::{names, value};

/// How the password stands to its option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    /// In one argument with it: what follows is something else.
    Joined,
    /// As the next argument.
    Apart,
    /// In either way.
    Either,
}

/// The option of a program behind which a password stands.
#[derive(Debug, Clone, Copy)]
pub struct Short {
    option: &'static str,
    stands: Stands,
    /// Only the name of a program that is not known suggests it.
    guessed: bool,
}

/// Options without a value that stand before a program.
const FLAGS: &[&str] =
    &["--", "--init", "--interactive", "--quiet", "--rm", "--tty", "--yes", "-i", "-it", "-q", "-t", "-ti", "-y"];

/// Programs by their name, sorted, with that option.
const PROGRAMS: &[(&str, &str, Stands)] = &[
    ("bcp", "-P", Stands::Either),
    ("cqlsh", "-p", Stands::Apart),
    ("ldapadd", "-w", Stands::Either),
    ("ldapmodify", "-w", Stands::Either),
    ("ldapsearch", "-w", Stands::Either),
    ("mariadb", "-p", Stands::Joined),
    ("mariadb-admin", "-p", Stands::Joined),
    ("mariadb-dump", "-p", Stands::Joined),
    ("mongo", "-p", Stands::Apart),
    ("mongodump", "-p", Stands::Apart),
    ("mongoexport", "-p", Stands::Apart),
    ("mongoimport", "-p", Stands::Apart),
    ("mongorestore", "-p", Stands::Apart),
    ("mongosh", "-p", Stands::Apart),
    ("mysql", "-p", Stands::Joined),
    ("mysqladmin", "-p", Stands::Joined),
    ("mysqlcheck", "-p", Stands::Joined),
    ("mysqldump", "-p", Stands::Joined),
    ("mysqlimport", "-p", Stands::Joined),
    ("mysqlsh", "-p", Stands::Joined),
    ("mysqlshow", "-p", Stands::Joined),
    ("redis-cli", "-a", Stands::Apart),
    ("sqlcmd", "-P", Stands::Either),
    ("sshpass", "-p", Stands::Either),
];
/// Databases of which servers are made that take `-p` for the password as their clients do.
const DATABASES: &[&str] = &["MARIADB", "MONGO", "MONGODB", "MYSQL"];
/// Words of which the name of such a server has one beside the database's.
const SERVERS: &[&str] = &["CLI", "MCP", "SERVER"];

/// The option of the program that a word of a command names, if it is one that takes a password so.
#[must_use]
pub fn of_program(word: &str) -> Option<Short> {
    if word.starts_with('-') || word.contains("://") || word.len() > 256 {
        return None;
    }
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
    let name = name.strip_suffix(".exe").unwrap_or(name);
    if let Ok(at) = PROGRAMS.binary_search_by(|(known, ..)| (*known).cmp(name)) {
        return PROGRAMS.get(at).map(|(_, option, stands)| Short { option, stands: *stands, guessed: false });
    }
    let words = names::words(name);
    let any = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    // Such a server may have options of one dash and many letters, so what is joined is none of it.
    (any(DATABASES) && any(SERVERS)).then_some(Short { option: "-p", stands: Stands::Apart, guessed: true })
}

/// The same of a word that may be a program where it stands: what follows an option is its value, as in `--type mysql`.
#[must_use]
pub fn of_program_after(before: Option<&str>, word: &str) -> Option<Short> {
    let value = before.is_some_and(|before| before.starts_with('-') && !FLAGS.contains(&before));
    if value { None } else { of_program(word) }
}

impl Short {
    /// The option.
    #[must_use]
    pub fn option(self) -> &'static str {
        self.option
    }

    /// The password that stands in an argument, or in the one after it; `true` with the latter.
    #[must_use]
    pub fn password<'a>(self, arg: &'a str, next: Option<&'a str>) -> Option<(&'a str, bool)> {
        let rest = arg.strip_prefix(self.option)?;
        let (text, follows) = match rest.strip_prefix('=') {
            Some(value) => (value, false),
            None if rest.is_empty() => (next.filter(|_| self.stands != Stands::Joined)?, true),
            None if self.stands == Stands::Apart => return None,
            None => (rest, false),
        };
        (is_password(text) && (!self.guessed || is_strong(text))).then_some((text, follows))
    }
}

/// True for a text that is hardly a version or the name of something: its characters are of three kinds, or of two and many.
fn is_strong(text: &str) -> bool {
    let long = text.len() >= 16 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if long && text.bytes().any(|byte| byte.is_ascii_digit()) {
        return true;
    }
    let any = |of: fn(char) -> bool| usize::from(text.chars().any(of));
    let other = |c: char| c.is_ascii_punctuation() && !matches!(c, '.' | '_' | '-' | '/' | '\\' | ':' | ',');
    any(char::is_lowercase) + any(char::is_uppercase) + any(char::is_numeric) + any(other) >= 3
}

/// True for a text that is a password and looks like nothing else.
fn is_password(text: &str) -> bool {
    let letter = text.chars().any(char::is_alphabetic);
    let word = text.chars().all(|c| c.is_alphabetic() || matches!(c, '_' | '-' | '.'));
    let port = text.rsplit_once(':').is_some_and(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    letter && !word && !port && !text.starts_with('-') && value("password", text).is_literal()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(command: &[&str]) -> Option<String> {
        let mut short = None;
        for (at, word) in command.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|at| command.get(at)).copied();
            short = of_program_after(before, word).or(short);
            if let Some((text, _)) = short.and_then(|short| short.password(word, command.get(at + 1).copied())) {
                return Some(text.to_owned());
            }
        }
        None
    }

    #[test]
    fn programs_are_sorted() {
        assert!(PROGRAMS.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn a_password_behind_a_letter() {
        for command in [
            &["mysql", "-uroot", "-pHunter2x"][..],
            &["/usr/bin/mysqldump", "-h", "db", "-pHunter2x"],
            &["sshpass", "-p", "Hunter2x", "ssh", "host"],
            &["sshpass", "-pHunter2x"],
            &["mongosh", "-u", "a", "-p", "Hunter2x"],
            &["redis-cli", "-a", "Hunter2x"],
            &["npx", "-y", "@example/mcp-server-mysql@2.1", "-p", "Hunter2x"],
            &["mysql-mcp", "-p=Hunter2x"],
        ] {
            assert_eq!(found(command).as_deref(), Some("Hunter2x"), "{command:?}");
        }
    }

    #[test]
    fn what_else_stands_behind_a_letter() {
        for command in [
            &["docker", "run", "-p", "8080:80", "mysql"][..],
            &["ssh", "-p", "Hunter2x"],
            &["npx", "some-server", "-p", "Hunter2x"],
            &["mysql", "-p", "shop2024"],
            &["mysql", "-pshop"],
            &["mysql-mcp", "-p", "3306"],
            &["mysql-mcp", "-port=3306"],
            &["mysql-mcp", "-p", "./data2"],
            &["mysql-mcp", "-p", "db.example.org:3306"],
            &["mysql-mcp", "-p", "production"],
            &["mysql-mcp", "-p", "shop_2024"],
            &["mongodb-mcp", "-p", "v1.2"],
            &["db-mcp", "-driver", "mysql", "-host=db1", "-port=3306"],
            &["db-mcp", "--type", "mysql", "-path=/srv/x2"],
            &["docker", "run", "--name", "mysql-mcp", "-p", "8080:80/tcp", "image"],
            &["mysql", "-p$MYSQL_PWD"],
            &["mysql", "-p${MYSQL_PWD}"],
            &["mysql", "-pYOUR_PASSWORD_1"],
            &["mongosh", "-p", "<password1>"],
            &["mongosh", "-p", "--host1"],
            &["mongosh", "-p"],
            &["mysql://db.example.org/x", "-pHunter2x"],
        ] {
            assert_eq!(found(command), None, "{command:?}");
        }
    }
}
