//! JSON with comments and trailing commas, as editors keep their settings: made into JSON of the same length.
//!
//! What is not JSON becomes spaces, so that every offset, line and column stays that of the file.

/// The text from which on something stands, past white space and comments.
#[must_use]
pub fn past_comments(text: &str) -> &str {
    let mut rest = text.trim_start();
    while let Some(length) = comment(rest.as_bytes()) {
        rest = rest.get(length..).unwrap_or("").trim_start();
    }
    rest
}

/// How long the comment is that a text begins with, in bytes; one that never ends goes to the end of the text.
#[must_use]
pub fn comment(text: &[u8]) -> Option<usize> {
    match text.get(..2)? {
        b"//" => Some(memchr::memchr(b'\n', text).unwrap_or(text.len())),
        b"/*" => {
            let end = memchr::memmem::find(text.get(2..)?, b"*/").map(|at| at + 4);
            Some(end.unwrap_or(text.len()))
        }
        _ => None,
    }
}

/// Writes spaces over comments and over commas that nothing follows; line ends stay.
///
/// Gives the first byte of a comment that nothing ends: what was cut off after it may have been anything.
pub fn blank(text: &mut [u8]) -> Option<usize> {
    let mut unended = None;
    let mut at = 0;
    // The last comma, as long as nothing but white space and comments came after it.
    let mut comma = None;
    while let Some(byte) = text.get(at).copied() {
        match byte {
            b'"' => {
                comma = None;
                at = string_end(text, at + 1);
                continue;
            }
            b'/' => {
                if let Some(length) = text.get(at..).and_then(comment) {
                    let whole = text.get(at..at + length).unwrap_or_default();
                    if whole.starts_with(b"/*") && (length < 4 || !whole.ends_with(b"*/")) {
                        unended = Some(at);
                    }
                    for byte in text.get_mut(at..at + length).unwrap_or_default() {
                        if !matches!(byte, b'\n' | b'\r') {
                            *byte = b' ';
                        }
                    }
                    at += length;
                    continue;
                }
                comma = None;
            }
            b',' => comma = Some(at),
            b'}' | b']' => {
                if let Some(byte) = comma.take().and_then(|at| text.get_mut(at)) {
                    *byte = b' ';
                }
            }
            byte if byte.is_ascii_whitespace() => {}
            _ => comma = None,
        }
        at += 1;
    }
    unended
}

/// The byte after a string whose first byte is at `at`.
fn string_end(text: &[u8], mut at: usize) -> usize {
    while let Some(byte) = text.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blanked(text: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        blank(&mut bytes);
        assert_eq!(bytes.len(), text.len());
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn comments_and_last_commas_become_spaces() {
        for (text, expected) in [
            ("{\"a\": 1, // one\n}", "{\"a\": 1        \n}"),
            ("[1, /* x, y */ 2, ]", "[1,            2  ]"),
            ("{\"u\": \"http://x/*y*/,\", }", "{\"u\": \"http://x/*y*/,\"  }"),
            ("{\"q\": \"\\\"//\", /* ä */}", "{\"q\": \"\\\"//\"          }"),
            ("// all\n", "      \n"),
            ("[1]/* no end", "[1]         "),
            ("{\"a\": \"no end", "{\"a\": \"no end"),
            ("[,]", "[ ]"),
            ("/", "/"),
        ] {
            assert_eq!(blanked(text), expected, "{text}");
        }
    }

    #[test]
    fn a_comment_that_nothing_ends_is_told() {
        for (text, at) in [
            ("[1]/* no end", Some(3)),
            ("[1] /*/", Some(4)),
            ("[1] /**", Some(4)),
            ("[1] /* an end */", None),
            ("[1] /**/", None),
            ("[1] // no end", None),
            ("\"/* no comment\"", None),
        ] {
            assert_eq!(blank(&mut text.as_bytes().to_vec()), at, "{text}");
        }
    }

    #[test]
    fn what_stands_past_the_comments() {
        assert_eq!(past_comments(" // a\n/* b */ {"), "{");
        assert_eq!(past_comments("// a"), "");
        assert_eq!(past_comments("a // b"), "a // b");
    }
}
