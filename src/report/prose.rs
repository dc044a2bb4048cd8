//! The Markdown texts of controls, rendered or quoted without letting them do anything.
//!
//! No raw HTML, no images, links only to `http` and `https`; a heading becomes a strong line,
//! so that a text cannot pass for a section of the report.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html::push_html};

use super::escape;
use crate::base::text::shown;

const OPTIONS: Options = Options::ENABLE_TABLES.union(Options::ENABLE_STRIKETHROUGH);

/// The text as HTML.
#[must_use]
pub fn html(text: &str) -> String {
    let text = lines_shown(text);
    let mut links = Vec::new();
    let mut events = Vec::new();
    for event in Parser::new_ext(&text, OPTIONS) {
        match event {
            Event::Html(raw) | Event::InlineHtml(raw) => events.push(Event::Text(raw)),
            Event::Start(Tag::HtmlBlock) => events.push(Event::Start(Tag::Paragraph)),
            Event::End(TagEnd::HtmlBlock) => events.push(Event::End(TagEnd::Paragraph)),
            Event::Start(Tag::Heading { .. }) => {
                events.extend([Event::Start(Tag::Paragraph), Event::Start(Tag::Strong)]);
            }
            Event::End(TagEnd::Heading(_)) => {
                events.extend([Event::End(TagEnd::Strong), Event::End(TagEnd::Paragraph)]);
            }
            Event::Start(Tag::Link { ref dest_url, .. }) => {
                links.push(allowed(dest_url));
                if links.last() == Some(&true) {
                    events.push(event);
                }
            }
            Event::End(TagEnd::Link) => {
                if links.pop() == Some(true) {
                    events.push(event);
                }
            }
            Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => {}
            other => events.push(other),
        }
    }
    let mut out = String::new();
    push_html(&mut out, events.into_iter());
    out
}

/// The text as a quoted block of Markdown: as written if it is harmless, else as plain text.
#[must_use]
pub fn quoted(text: &str) -> String {
    let text = lines_shown(text);
    let harmless = Parser::new_ext(&text, OPTIONS).all(|event| match event {
        Event::Html(_)
        | Event::InlineHtml(_)
        | Event::Start(Tag::HtmlBlock | Tag::Image { .. } | Tag::Heading { .. }) => false,
        Event::Start(Tag::Link { dest_url, .. }) => allowed(&dest_url),
        _ => true,
    });
    let lines = text.trim_matches('\n').lines().map(|line| {
        let line = if harmless { line.trim_end().to_owned() } else { escape::markdown(line) };
        if line.is_empty() { ">".to_owned() } else { format!("> {line}") }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A sentence with names in backticks as HTML; all else in it is text.
#[must_use]
pub fn inline_html(text: &str) -> String {
    spans(text, |text, _| escape::html(text).into_owned(), |code| format!("<code>{}</code>", escape::html(code)))
}

/// A sentence with names in backticks as Markdown; all else in it is text. Not for tables.
#[must_use]
pub fn inline_markdown(text: &str) -> String {
    inline_markdown_with(text, escape::markdown_inline_code)
}

/// As [`inline_markdown`], for a cell of a table.
#[must_use]
pub fn inline_markdown_cell(text: &str) -> String {
    inline_markdown_with(text, escape::markdown_cell_code)
}

fn inline_markdown_with(text: &str, code: impl Fn(&str) -> String) -> String {
    let piece = |text: &str, begins: bool| {
        let inner = text.trim();
        let (lead, rest) = text.split_at(text.len() - text.trim_start().len());
        let tail = rest.strip_prefix(inner).unwrap_or("");
        let space = |edge: &str| if edge.is_empty() { "" } else { " " };
        let told = if begins { escape::markdown(inner) } else { escape::markdown_within(inner) };
        format!("{}{told}{}", space(lead), space(tail))
    };
    spans(text, piece, code)
}

/// The pieces between backticks and those within, where each backtick has a partner. The first argument of `plain` is
/// a piece, the second whether nothing stands before it.
fn spans(text: &str, plain: impl Fn(&str, bool) -> String, code: impl Fn(&str) -> String) -> String {
    if !text.contains('`') || !text.matches('`').count().is_multiple_of(2) {
        return plain(text, true);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for (at, piece) in text.split('`').enumerate().filter(|(_, piece)| !piece.is_empty()) {
        let told = if at % 2 == 0 { plain(piece, out.trim().is_empty()) } else { code(piece) };
        out.push_str(&told);
    }
    out
}

/// True for a link that a report may carry.
#[must_use]
pub fn allowed(url: &str) -> bool {
    let lower = url.get(..8).unwrap_or(url).to_ascii_lowercase();
    lower.starts_with("https://") || lower.starts_with("http://")
}

/// The text with what acts written out, but line breaks and tabs left, since Markdown needs them.
fn lines_shown(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| shown(&line.replace('\t', "    ")).into_owned()).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_a_sentence() {
        assert_eq!(inline_markdown("a label of `[x]`: `a_b`, or <b>"), r"a label of `[x]`: `a_b`, or \<b\>");
        assert_eq!(inline_markdown("``: - a"), r"\: - a");
        assert_eq!(inline_markdown("one ` alone"), r"one \` alone");
        assert_eq!(inline_markdown_cell(r"keys `a|b` | `c\|d`"), r"keys `a\|b` \| c\\\|d");
        assert_eq!(inline_html("a `<b>` & c"), "a <code>&lt;b&gt;</code> &amp; c");
    }

    #[test]
    fn markdown_without_teeth() {
        let text = "# Top\n\nSee [docs](https://example.org/a), [bad](javascript:alert(1)) and ![x](https://e.org/p.png).\n\n<img src=x onerror=y>\n\n- a `b`";
        insta::assert_snapshot!(html(text), @r#"
        <p><strong>Top</strong></p>
        <p>See <a href="https://example.org/a">docs</a>, bad and x.</p>
        <p>&lt;img src=x onerror=y&gt;
        </p>
        <ul>
        <li>a <code>b</code></li>
        </ul>
        "#);
        insta::assert_snapshot!(quoted("Use `aws iam` and [docs](https://example.org/a).\n\n- one\n```\nopen fence"), @"
        > Use `aws iam` and [docs](https://example.org/a).
        >
        > - one
        > ```
        > open fence
        ");
        insta::assert_snapshot!(quoted("a <b>bold</b>\n\nb"), @r"
        > a \<b\>bold\</b\>
        >
        > b
        ");
    }
}
