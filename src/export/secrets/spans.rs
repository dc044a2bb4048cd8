//! Where secrets stand in a text that is shown: they are taken out of it, and the rest stays as it is.
//!
//! Unlike [`super::value`] this looks at text that is no value: a name, a command line, the lines of a file around a mistake.

use std::borrow::Cow;
use std::ops::Range;

use super::{SCHEMES, kind, options, shapes, value};

/// Options whose value is a user with a password.
const USERS: &[&str] = &["-u", "--user", "--proxy-user", "-U"];
/// Options whose value is a header.
const HEADERS: &[&str] = &["-H", "--header", "--headers"];
/// How deep commands stand within one another: `sh -c "… '…'"`.
const DEPTH: usize = 3;
/// How much of a text is looked at before and after a place, beyond the place itself.
const AROUND: usize = 32 << 10;

/// A text in which names stand, with `…` for secrets of a known form that were written there by mistake.
#[must_use]
pub fn masked(text: &str) -> Cow<'_, str> {
    replaced(text, shapes::spans(text))
}

/// Words that a person wrote, with `…` for secrets of a known form, for what stands under the name of one (`password: …`),
/// and for what an address or a command line has of them.
#[must_use]
pub fn masked_words(text: &str) -> Cow<'_, str> {
    let mut spans = shapes::spans(text);
    // Most names have neither sign, and no secret stands under a name without one.
    if text.bytes().any(|byte| matches!(byte, b'=' | b':')) {
        let mut at = 0;
        for part in text.split_inclusive(['\n', ';', ',']) {
            setting(text, at..at + part.len(), &mut spans);
            at += part.len();
        }
        command(text, 0..text.len(), DEPTH, &mut spans);
        signed_in(text, &mut spans);
    }
    replaced(text, spans)
}

/// A command line with `…` for its secrets: those of a known form, values of options and variables that name one,
/// headers, passwords behind a user, and what an address has of them.
#[must_use]
pub fn masked_command(text: &str) -> Cow<'_, str> {
    let mut spans = shapes::spans(text);
    command(text, 0..text.len(), DEPTH, &mut spans);
    replaced(text, spans)
}

/// A text of settings with `*` for every byte of the secrets around a place, so that all places stay where they are.
#[must_use]
pub fn blotted<'t>(text: &'t str, place: &Range<usize>) -> Cow<'t, str> {
    let (start, end) = (place.start.min(text.len()), place.end.min(text.len()));
    let from = boundary(text, start.saturating_sub(AROUND));
    let from =
        text.get(from..boundary(text, start)).and_then(|before| before.find('\n')).map_or(from, |at| from + at + 1);
    let from = if start <= AROUND { 0 } else { from };
    let to = boundary(text, end.saturating_add(AROUND).min(text.len()));
    let mut spans = Vec::new();
    let mut at = from;
    for line in text.get(from..to).unwrap_or("").split_inclusive('\n') {
        spans.extend(shapes::spans(line).into_iter().map(|span| span.start + at..span.end + at));
        setting(text, at..at + line.len(), &mut spans);
        command(text, at..at + line.len(), DEPTH, &mut spans);
        at += line.len();
    }
    if spans.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut blotted = String::with_capacity(text.len());
    let mut from = 0;
    for span in merged(spans) {
        blotted.push_str(text.get(from..span.start).unwrap_or(""));
        blotted.extend(std::iter::repeat_n('*', span.len()));
        from = span.end;
    }
    blotted.push_str(text.get(from..).unwrap_or(""));
    Cow::Owned(blotted)
}

/// The nearest place before one at which a character begins.
fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn replaced(text: &str, spans: Vec<Range<usize>>) -> Cow<'_, str> {
    if spans.is_empty() {
        return Cow::Borrowed(text);
    }
    let (mut masked, mut from) = (String::with_capacity(text.len()), 0);
    for span in merged(spans) {
        masked.push_str(text.get(from..span.start).unwrap_or(""));
        masked.push('…');
        from = span.end;
    }
    masked.push_str(text.get(from..).unwrap_or(""));
    Cow::Owned(masked)
}

