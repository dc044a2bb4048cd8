//! What the source of MCP client configurations is made of.

pub mod about;
pub mod anywhere;
pub mod args;
pub mod carriers;
pub mod clients;
pub mod document;
pub mod json;
pub mod lost;
pub mod recognise;
pub mod shape;
pub mod target;
pub mod toml;
