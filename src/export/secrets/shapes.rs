//! The forms that providers give their secrets and ids, one table.
//!
//! A form is told by how it begins, what it is made of and how long it is at least.

use std::ops::Range;

use crate::model::facts::CredentialKind as Kind;

/// Of which characters the rest of a secret is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// Capital letters and digits, as many as are said and no more: an id.
    Id,
    /// Letters and digits; where they are fewer than twenty, mixed as no word is that only ends in a number.
    Drawn,
    /// Letters, digits, `_` and `-`.
    Word,
    /// Those and two dots that part them in three.
    Jwt,
    /// Those and `.`, `=`, `~`, `:`.
    Dotted,
    /// Those and `+` and `/`.
    Base64,
    /// Everything to the end: a key in PEM.
    Pem,
}

/// A form.
#[derive(Debug)]
pub struct Shape {
    /// How it begins.
    pub prefix: &'static str,
    /// What kind of proof it is.
    pub kind: Kind,
    /// The system that accepts it, if the form tells.
    pub system: Option<&'static str>,
    /// Of what the rest is made.
    made: Made,
    /// How many characters follow at least.
    least: usize,
}

macro_rules! shapes {
    ($($prefix:literal $kind:ident $system:tt $made:ident $least:literal;)*) => {
        &[$(Shape { prefix: $prefix, kind: Kind::$kind, system: shapes!(@ $system), made: Made::$made, least: $least }),*]
    };
    (@ -) => { None };
    (@ $system:literal) => { Some($system) };
}