/// The same spans in their order, those that overlap as one.
fn merged(mut spans: Vec<Range<usize>>) -> Vec<Range<usize>> {
    spans.sort_by_key(|span| (span.start, span.end));
    let mut all: Vec<Range<usize>> = Vec::new();
    for span in spans {
        match all.last_mut() {
            Some(last) if span.start < last.end => last.end = last.end.max(span.end),
            _ => all.push(span),
        }
    }
    all
}

/// `name = "value"` or `name: value` on a line, where secrets have such a name.
fn setting(text: &str, line: Range<usize>, spans: &mut Vec<Range<usize>>) {
    let Some(whole) = text.get(line.clone()) else { return };
    let Some(sign) = whole.find(['=', ':']) else { return };
    let name = whole.get(..sign).unwrap_or("").trim_matches([' ', '\t', '-', '"', '\'', '{', ',']);
    let rest = sign + 1..whole.len();
    let Some(mut value) = trimmed(whole, rest) else { return };
    let text_of = |span: &Range<usize>| whole.get(span.clone()).unwrap_or("");
    let quote = text_of(&value).chars().next().filter(|c| matches!(c, '"' | '\''));
    if let Some(quote) = quote {
        let inner = value.start + 1..value.end;
        let end = text_of(&inner).find(quote).map_or(inner.end, |at| inner.start + at);
        value = inner.start..end;
    } else if let Some(end) = text_of(&value).find([' ', ',', '}', ']']) {
        value.end = value.start + end;
    }
    if is_secret(name, text_of(&value)) {
        spans.push(line.start + value.start..line.start + value.end);
    }
}

fn is_secret(name: &str, text: &str) -> bool {
    kind(name).is_some() && value(name, text).is_literal()
}

/// The span without white space around it; none if nothing else is there.
fn trimmed(text: &str, span: Range<usize>) -> Option<Range<usize>> {
    let inner = text.get(span.clone())?;
    let start = span.start + inner.len() - inner.trim_start().len();
    let end = start + inner.trim().len();
    (start < end).then_some(start..end)
}

/// The secrets of a command line that stands at a place of a text.
fn command(text: &str, place: Range<usize>, depth: usize, spans: &mut Vec<Range<usize>>) {
    let words = words(text, place);
    let mut words = words.into_iter().peekable();
    let (mut short, mut prior) = (None, None);
    while let Some(word) = words.next() {
        let Some(own) = text.get(word.clone()) else { continue };
        short = options::of_program_after(prior, own).or(short);
        prior = Some(own);
        let next = words.peek().and_then(|next| text.get(next.clone()));
        if let Some((password, follows)) = short.and_then(|short| short.password(own, next)) {
            let place = if follows { words.next().unwrap_or(word) } else { word.end - password.len()..word.end };
            spans.push(place);
        } else if own.contains(char::is_whitespace) {
            if !header(text, word.clone(), spans) && depth > 0 {
                command(text, word, depth - 1, spans);
            }
        } else if let Some((name, _)) = own.split_once('=').filter(|(name, _)| is_name(name)) {
            let value = unquoted(text, word.start + name.len() + 1..word.end);
            option(text, name, value, depth, spans);
        } else if HEADERS.contains(&own) || USERS.contains(&own) || own.starts_with('-') && kind(own).is_some() {
            if let Some(value) = words.next() {
                option(text, own, value, depth, spans);
            }
        } else if own.starts_with("-u") && own.contains(':') {
            user(text, word.start + 2..word.end, spans);
        } else if own.contains("://") {
            address(text, word, spans);
        }
    }
}

/// The value of an option or a variable.
fn option(text: &str, name: &str, place: Range<usize>, depth: usize, spans: &mut Vec<Range<usize>>) {
    let Some(own) = text.get(place.clone()) else { return };
    if HEADERS.contains(&name) {
        header(text, place, spans);
    } else if USERS.contains(&name) {
        user(text, place, spans);
    } else if own.contains("://") {
        address(text, place, spans);
    } else if is_secret(name, own) {
        spans.push(place);
    } else if own.contains(char::is_whitespace) && depth > 0 {
        command(text, place, depth - 1, spans);
    }
}

