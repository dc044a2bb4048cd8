//! SHA-256 digests, written as lower-case hexadecimal.

use std::io::{self, Read, Write};

use sha2::{Digest as _, Sha256};

/// A SHA-256 that is fed piece by piece.
#[derive(Default, Clone)]
pub struct Digester(Sha256);

impl Digester {
    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of all bytes so far, in hexadecimal.
    #[must_use]
    pub fn finish(self) -> String {
        hex(&self.0.finalize())
    }
}

/// A reader or writer that takes the digest of all that passes.
#[derive(Default)]
pub struct Digested<T> {
    inner: T,
    digester: Digester,
}

impl<T> Digested<T> {
    /// Nothing has passed yet.
    pub fn new(inner: T) -> Self {
        Self { inner, digester: Digester::default() }
    }

    /// The digest of all that passed, in hexadecimal.
    #[must_use]
    pub fn digest(self) -> String {
        self.digester.finish()
    }
}

impl<W: Write> Write for Digested<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.digester.update(bytes.get(..written).unwrap_or(bytes));
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<R: Read> Read for Digested<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(bytes)?;
        self.digester.update(bytes.get(..read).unwrap_or(&[]));
        Ok(read)
    }
}

/// The SHA-256 of `bytes`, in hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from(if value < 10 { b'0' + value } else { b'a' + value - 10 });
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn agrees_with_the_published_vector() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(super::sha256(b"abc"), abc);
        let mut pieces = super::Digester::default();
        pieces.update(b"a");
        pieces.update(b"bc");
        assert_eq!(pieces.finish(), abc);
        let mut written = super::Digested::new(Vec::new());
        std::io::Write::write_all(&mut written, b"abc").unwrap();
        assert_eq!(written.digest(), abc);
        let mut read = super::Digested::new(&b"abc"[..]);
        std::io::copy(&mut read, &mut std::io::sink()).unwrap();
        assert_eq!(read.digest(), abc);
    }
}