/// The forms, sorted by how they begin. Of several that fit the longest beginning counts.
const SHAPES: &[Shape] = shapes! {
    "-----BEGIN " Other - Pem 20;
    "ABIA" AccessKey "aws" Id 16;
    "ABSK" ApiKey "aws" Base64 80;
    "ACCA" AccessKey "aws" Id 16;
    "AGE-SECRET-KEY-1" Other - Word 50;
    "AIza" ApiKey "gcp" Word 35;
    "AKIA" AccessKey "aws" Id 16;
    "ASIA" AccessKey "aws" Id 16;
    "ATATT3" ApiKey "atlassian" Dotted 40;
    "ATBB" Password "bitbucket" Dotted 28;
    "ATCTT3" Token "atlassian" Dotted 40;
    "BSA" ApiKey "brave" Word 27;
    "FlyV1 " Token "fly" Base64 40;
    "GOCSPX-" ClientSecret "gcp" Word 24;
    "HRKU-" ApiKey "heroku" Word 36;
    "NRAK-" ApiKey "newrelic" Word 20;
    "PMAK-" ApiKey "postman" Word 50;
    "SG." ApiKey "sendgrid" Dotted 60;
    "apify_api_" Token "apify" Word 30;
    "bedrock-api-key-" Token "aws" Base64 40;
    "csk-" ApiKey "cerebras" Word 40;
    "dapi" Token "databricks" Word 32;
    "dckr_oat_" Token "docker" Word 24;
    "dckr_pat_" Token "docker" Word 24;
    "doo_v1_" Token "digitalocean" Word 40;
    "dop_v1_" Token "digitalocean" Word 40;
    "dor_v1_" Token "digitalocean" Word 40;
    "dp.pt." Token "doppler" Word 40;
    "dp.st." Token "doppler" Dotted 40;
    "dt0c01." Token "dynatrace" Dotted 80;
    "e2b_" ApiKey "e2b" Word 32;
    "eyJ" Token - Jwt 40;
    "fc-" ApiKey "firecrawl" Word 32;
    "figd_" Token "figma" Word 36;
    "figu_" Token "figma" Word 36;
    "fw_" ApiKey "fireworks" Word 20;
    "ghc_" Token "github" Word 30;
    "gho_" Token "github" Word 30;
    "ghp_" Token "github" Word 30;
    "ghr_" Token "github" Word 30;
    "ghs_" Token "github" Dotted 30;
    "ghu_" Token "github" Word 30;
    "github_pat_" Token "github" Word 50;
    "glagent-" Token "gitlab" Dotted 20;
    "glc_" Token "grafana" Base64 40;
    "glcbt-" Token "gitlab" Dotted 20;
    "gldt-" Token "gitlab" Dotted 20;
    "glffct-" Token "gitlab" Dotted 20;
    "glft-" Token "gitlab" Dotted 20;
    "glimt-" Token "gitlab" Dotted 20;
    "gloas-" ClientSecret "gitlab" Dotted 40;
    "glpat-" Token "gitlab" Dotted 20;
    "glptt-" Token "gitlab" Dotted 20;
    "glrt-" Token "gitlab" Dotted 20;
    "glsa_" Token "grafana" Word 32;
    "glsoat-" Token "gitlab" Dotted 20;
    "gsk_" ApiKey "groq" Word 40;
    "hf_" Token "huggingface" Word 30;
    "hvb." Token "vault" Dotted 24;
    "hvs." Token "vault" Dotted 24;
    "jina_" ApiKey "jina" Word 40;
    "lin_api_" ApiKey "linear" Word 32;
    "lin_oauth_" Token "linear" Word 32;
    "lsv2_pt_" ApiKey "langsmith" Word 32;
    "lsv2_sk_" ApiKey "langsmith" Word 32;
    "nfp_" Token "netlify" Word 36;
    "npm_" Token "npm" Word 30;
    "ntn_" Token "notion" Word 40;
    "nvapi-" ApiKey "nvidia" Word 40;
    "ops_eyJ" Token "1password" Base64 100;
    "pat-eu1-" Token "hubspot" Word 36;
    "pat-na1-" Token "hubspot" Word 36;
    "phx_" ApiKey "posthog" Word 32;
    "pplx-" ApiKey "perplexity" Word 32;
    "pscale_pw_" Password "planetscale" Dotted 32;
    "pscale_tkn_" Token "planetscale" Dotted 32;
    "pul-" Token "pulumi" Word 40;
    "pypi-AgE" Token "pypi" Word 50;
    "r8_" Token "replicate" Word 30;
    "rk_live_" ApiKey "stripe" Drawn 10;
    "rk_test_" ApiKey "stripe" Drawn 10;
    "rnd_" ApiKey "render" Word 20;
    "rubygems_" ApiKey "rubygems" Word 40;
    "sb_secret_" ApiKey "supabase" Word 20;
    "sbp_" Token "supabase" Word 32;
    "secret_" Token "notion" Word 40;
    "sgp_" Token "sourcegraph" Word 40;
    "shpat_" Token "shopify" Word 30;
    "shpca_" Token "shopify" Word 30;
    "shppa_" Password "shopify" Word 30;
    "shpss_" ClientSecret "shopify" Word 30;
    "sk-" ApiKey - Word 20;
    "sk-admin-" ApiKey "openai" Word 20;
    "sk-ant-" ApiKey "anthropic" Word 20;
    "sk-ant-oat" Token "anthropic" Word 20;
    "sk-lf-" ApiKey "langfuse" Word 20;
    "sk-or-" ApiKey "openrouter" Word 20;
    "sk-proj-" ApiKey "openai" Word 20;
    "sk-svcacct-" ApiKey "openai" Word 20;
    "sk_live_" ApiKey "stripe" Drawn 10;
    "sk_test_" ApiKey "stripe" Drawn 10;
    "sntrys_" Token "sentry" Base64 40;
    "sntryu_" Token "sentry" Word 40;
    "sq0atp-" Token "square" Word 22;
    "sq0csp-" ClientSecret "square" Word 40;
    "tskey-" ApiKey "tailscale" Word 20;
    "tvly-" ApiKey "tavily" Word 20;
    "whsec_" Other "stripe" Base64 20;
    "xai-" ApiKey "xai" Word 40;
    "xapp-" Token "slack" Word 20;
    "xkeysib-" ApiKey "brevo" Word 64;
    "xoxa-" Token "slack" Word 20;
    "xoxb-" Token "slack" Word 20;
    "xoxc-" Token "slack" Word 20;
    "xoxd-" Token "slack" Base64 20;
    "xoxe-" Token "slack" Word 20;
    "xoxe." Token "slack" Dotted 20;
    "xoxp-" Token "slack" Word 20;
    "xoxr-" Token "slack" Word 20;
    "xoxs-" Token "slack" Word 20;
    "ya29." Token "gcp" Dotted 20;
};

/// A client secret of Microsoft Entra, which is told by what stands in its middle.
static ENTRA: Shape =
    Shape { prefix: "", kind: Kind::ClientSecret, system: Some("entra"), made: Made::Dotted, least: 31 };
/// A key of `OpenAI` of the older form, which has a mark in its middle.
static OPENAI: Shape = Shape { prefix: "sk-", kind: Kind::ApiKey, system: Some("openai"), made: Made::Word, least: 40 };

/// True for the form of a public id.
pub fn is_id(shape: &Shape) -> bool {
    shape.made == Made::Id
}