/// `Name: value`; true if it is one of a secret.
fn header(text: &str, place: Range<usize>, spans: &mut Vec<Range<usize>>) -> bool {
    let Some((name, _)) = text.get(place.clone()).and_then(|own| own.split_once(':')) else { return false };
    let value = trimmed(text, place.start + name.len() + 1..place.end);
    let Some(mut value) = value.filter(|_| is_name(name)) else { return false };
    let own = text.get(value.clone()).unwrap_or("");
    if !is_secret(name, own) {
        return false;
    }
    if let Some((first, _)) = own.split_once(' ')
        && SCHEMES.iter().any(|scheme| scheme.eq_ignore_ascii_case(first))
    {
        value.start += first.len() + 1;
    }
    spans.push(value);
    true
}

/// `user:password`.
fn user(text: &str, place: Range<usize>, spans: &mut Vec<Range<usize>>) {
    let Some((name, password)) = text.get(place.clone()).and_then(|own| own.split_once(':')) else { return };
    if is_secret("password", password) {
        spans.push(place.start + name.len() + 1..place.end);
    }
}

/// The password before the host of an address, and the parameters that name a secret.
fn address(text: &str, place: Range<usize>, spans: &mut Vec<Range<usize>>) {
    let Some(own) = text.get(place.clone()) else { return };
    let Some(host) = own.find("://").map(|at| at + 3) else { return };
    let rest = own.get(host..).unwrap_or("");
    let authority = rest.get(..rest.find(['/', '?', '#']).unwrap_or(rest.len())).unwrap_or("");
    if let Some(at) = authority.rfind('@') {
        let start = place.start + host;
        user(text, start..start + at, spans);
    }
    let settings: &[char] = if jdbc(own).is_some() { &['?', '#', ';'] } else { &['?', '#'] };
    let mut from = own.find(settings).map_or(own.len(), |at| at + 1);
    for pair in own.get(from..).unwrap_or("").split(['&', ';', '#']) {
        if let Some((name, value)) = pair.split_once('=')
            && is_secret(name, value)
        {
            let start = place.start + from + name.len() + 1;
            spans.push(start..start + value.len());
        }
        from += pair.len() + 1;
    }
}

/// What follows `jdbc:`, which Java puts before the address of a database.
pub(super) fn jdbc(text: &str) -> Option<&str> {
    let (first, rest) = text.split_at_checked(5)?;
    first.eq_ignore_ascii_case("jdbc:").then_some(rest)
}

/// What stands before a colon in a name that is no user: a package or an image follows, or an address of mail.
const NO_USERS: &[&str] = &["docker", "gh", "github", "jsr", "mailto", "npm", "oci", "pypi", "sip", "xmpp"];

/// The password in words such as `user:password@host`, which have no scheme before them.
fn signed_in(text: &str, spans: &mut Vec<Range<usize>>) {
    for place in words(text, 0..text.len()) {
        let Some(own) = text.get(place.clone()).filter(|own| !own.contains("://")) else { continue };
        let Some((before, host)) = own.rsplit_once('@') else { continue };
        let name = before.split(':').next().unwrap_or("");
        // Behind the name of an image stands what its content comes to.
        let hosted = !host.starts_with("sha256:")
            && (host.starts_with(|c: char| c.is_ascii_alphabetic()) || host.parse::<std::net::IpAddr>().is_ok());
        if hosted && is_name(name) && !NO_USERS.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            user(text, place.start..place.start + before.len(), spans);
        }
    }
}

/// True for the name of an option, a variable or a header.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// The words of a command line, without the quotes around them.
fn words(text: &str, place: Range<usize>) -> Vec<Range<usize>> {
    let (mut words, mut start, mut quote) = (Vec::new(), None, None);
    for (at, c) in text.get(place.clone()).unwrap_or("").char_indices() {
        let at = place.start + at;
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => {
                quote = Some(c);
                start = start.or(Some(at));
            }
            (None, c) if c.is_whitespace() => words.extend(start.take().map(|start| unquoted(text, start..at))),
            (None, _) => start = start.or(Some(at)),
        }
    }
    words.extend(start.map(|start| unquoted(text, start..place.end)));
    words
}

