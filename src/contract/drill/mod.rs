//! The form of a leak drill, by version.

pub mod v1;

#[cfg(test)]
mod tests;
