//! What a file says, apart from how it is written: a digest that is the same for two exports with the same content.
//!
//! White space between values of JSON, line ends of CSV, the encoding of the text and the base64
//! of a credential report's answer do not count. The order of keys and of records does.

use std::fs::File;
use std::io;
use std::path::PathBuf;

use super::aws_credential_report;
use crate::base::digest::Digester;
use crate::export::split::RECORD_LIMIT;
use crate::export::text::TextReader;
use crate::export::windows::WINDOW;

/// The digest of what files say, one after the other.
///
/// # Errors
/// When one of them cannot be read to its end.
pub fn digest(files: &[PathBuf]) -> io::Result<String> {
    let mut digest = Digester::default();
    for path in files {
        let answer = if path.metadata()?.len() <= RECORD_LIMIT as u64 { unwrapped(path)? } else { None };
        match answer {
            Some(rows) => Plain::default().add(&rows, &mut digest),
            None => add_file(path, &mut digest)?,
        }
        // No text has this byte, so that the end of a file is one.
        digest.update(&[0xFF]);
    }
    Ok(digest.finish())
}

/// The rows of a credential report that stand in a JSON answer, if that is what the file is.
fn unwrapped(path: &PathBuf) -> io::Result<Option<Vec<u8>>> {
    let mut reader = TextReader::new(File::open(path)?);
    let mut text = Vec::new();
    while !reader.fill(&mut text, WINDOW)?.end {}
    Ok(aws_credential_report::unwrapped(&text))
}

fn add_file(path: &PathBuf, digest: &mut Digester) -> io::Result<()> {
    let mut reader = TextReader::new(File::open(path)?);
    let (mut plain, mut text) = (Plain::default(), Vec::new());
    loop {
        text.clear();
        let end = reader.fill(&mut text, WINDOW)?.end;
        plain.add(&text, digest);
        if end {
            return Ok(());
        }
    }
}

/// Leaves out what does not count, whatever pieces the text comes in.
#[derive(Debug, Default)]
struct Plain {
    /// Whether the text is JSON, once its first character was seen.
    json: Option<bool>,
    in_string: bool,
    escaped: bool,
    /// Line ends that count only if something follows.
    lines: usize,
    kept: Vec<u8>,
}

impl Plain {
    fn add(&mut self, text: &[u8], digest: &mut Digester) {
        self.kept.clear();
        for byte in text {
            if self.json.is_none() && !byte.is_ascii_whitespace() {
                self.json = Some(matches!(byte, b'{' | b'['));
            }
            match self.json {
                None => {}
                Some(true) => self.json(*byte),
                Some(false) => self.rows(*byte),
            }
        }
        digest.update(&self.kept);
    }

    fn json(&mut self, byte: u8) {
        if self.in_string {
            self.in_string = self.escaped || byte != b'"';
            self.escaped = !self.escaped && byte == b'\\';
        } else if byte.is_ascii_whitespace() {
            return;
        } else {
            self.in_string = byte == b'"';
        }
        self.kept.push(byte);
    }

    fn rows(&mut self, byte: u8) {
        match byte {
            b'\r' => {}
            b'\n' => self.lines += 1,
            _ => {
                self.kept.extend(std::iter::repeat_n(b'\n', std::mem::take(&mut self.lines)));
                self.kept.push(byte);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(texts: &[&str]) -> String {
        let mut digest = Digester::default();
        let mut plain = Plain::default();
        for text in texts {
            plain.add(text.as_bytes(), &mut digest);
        }
        digest.finish()
    }

    #[test]
    fn what_does_not_count_is_left_out() {
        assert_eq!(of(&["{\"a b\": [1,\n 2]}"]), of(&["  {\"a b\":[1,2]", "}\n"]));
        assert_eq!(of(&["a,b\r\n1,2\r\n"]), of(&["a,b\n1", ",2"]));
        assert_eq!(of(&["[\"\\\" \"", "]"]), of(&["[\"\\", "\" \"]"]));
        for (one, other) in
            [("{\"a b\":1}", "{\"ab\":1}"), ("a,b\n1,2", "a,b\n1, 2"), ("[\"\\\\\", 1]", "[\"\\\\ \",1]")]
        {
            assert_ne!(of(&[one]), of(&[other]), "{one}");
        }
    }
}