fn unquoted(text: &str, place: Range<usize>) -> Range<usize> {
    let Some(own) = text.get(place.clone()) else { return place };
    let bare = own.trim_end().trim_end_matches([',', ';']);
    let within =
        ['"', '\''].into_iter().find(|quote| bare.len() > 1 && bare.starts_with(*quote) && bare.ends_with(*quote));
    if within.is_some() { place.start + 1..place.start + bare.len() - 1 } else { place }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A token of GitHub, made here so that no scanner takes this file for one that leaks.
    fn token() -> String {
        format!("ghp_{}", "q8Zk".repeat(9))
    }

    #[test]
    fn a_command_keeps_all_but_its_secrets() {
        let cut = |text: &str| masked_command(text).into_owned();
        assert_eq!(
            cut("curl -H 'Authorization: Bearer Hq8ZkLm2Nv7Xw1Rt5Yb9' -u admin:Hunter3Secret https://api/"),
            "curl -H 'Authorization: Bearer …' -u admin:… https://api/"
        );
        assert_eq!(cut("srv --token=Hq8ZkLm2Nv7X --out a.json"), "srv --token=… --out a.json");
        assert_eq!(cut("srv --api-key \"Hq8ZkLm2Nv7X\" -v"), "srv --api-key \"…\" -v");
        assert_eq!(cut("DB_PASSWORD=Hq8ZkLm2Nv7X srv"), "DB_PASSWORD=… srv");
        assert_eq!(
            cut("curl https://u:Hq8ZkLm2Nv7X@h.example/x?api_key=Hq8ZkLm2Nv7X&page=2"),
            "curl https://u:…@h.example/x?api_key=…&page=2"
        );
        assert_eq!(cut("sh -c \"srv --token Hq8ZkLm2Nv7X\""), "sh -c \"srv --token …\"");
        assert_eq!(cut("mysql -uroot -pHq8ZkLm2Nv7X shop"), "mysql -uroot -p… shop");
        assert_eq!(cut("sshpass -p Hq8ZkLm2Nv7X ssh -p 22 host"), "sshpass -p … ssh -p 22 host");
        assert_eq!(cut(&format!("srv {}", token())), "srv …");
        for plain in [
            "aws iam get-account-authorization-details --profile prod > details.json",
            "curl -H \"Authorization: Bearer $TOKEN\" -u \"$USER:$PASSWORD\" https://api.example/v1?limit=100",
            "kubectl get serviceaccounts,roles -A -o json",
            "the identity team, Ann Lee",
        ] {
            assert_eq!(cut(plain), plain);
        }
    }

    #[test]
    fn a_name_keeps_what_is_no_secret() {
        assert_eq!(masked(&format!("srv-{}", token())), "srv-…");
        assert_eq!(masked(&format!("K{}", token())), "K…");
        for host in ["db", "db.example.org", "10.0.0.7"] {
            assert_eq!(masked_words(&format!("ops:Tr0ub4dor-3@{host}")), format!("ops:…@{host}"));
        }
        for plain in
            ["npm:left-pad@latest", "image:tag@sha256:0a1b", "git@example.org:o/r", "mailto:ada@example.org", "a: b@c"]
        {
            assert_eq!(masked_words(plain), plain);
        }
        for plain in ["task-management-of-the-whole-firm", "my-sk-learn-service-for-all-teams", "ghp_actions"] {
            assert_eq!(masked(plain), plain);
        }
    }

    #[test]
    fn a_place_stays_where_it_is() {
        let text = format!("a = 1\npassword = \"Hq8ZkLm2Nv7X\" # mine\nkind = \"{}\"\nb = 2\n", token());
        let at = text.find("b = 2").unwrap();
        let blotted = blotted(&text, &(at..at + 1));
        assert_eq!((blotted.len(), blotted.find("b = 2")), (text.len(), Some(at)));
        assert!(!blotted.contains("Hq8Z") && !blotted.contains("ghp_") && blotted.contains("# mine"), "{blotted}");
        for odd in ["", "é", "=", ":\n=", "\"", "password=\"", "'a:b", "-u", "-u :", "a=://@"] {
            for place in [0..0, 0..odd.len(), 900..901] {
                assert_eq!(super::blotted(odd, &place).len(), odd.len());
            }
        }
    }
}
