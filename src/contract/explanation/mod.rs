//! What `assize explain` says of one subject, as types: read by machines as JSON, by people as rendered from them.
//!
//! The version stands in the path, and in the file as `schema`.

pub mod v1;

#[cfg(test)]
mod tests;