/// True for a text with a secret in it of a form that no provider gives to everybody. Tokens of three parts and keys of
/// Google's interfaces are in web pages too, what begins with `sk-` alone may be anything, and words may begin as secrets do.
pub fn is_never_public(text: &str) -> bool {
    within(text).is_some_and(|(found, shape)| {
        let drawn = shape.made == Made::Drawn || is_drawn(rest(found));
        drawn && shape.system.is_some() && !is_id(shape) && shape.made != Made::Jwt && shape.prefix != "AIza"
    })
}

/// The first secret or id of a known form in a text, without what stands around it.
pub fn within(text: &str) -> Option<(&str, &'static Shape)> {
    starts(text).find_map(at_start)
}

/// Where in a text secrets of a known form stand, also at the end of a word such as `srv-ghp_…`.
pub fn spans(text: &str) -> Vec<Range<usize>> {
    let (mut spans, mut from, mut before) = (Vec::new(), 0, ' ');
    for (at, this) in text.char_indices() {
        let begins = !is_word(before) && (is_word(this) || before != '-');
        let joint = before;
        before = this;
        let Some(rest) = text.get(at..).filter(|_| at >= from) else { continue };
        let found = if begins { at_start(rest).filter(|(_, shape)| !is_id(shape)) } else { in_word(rest, joint) };
        if let Some((secret, _)) = found {
            from = at + secret.len();
            spans.push(at..from);
        }
    }
    spans
}

/// The secret that a text begins with which goes on with a word: told only by what looks drawn by lot, since words of
/// names may begin as secrets do.
fn in_word(text: &str, before: char) -> Option<(&str, &'static Shape)> {
    let told = |shape: &&Shape| {
        let long = shape.prefix.len() >= 4 && shape.prefix.ends_with(['_', '-', '.']);
        let whole = !matches!(shape.made, Made::Id | Made::Jwt | Made::Pem);
        whole && (long || matches!(before, '-' | '_')) && text.get(shape.prefix.len()..).is_some_and(is_drawn)
    };
    candidates(text).filter(told).filter_map(|shape| Some((of(text, shape)?, shape))).max_by_key(|found| found.0.len())
}

/// True for a text near whose beginning letters and digits stand mixed, sixteen of them or more without a joint.
pub fn is_drawn(text: &str) -> bool {
    let head = text.bytes().take(64).take_while(u8::is_ascii_graphic).collect::<Vec<u8>>();
    head.split(|byte| !byte.is_ascii_alphanumeric())
        .any(|run| run.len() >= 16 && run.iter().any(u8::is_ascii_digit) && run.iter().any(u8::is_ascii_alphabetic))
}

/// True for letters and digits that are no word with a number behind it: a digit or both cases are among the rest.
fn is_mixed(text: &str) -> bool {
    let word = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let any = |of: fn(&u8) -> bool| word.bytes().any(|byte| of(&byte));
    any(u8::is_ascii_digit) || word.len() < text.len() && any(u8::is_ascii_lowercase) && any(u8::is_ascii_uppercase)
}

/// The first id of a known form in a text. Secrets are not looked at, which may be as long as the text.
pub fn id_within(text: &str) -> Option<(&str, &'static Shape)> {
    starts(text).find_map(|rest| {
        candidates(rest).filter(|shape| is_id(shape)).find_map(|shape| Some((of(rest, shape)?, shape)))
    })
}

/// What of a secret of a known form says nothing of its kind.
pub fn rest(text: &str) -> &str {
    let longest = SHAPES.iter().filter(|shape| text.starts_with(shape.prefix)).max_by_key(|shape| shape.prefix.len());
    longest.and_then(|shape| text.strip_prefix(shape.prefix)).unwrap_or(text)
}

