//! Where the cells of a row of CSV stand in it, so that a mistake is shown under its cell and not under the whole row.

use std::ops::Range;

/// The bytes of each cell of a row, without the quotes and white space around it.
///
/// The rules are those by which the row itself is read: a quote at the beginning of a cell opens it to signs and line ends, two
/// of them are one, and a quote elsewhere is a letter like any other.
pub(super) fn places(row: &str, delimiter: u8) -> Vec<Range<usize>> {
    let bytes = row.as_bytes();
    let mut all = Vec::new();
    let mut start = 0;
    loop {
        let end = end_of(bytes, start, delimiter);
        all.push(inner(row, start..end));
        if bytes.get(end) != Some(&delimiter) {
            return all;
        }
        start = end + 1;
    }
}

/// Where the cell ends that begins at `start`: at the next sign that divides cells or rows, and is not in quotes.
fn end_of(bytes: &[u8], start: usize, delimiter: u8) -> usize {
    let mut at = start;
    let mut quoted = bytes.get(at) == Some(&b'"');
    if quoted {
        at += 1;
    }
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' if quoted && bytes.get(at + 1) == Some(&b'"') => at += 1,
            b'"' if quoted => quoted = false,
            b'\n' | b'\r' if !quoted => return at,
            byte if *byte == delimiter && !quoted => return at,
            _ => {}
        }
        at += 1;
    }
    at.min(bytes.len())
}

/// A cell without what stands around its text.
fn inner(row: &str, cell: Range<usize>) -> Range<usize> {
    let text = row.get(cell.clone()).unwrap_or("");
    let bare = text.trim_start_matches('\u{feff}').trim();
    let bare = bare.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(bare).trim();
    let start = cell.start + bare.as_ptr().addr().saturating_sub(text.as_ptr().addr());
    start..start + bare.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cells that are found, and those that the reader of CSV finds.
    fn both(row: &str) -> (Vec<String>, Vec<String>) {
        let found = places(row, b',').into_iter().map(|place| row[place].replace("\"\"", "\"")).collect();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(row.as_bytes());
        let read = reader.records().next().unwrap().unwrap();
        (found, read.iter().map(|cell| cell.trim().to_owned()).collect())
    }

    #[test]
    fn cells_are_found_where_they_are_read() {
        for row in [
            "a,b,c",
            "a,,",
            ",",
            "a",
            "\"a,b\", c ,\"d\ne\"\nnext,row",
            "\"say \"\"no\"\"\",x\r\nnext",
            "it\"s,5\" wide,x",
            "\"\",\"é, ü\",ß",
            "\"open, to the end",
        ] {
            let (found, read) = both(row);
            let found: Vec<_> = found.iter().map(|cell| cell.trim_start_matches('"').to_owned()).collect();
            assert_eq!(found, read, "{row}");
        }
        // A quoted cell that goes on behind its quote has as many cells all the same.
        let (found, read) = both("\"a\"b\",c");
        assert_eq!(found.len(), read.len());
    }
}
