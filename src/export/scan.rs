//! Moving over JSON bytes quickly without parsing them: spaces, strings, and whole values.
//!
//! Pretty-printed exports are more than half indentation, so runs of spaces and the insides of
//! strings are crossed eight bytes at a time.

/// How deep the containers of one value may nest.
pub const DEPTH_LIMIT: u32 = 128;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// The first byte at or after `at` that is not JSON white space.
#[inline]
#[must_use]
pub fn skip_space(text: &[u8], mut at: usize) -> usize {
    loop {
        match text.get(at) {
            Some(b' ') => at = skip_blanks(text, at + 1),
            Some(b'\n' | b'\r' | b'\t') => at += 1,
            _ => return at,
        }
    }
}

/// The first byte at or after `at` that is not a blank.
#[inline]
fn skip_blanks(text: &[u8], mut at: usize) -> usize {
    while let Some(chunk) = eight(text, at) {
        let other = chunk ^ (ONES * 0x20);
        if other != 0 {
            return at + (other.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while text.get(at) == Some(&b' ') {
        at += 1;
    }
    at
}

/// Eight bytes from `at`, the first of them lowest.
#[inline]
fn eight(text: &[u8], at: usize) -> Option<u64> {
    text.get(at..)?.first_chunk::<8>().map(|chunk| u64::from_le_bytes(*chunk))
}

/// Bytes of `chunk` that equal `byte`, marked by their high bit; exact up to the first one.
#[inline]
const fn equal(chunk: u64, byte: u8) -> u64 {
    let x = chunk ^ (ONES * byte as u64);
    x.wrapping_sub(ONES) & !x & HIGHS
}

/// The first quote or backslash at or after `at`, or the end of the text.
#[inline]
fn string_mark(text: &[u8], mut at: usize) -> usize {
    while let Some(chunk) = eight(text, at) {
        let marks = equal(chunk, b'"') | equal(chunk, b'\\');
        if marks != 0 {
            return at + (marks.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while let Some(byte) = text.get(at) {
        if matches!(byte, b'"' | b'\\') {
            return at;
        }
        at += 1;
    }
    at
}

/// What a scan came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The text ends inside the value; go on with more of it.
    More,
    /// The value ends before this byte.
    Done(usize),
    /// A bracket at this byte closes another one than was opened.
    Broken(usize),
}

/// A scan over one value, which may be given its text in pieces.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one bit of the state of a scanner, independent of the others"
)]
#[derive(Debug, Clone, Default)]
pub struct Scan {
    depth: u32,
    /// Beyond the depth limit only the number of open brackets is kept.
    over: u32,
    /// The kinds of the open brackets, the innermost in the lowest bit; 1 is a bracket, 0 a brace.
    kinds: u128,
    in_string: bool,
    escaped: bool,
    begun: bool,
    scalar: bool,
    /// True once the value nests deeper than [`DEPTH_LIMIT`].
    pub too_deep: bool,
}

impl Scan {
    /// Goes on from `at`, where the value begins or where the last piece ended.
    pub fn advance(&mut self, text: &[u8], mut at: usize) -> Step {
        if !self.begun {
            match text.get(at) {
                None => return Step::More,
                Some(b'"' | b'{' | b'[') => {}
                Some(_) => self.scalar = true,
            }
            self.begun = true;
        }
        if self.scalar {
            return scalar(text, at);
        }
        loop {
            if self.in_string {
                at = match self.string(text, at) {
                    Some(after) => after,
                    None => return Step::More,
                };
                if self.depth == 0 {
                    return Step::Done(at);
                }
            }
            let Some(byte) = text.get(at) else { return Step::More };
            match byte {
                b' ' => at = skip_blanks(text, at + 1),
                b'"' => {
                    self.in_string = true;
                    at += 1;
                }
                b'{' | b'[' => {
                    self.open(*byte == b'[');
                    at += 1;
                }
                b'}' | b']' => {
                    if !self.close(*byte == b']') {
                        return Step::Broken(at);
                    }
                    at += 1;
                    if self.depth == 0 {
                        return Step::Done(at);
                    }
                }
                _ => at += 1,
            }
        }
    }

    /// True if the value is a number or literal, which ends where the text does.
    #[must_use]
    pub fn is_bare(&self) -> bool {
        self.scalar
    }

    /// The byte after the closing quote, or `None` if the text ends before it.
    #[inline]
    fn string(&mut self, text: &[u8], mut at: usize) -> Option<usize> {
        if self.escaped {
            text.get(at)?;
            self.escaped = false;
            at += 1;
        }
        loop {
            at = string_mark(text, at);
            if *text.get(at)? == b'"' {
                self.in_string = false;
                return Some(at + 1);
            }
            if text.get(at + 1).is_none() {
                self.escaped = true;
                return None;
            }
            at += 2;
        }
    }

    #[inline]
    fn open(&mut self, bracket: bool) {
        if self.depth == DEPTH_LIMIT {
            self.over = self.over.saturating_add(1);
            self.too_deep = true;
        } else {
            self.depth += 1;
            self.kinds = (self.kinds << 1) | u128::from(bracket);
        }
    }

    /// False if the bracket is not the one that was opened.
    #[inline]
    fn close(&mut self, bracket: bool) -> bool {
        if self.over > 0 {
            self.over -= 1;
            return true;
        }
        if self.depth == 0 || (self.kinds & 1 == 1) != bracket {
            return false;
        }
        self.depth -= 1;
        self.kinds >>= 1;
        true
    }
}

fn scalar(text: &[u8], mut at: usize) -> Step {
    while let Some(byte) = text.get(at) {
        if matches!(byte, b',' | b']' | b'}' | b' ' | b'\n' | b'\r' | b'\t' | b':' | b'"' | b'{' | b'[') {
            return Step::Done(at);
        }
        at += 1;
    }
    Step::More
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str) -> Step {
        Scan::default().advance(text.as_bytes(), 0)
    }

    #[test]
    fn values_end_where_they_end() {
        assert_eq!(whole(r#"{"a": [1, "}\"]"], "b": {}} ,"#), Step::Done(27));
        assert_eq!(whole(r#""a\\" ,"#), Step::Done(5));
        assert_eq!(whole("12.5,"), Step::Done(4));
        assert_eq!(whole("[1, 2"), Step::More);
        assert_eq!(whole("[1, 2}"), Step::Broken(5));
    }

    #[test]
    fn pieces_give_what_the_whole_gives() {
        let text =
            r#"{"a\"b\\": [1, "long enough to cross eight bytes \" and more"],           "c": [[[]]]}"#.as_bytes();
        for cut in 0..text.len() {
            let mut scan = Scan::default();
            assert_eq!(scan.advance(text.get(..cut).unwrap(), 0), Step::More, "{cut}");
            assert_eq!(scan.advance(text, cut), Step::Done(text.len()), "{cut}");
        }
    }

    #[test]
    fn deep_values_are_crossed_and_marked() {
        let text = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
        let mut scan = Scan::default();
        assert_eq!(scan.advance(text.as_bytes(), 0), Step::Done(10_000));
        assert!(scan.too_deep);
    }
}
