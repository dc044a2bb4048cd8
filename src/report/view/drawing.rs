//! A drawing as a template prints it: SVG that is escaped already, and that no template can take for anything else.

use minijinja::Value;
use serde::Serialize;

use crate::base::drawing::{Form, Picture, Stroke};
use crate::contract::v1::HopState;
use crate::report::drawing::within;

/// A picture, drawn.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(super) struct Drawn(Value);

impl Drawn {
    /// The picture in a form; empty if there is nothing in it.
    pub(super) fn new(picture: &Picture, form: Form) -> Self {
        Self(Value::from_safe_string(within(picture, form)))
    }
}

/// How a step is drawn.
pub(super) fn stroke(state: HopState) -> Stroke {
    match state {
        HopState::Certain => Stroke::Solid,
        HopState::Conditional => Stroke::Dashed,
        HopState::Possible => Stroke::Dotted,
    }
}
