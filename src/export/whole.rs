//! A small file, read whole: a configuration, an inventory.

use std::io;

use super::split::RECORD_LIMIT;
use super::text::TextReader;
use super::walk::Found;
use super::windows::FileFacts;

/// The text of a file and what is known of it. Of a file larger than a record may be the rest is digested and not kept.
///
/// # Errors
/// When the file cannot be read to its end.
pub fn whole(file: &Found) -> io::Result<(Vec<u8>, FileFacts)> {
    let mut reader = TextReader::new(std::fs::File::open(&file.path)?);
    let (mut text, mut spare) = (Vec::new(), Vec::new());
    loop {
        let out = if text.len() > RECORD_LIMIT { &mut spare } else { &mut text };
        let filled = reader.fill(out, RECORD_LIMIT)?;
        if filled.undigested {
            reader.digest(out.get(filled.fresh).unwrap_or(&[]));
        }
        spare.clear();
        if filled.end {
            break;
        }
    }
    let replaced = reader.replaced();
    let (sha256, bytes) = reader.finish();
    Ok((text, FileFacts { sha256, bytes, documents: 1, replaced }))
}
