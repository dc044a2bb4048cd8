//! The JSON Schemas of all TOML files that people write, for editors: made from the types that read the files.

use schemars::{JsonSchema, schema_for};

use super::{check, classification, framework, levels, profile, tools, waiver};
use crate::source;

/// A kind of file that people write.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// The name, as `assize controls schema NAME` takes it.
    pub name: &'static str,
    /// The name of the schema's file.
    pub file: &'static str,
    /// Which files it is of.
    pub of: &'static str,
    make: fn() -> String,
}

impl Kind {
    /// The schema, as JSON.
    #[must_use]
    pub fn schema(&self) -> String {
        (self.make)()
    }
}

/// All kinds, by name.
pub const KINDS: &[Kind] = &[
    Kind { name: "check", file: "check.schema.json", of: "checks/RISK/ID.toml", make: made::<check::RawCheck> },
    Kind {
        name: "classification",
        file: "classification.schema.json",
        of: "classification/ID.toml",
        make: made::<classification::RawClassification>,
    },
    Kind {
        name: "framework",
        file: "framework.schema.json",
        of: "frameworks/ID.toml",
        make: made::<framework::RawFramework>,
    },
    Kind {
        name: "inventory",
        file: "assize-inventory.schema.json",
        of: "inventory files, in the folder of exports",
        make: source::inventory_schema,
    },
    Kind { name: "levels", file: "levels.schema.json", of: "levels/ID.toml", make: made::<levels::RawLevels> },
    Kind {
        name: "profile",
        file: "assize-profile.schema.json",
        of: "assize.toml, in the folder of exports",
        make: made::<profile::RawProfile>,
    },
    Kind { name: "tools", file: "tools.schema.json", of: "tools/ID.toml", make: made::<tools::RawTools> },
    Kind {
        name: "waivers",
        file: "assize-waivers.schema.json",
        of: "waivers.toml, in the folder of exports",
        make: made::<waiver::RawWaivers>,
    },
];

/// The kind of that name.
#[must_use]
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

fn made<T: JsonSchema>() -> String {
    serde_json::to_string_pretty(&schema_for!(T)).map_or_else(|_| String::new(), |text| text + "\n")
}
