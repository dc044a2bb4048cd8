//! Patterns in which `*` stands for any text and `?` for one character, as policies write them.

use std::borrow::Cow;

/// True if `text` is one that `pattern` stands for. Linear in the text for each star.
#[must_use]
pub fn matches(pattern: &str, text: &str) -> bool {
    walk(pattern.as_bytes(), text.as_bytes(), |p, t| p == t)
}

/// The same, where letters match in either case.
#[must_use]
pub fn matches_any_case(pattern: &str, text: &str) -> bool {
    walk(pattern.as_bytes(), text.as_bytes(), |p, t| p.eq_ignore_ascii_case(&t))
}

/// True if a pattern of ARNs may name something of whichever account: its account is left open, or it is a bucket of any name.
#[must_use]
pub fn may_be_abroad(pattern: &str) -> bool {
    let mut parts = pattern.splitn(6, ':');
    let (service, account, name) = (parts.nth(2), parts.nth(1), parts.next());
    match (service, account, name) {
        (Some(service), Some(""), Some(name)) if service.eq_ignore_ascii_case("s3") => {
            is_wild(name.get(..1).unwrap_or(""))
        }
        (Some(_), Some(account), Some(_)) => account.is_empty() || is_wild(account),
        // Too short to name an account: what it stands for may.
        _ => is_wild(pattern),
    }
}

/// True if everything that `inner` stands for, `outer` stands for too (letters in either case).
///
/// Never wrongly true: a star of `inner` is matched by a star of `outer` alone.
#[must_use]
pub fn covers(outer: &str, inner: &str) -> bool {
    walk(outer.as_bytes(), inner.as_bytes(), |o, i| i != b'*' && (o.eq_ignore_ascii_case(&i)))
}

/// The same, where letters match in the same case alone, as in ARNs.
#[must_use]
pub fn covers_exactly(outer: &str, inner: &str) -> bool {
    walk(outer.as_bytes(), inner.as_bytes(), |o, i| i != b'*' && o == i)
}

