//! A drawing as a template prints it: SVG that is escaped already, and that no template can take for anything else.

use minijinja::Value;
use serde::{Serialize, Serializer};

use crate::base::drawing::{Form, Picture, Stroke};
use crate::contract::v1::HopState;
use crate::report::drawing::within;
use crate::report::printer::{Field, Printed};

/// A picture, drawn.
#[derive(Debug)]
pub(super) struct Drawn(String);

impl Drawn {
    /// The picture in a form; empty if there is nothing in it.
    pub(super) fn new(picture: &Picture, form: Form) -> Self {
        Self(within(picture, form))
    }
}

impl Serialize for Drawn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Value::from_safe_string(self.0.clone()).serialize(serializer)
    }
}

impl Printed for Drawn {
    fn field(&self) -> Field<'_> {
        Field::Safe(&self.0)
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