/// The places of a text where a secret may begin, as what follows from there.
fn starts(text: &str) -> impl Iterator<Item = &str> {
    let mut before = ' ';
    text.char_indices().filter_map(move |(at, this)| {
        let begins = !is_word(before) && (is_word(this) || before != '-');
        before = this;
        begins.then(|| text.get(at..)).flatten()
    })
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

/// The forms that begin as a text does.
fn candidates(text: &str) -> impl Iterator<Item = &'static Shape> + '_ {
    // Only those of the same first byte are compared: texts are long, and most of their words begin like none.
    let first = text.as_bytes().first().copied();
    let from = SHAPES.partition_point(|shape| shape.prefix.as_bytes().first().copied() < first);
    let same = SHAPES.iter().skip(from).take_while(move |shape| shape.prefix.as_bytes().first().copied() == first);
    same.filter(|shape| text.starts_with(shape.prefix))
}

/// The secret or id that a text begins with.
fn at_start(text: &str) -> Option<(&str, &'static Shape)> {
    let mut best: Option<(&str, &'static Shape)> = None;
    for shape in candidates(text) {
        let longer = best.is_none_or(|(_, known)| known.prefix.len() < shape.prefix.len());
        if let Some(found) = of(text, shape)
            && longer
        {
            best = Some((found, shape));
        }
    }
    match best {
        Some((found, shape)) if shape.prefix == "sk-" && found.contains("T3BlbkFJ") => Some((found, &OPENAI)),
        Some(best) => Some(best),
        None => entra(text).map(|found| (found, &ENTRA)),
    }
}

fn of<'t>(text: &'t str, shape: &Shape) -> Option<&'t str> {
    let rest = text.strip_prefix(shape.prefix)?;
    if shape.made == Made::Pem {
        let line: String = rest.chars().take(80).take_while(|c| !matches!(c, '\n' | '\\')).collect();
        return (line.contains("PRIVATE KEY") && rest.len() >= shape.least).then(|| text.trim_end());
    }
    let belongs = |c: char| match shape.made {
        Made::Id => c.is_ascii_uppercase() || c.is_ascii_digit(),
        Made::Drawn => c.is_ascii_alphanumeric(),
        Made::Word | Made::Pem => is_word(c),
        Made::Jwt => is_word(c) || c == '.',
        Made::Dotted => is_word(c) || matches!(c, '.' | '=' | '~' | ':'),
        Made::Base64 => is_word(c) || matches!(c, '.' | '=' | '~' | ':' | '+' | '/'),
    };
    let mut dots = 0;
    let ends = |c: char| {
        dots += usize::from(c == '.');
        !belongs(c) || shape.made == Made::Jwt && dots > 2
    };
    let end = rest.find(ends).unwrap_or(rest.len());
    let body = rest.get(..end)?.trim_end_matches(['.', ':']);
    let follows = rest.get(body.len()..).and_then(|after| after.chars().next());
    let whole = match shape.made {
        Made::Id => body.len() == shape.least && !follows.is_some_and(is_word),
        Made::Drawn => body.len() >= shape.least && (body.len() >= 20 || is_mixed(body)),
        _ => body.len() >= shape.least,
    };
    // A token of that form is a header, a payload and a signature; other text in base64 may begin so too.
    let whole = whole && (shape.made != Made::Jwt || body.matches('.').count() == 2);
    whole.then(|| text.get(..shape.prefix.len() + body.len())).flatten()
}

/// Three characters, a digit, `Q~` and some thirty more.
fn entra(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    if bytes.get(4..6) != Some(b"Q~") || !bytes.get(3).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let ends = |c: char| !is_word(c) && !matches!(c, '.' | '~');
    let end = text.char_indices().take(64).find(|(_, c)| ends(*c)).map_or(text.len(), |(at, _)| at);
    (end >= 6 + ENTRA.least && end <= 6 + 40).then(|| text.get(..end)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_has_each_beginning_once() {
        assert!(SHAPES.iter().map(|shape| shape.prefix).is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn what_stands_around_a_secret_is_no_part_of_it() {
        let token = format!("ghp_{}", "a1B2".repeat(9));
        for text in [&token, &format!("TOKEN={token}"), &format!("see ({token}).\n"), &format!("/t/{token}/x")] {
            assert_eq!(within(text).map(|found| found.0), Some(token.as_str()), "{text}");
        }
        assert!(within(&format!("x{token}")).is_none());
        let id = "AKIAI44QH8DHB7Q2NWRV";
        assert!(id_within(&format!("{token} {id}")).is_some_and(|found| found.0 == id));
        assert!(id_within(&format!("{id}X")).is_none() && id_within(&format!("{id}-x")).is_none());
    }

    #[test]
    fn the_longest_beginning_counts() {
        let system = |text: &str| within(text).and_then(|found| found.1.system);
        let body = "q7Rw".repeat(12);
        assert_eq!(system(&format!("sk-{body}")), None);
        assert_eq!(system(&format!("sk-ant-api03-{body}")), Some("anthropic"));
        assert_eq!(system(&format!("sk-proj-{body}")), Some("openai"));
        assert_eq!(system(&format!("sk-{body}T3BlbkFJ{body}")), Some("openai"));
        assert_eq!(system("q1x8Q~abcDEF0123456789ghiJKL-_mnopQRST4"), Some("entra"));
    }
}