fn walk(pattern: &[u8], text: &[u8], same: impl Fn(u8, u8) -> bool) -> bool {
    let (mut p, mut t) = (0_usize, 0_usize);
    let mut star: Option<(usize, usize)> = None;
    while let Some(byte) = text.get(t).copied() {
        match pattern.get(p).copied() {
            Some(b'*') => {
                star = Some((p + 1, t));
                p += 1;
            }
            Some(b'?') if byte != b'*' => {
                p += 1;
                t += 1;
            }
            Some(want) if want != b'?' && same(want, byte) => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((after, from)) => {
                    p = after;
                    t = from + 1;
                    star = Some((after, from + 1));
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).is_some_and(|rest| rest.iter().all(|byte| *byte == b'*'))
}

/// True if some text is one that both patterns stand for (letters in either case).
///
/// Patterns beyond 512 bytes are said to overlap, so that the answer is never wrongly false.
#[must_use]
pub fn overlap(left: &str, right: &str) -> bool {
    // Most pairs differ before their first wildcard, mostly at the first letter.
    for (a, b) in left.bytes().zip(right.bytes()) {
        if wild(a) || wild(b) {
            break;
        }
        if !a.eq_ignore_ascii_case(&b) {
            return false;
        }
    }
    match (is_wild(left), is_wild(right)) {
        (false, false) => return left.eq_ignore_ascii_case(right),
        (false, true) => return matches_any_case(right, left),
        (true, false) => return matches_any_case(left, right),
        (true, true) => {}
    }
    let (left, right) = (left.as_bytes(), right.as_bytes());
    if left.len() > 512 || right.len() > 512 {
        return true;
    }
    // reachable[j]: the left pattern so far and the first j bytes of the right one can stand for one text.
    let mut reachable = vec![false; right.len() + 1];
    for (j, cell) in reachable.iter_mut().enumerate() {
        *cell = right.get(..j).is_some_and(|head| head.iter().all(|byte| *byte == b'*'));
    }
    for l in left {
        let mut next = vec![false; right.len() + 1];
        let mut before = *l == b'*' && reachable.first().copied().unwrap_or(false);
        if let Some(first) = next.first_mut() {
            *first = before;
        }
        for (j, r) in right.iter().enumerate() {
            let up_left = reachable.get(j).copied().unwrap_or(false);
            let up = reachable.get(j + 1).copied().unwrap_or(false);
            let either_star = *l == b'*' || *r == b'*';
            let one = l.eq_ignore_ascii_case(r) || *l == b'?' || *r == b'?';
            before = if either_star { up_left || up || before } else { up_left && one };
            if let Some(cell) = next.get_mut(j + 1) {
                *cell = before;
            }
        }
        reachable = next;
    }
    reachable.last().copied().unwrap_or(false)
}

/// The text before the first wildcard.
#[must_use]
pub fn literal_prefix(pattern: &str) -> &str {
    let end = pattern.bytes().position(wild).unwrap_or(pattern.len());
    pattern.get(..end).unwrap_or("")
}

/// True if the pattern stands for more than one text.
#[must_use]
pub fn is_wild(pattern: &str) -> bool {
    pattern.bytes().any(wild)
}

fn wild(byte: u8) -> bool {
    matches!(byte, b'*' | b'?')
}

/// The service of which a pattern of actions means every action, as `s3:*` does.
#[must_use]
pub fn whole_service(pattern: &str) -> Option<&str> {
    let (service, name) = pattern.split_once(':')?;
    (!is_wild(service) && names_all(name)).then_some(service)
}

/// True if a name is wildcards only, of which one is `*` and few are `?`, as `?*` is.
pub(super) fn names_all(name: &str) -> bool {
    name.contains('*') && plain(name).bytes().all(|byte| byte == b'*')
}

/// True if the pattern has a variable in it, such as `${aws:username}`.
#[must_use]
pub fn has_variable(pattern: &str) -> bool {
    pattern.contains("${")
}

/// The pattern with `*` in place of each variable.
#[must_use]
pub fn without_variables(mut pattern: String) -> String {
    while let Some(start) = pattern.find("${") {
        let rest = pattern.get(start..).unwrap_or("");
        let end = rest.find('}').map_or(pattern.len(), |end| start + end + 1);
        pattern.replace_range(start..end, "*");
    }
    pattern
}

/// Kinds of resources whose ARN begins with the kind, by service: `role*` names every role.
const KINDS: &[(&str, &[&str])] = &[
    ("dynamodb", &["table"]),
    ("iam", &["group", "policy", "role", "user"]),
    ("kms", &["alias", "key"]),
    ("lambda", &["function"]),
    ("secretsmanager", &["secret"]),
    ("ssm", &["parameter"]),
];

/// Services whose resources begin with a name of the owner's choice, so that what follows it is within one of them.
const NAMED_FIRST: &[&str] = &["execute-api", "s3", "sns", "sqs"];

/// How many `?` beside a `*` still leave nearly any name.
const FEW: usize = 3;

/// The pattern with one `*` for each run of wildcards that has a `*` in it and few `?`: `?*` stands for nearly any name.
pub(super) fn plain(pattern: &str) -> Cow<'_, str> {
    if !pattern.contains("?*") && !pattern.contains("*?") {
        return Cow::Borrowed(pattern);
    }
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some(at) = rest.find(['*', '?']) {
        let (name, wild) = rest.split_at(at);
        let end = wild.find(|c| c != '*' && c != '?').unwrap_or(wild.len());
        let (run, after) = wild.split_at(end);
        out.push_str(name);
        let few = run.contains('*') && run.bytes().filter(|byte| *byte == b'?').count() <= FEW;
        out.push_str(if few { "*" } else { run });
        rest = after;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// True if a pattern names every resource of every service, as `*` and `arn:aws:*` do.
#[must_use]
pub fn names_everything(pattern: &str) -> bool {
    const EVERY: [&str; 3] = ["arn:aws:*:*:*:*", "arn:aws-cn:*:*:*:*", "arn:aws-us-gov:*:*:*:*"];
    // Most patterns name something.
    if !pattern.ends_with(['*', '?']) {
        return false;
    }
    let pattern = plain(pattern);
    let pattern = pattern.as_ref();
    pattern.bytes().all(|byte| byte == b'*') || EVERY.iter().any(|every| covers(pattern, every))
}

/// True if an ARN pattern names every resource of a kind or of a service, be it in one account, as
/// `arn:aws:iam::111122223333:role/*`, `arn:aws:s3:::*` and `arn:aws:iam::*` do.
#[must_use]
pub fn names_every_of_kind(pattern: &str) -> bool {
    if !is_wild(pattern) {
        return false;
    }
    let pattern = plain(pattern);
    let pattern = pattern.as_ref();
    if blurred(pattern) {
        let account =
            pattern.split(':').find(|part| part.len() == 12 && part.bytes().all(|byte| byte.is_ascii_digit()));
        let account = account.unwrap_or("111122223333");
        let covered = |service: &str, kind: &str| {
            let all = |partition: &str, mark: char| format!("arn:{partition}:{service}::{account}:{kind}{mark}*");
            let partitions = ["aws", "aws-cn", "aws-us-gov"];
            partitions.iter().any(|partition| ['/', ':'].iter().any(|mark| covers(pattern, &all(partition, *mark))))
        };
        if names_everything(pattern) {
            return false;
        }
        if KINDS.iter().any(|(service, kinds)| kinds.iter().any(|kind| covered(service, kind))) {
            return true;
        }
        if pattern.split(':').count() < 6 {
            return false;
        }
    }
    let mut parts = pattern.splitn(6, ':');
    let service = parts.nth(2).unwrap_or("");
    let Some(resource) = parts.nth(2) else {
        // The last `*` stands for what is left of the name too.
        return pattern.ends_with('*') && pattern.starts_with("arn:") && !service.is_empty();
    };
    let stars = |text: &str| text.bytes().all(|byte| matches!(byte, b'*' | b'/' | b':'));
    let kinds = KINDS.iter().find(|(known, _)| *known == service).map_or(&[][..], |(_, kinds)| kinds);
    // As `role*` or `ro*`: `r*` names all of the kinds that begin with it.
    let begins = |head: &str| !is_wild(head) && kinds.iter().any(|kind| kind.starts_with(head));
    if resource.strip_suffix('*').is_some_and(begins) {
        return true;
    }
    let within = resource.split_once(['/', ':']).filter(|_| !NAMED_FIRST.contains(&service));
    let name = within.map_or(resource, |(_, name)| name);
    !name.is_empty() && stars(name)
}

/// True if a wildcard may stand for the part of an ARN that says the service, as in `*:role/*`: then its parts cannot be told.
pub(super) fn blurred(pattern: &str) -> bool {
    let wild = pattern.find('*').unwrap_or(pattern.len());
    pattern.bytes().take(wild).filter(|byte| *byte == b':').count() < 2 && wild < pattern.len()
        || !pattern.starts_with("arn:") && is_wild(pattern)
}

/// True if a pattern names every role, user, group or policy of an account.
#[must_use]
pub fn names_everyone_in(pattern: &str, account: &str) -> bool {
    let short = plain(pattern);
    if !blurred(&short) {
        let service = short.split(':').nth(2).unwrap_or("");
        return matches(service, "iam") && matches(account_of_pattern(&short), account) && names_every_of_kind(&short);
    }
    ["group", "policy", "role", "user"].iter().any(|kind| covers(&short, &format!("arn:aws:iam::{account}:{kind}/*")))
}

/// The account of an ARN pattern, itself a pattern; `*` where a `*` before it stands for it too.
#[must_use]
pub fn account_of_pattern(pattern: &str) -> &str {
    pattern.split(':').nth(4).unwrap_or(if pattern.ends_with('*') { "*" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        for (pattern, text, want) in [
            ("*", "", true),
            ("s3:Get*", "s3:GetObject", true),
            ("s3:Get*", "s3:PutObject", false),
            ("a*b*c", "axxbyyc", true),
            ("a*b*c", "axxbyy", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("", "x", false),
        ] {
            assert_eq!(matches(pattern, text), want, "{pattern} {text}");
        }
        assert!(matches_any_case("IAM:*", "iam:PassRole"));
        assert!(!matches("IAM:*", "iam:PassRole"));
    }

    #[test]
    fn every_resource_of_a_kind() {
        for pattern in [
            "arn:aws:iam::111122223333:role/*",
            "arn:aws:iam::111122223333:role*",
            "arn:aws:iam::111122223333:ro*",
            "arn:aws:iam::111122223333:r*",
            "arn:aws:iam::111122223333:*",
            "arn:aws:iam::*",
            "arn:aws:iam:*",
            "arn:aws:s3:::*",
            "arn:aws:lambda:*:*:function:*",
            "arn:aws:secretsmanager:*:111122223333:secret:*",
            "arn:aws:ssm:eu-west-1:111122223333:parameter/*",
            "arn:aws:iam::*:role/?*",
            "arn:aws:iam::111122223333:role/*?",
            "arn:aws:s3:::?*",
            "*:role/*",
            "*role/*",
            "*/*",
            "arn:*:role/*",
            "arn:*:111122223333:role/*",
            "arn:aws*:iam::111122223333:role/*",
        ] {
            assert!(names_every_of_kind(pattern), "{pattern}");
        }
        for pattern in [
            "arn:aws:iam::111122223333:role/ci/*",
            "arn:aws:iam::111122223333:role/ci*",
            "arn:aws:s3:::logs*",
            "arn:aws:s3:::role*",
            "*:role/ci-*",
            "*:role/ci",
            "arn:*:444455556666:bucket/*",
            "arn:aws:iam::111122223333:role/?",
            "arn:aws:iam::111122223333:role/????*",
            "arn:aws:s3:::bucket/*",
            "arn:aws:execute-api:eu-west-1:111122223333:abc123/*",
            "*",
            "",
            "arn:aws:s3:::",
        ] {
            assert!(!names_every_of_kind(pattern), "{pattern}");
        }
        for pattern in ["*", "**", "?*", "*?", "*:*", "arn:*", "arn:aws:*", "arn:aws:*:*:*:*", "arn:aws-cn:*", "a*"] {
            assert!(names_everything(pattern), "{pattern}");
        }
        for pattern in ["", "arn:aws:s3:*", "arn:aws:*:*:111122223333:*", "arn:aws:iam::*", "arn:aws:*:eu-west-1:*:*"] {
            assert!(!names_everything(pattern), "{pattern}");
        }
        for (pattern, account) in [("arn:aws:iam::1:role/x", "1"), ("arn:aws:iam::*", "*"), ("arn:aws:iam:*", "*")] {
            assert_eq!(account_of_pattern(pattern), account);
        }
    }

    #[test]
    fn nearly_every_action_is_every_action() {
        for pattern in ["s3:*", "s3:**", "s3:?*", "s3:*?"] {
            assert_eq!(whole_service(pattern), Some("s3"), "{pattern}");
        }
        for pattern in ["s3:?", "s3:????*", "s3:Get*", "s*:*", "s3:"] {
            assert_eq!(whole_service(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn covering_is_not_overlapping() {
        assert!(covers("s3:*", "s3:Get*"));
        assert!(covers("*", "s3:?x"));
        assert!(!covers("s3:Get*", "s3:*"));
        assert!(!covers("s3:?", "s3:*"));
        assert!(covers("T*", "t?") && covers_exactly("t*", "t?") && !covers_exactly("T*", "t?"));
        assert!(overlap("s3:Get*", "s3:*Object"));
        assert!(overlap("*", ""));
        assert!(!overlap("s3:Get*", "s3:Put*"));
        assert!(!overlap("abc", "abcd"));
    }

    proptest::proptest! {
        #[test]
        fn what_covers_matches_all(outer in "[ab*?]{0,6}", inner in "[ab*?]{0,6}", text in "[ab]{0,6}") {
            if covers(&outer, &inner) && matches(&inner, &text) {
                proptest::prop_assert!(matches(&outer, &text));
            }
            proptest::prop_assert_eq!(covers(&outer, &inner), covers_exactly(&outer, &inner));
            if matches(&outer, &text) && matches(&inner, &text) {
                proptest::prop_assert!(overlap(&outer, &inner));
            }
        }
    }
}
