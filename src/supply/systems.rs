//! What a person must have at hand to collect from a system, in words, and how to tell that it is the right part of it.
//!
//! A system that is not named here is collected from all the same, with words that fit any.

/// How to collect from a system.
#[derive(Debug)]
pub struct System {
    /// Its name, as scopes begin.
    pub id: &'static str,
    /// What is needed, as a sentence; `{scope}` is where its part of the system is named.
    pub needs: &'static str,
    /// A command that prints the scope that the credentials at hand are of, without the system's name.
    pub whose: Option<&'static str>,
}

/// The systems, sorted by id.
pub const SYSTEMS: &[System] = &[System {
    id: "aws",
    needs: "Needs credentials of the account {scope} that can read IAM, such as a profile with the policy SecurityAudit: export AWS_PROFILE=...",
    whose: Some("aws sts get-caller-identity --query Account --output text"),
}];

/// What fits any system.
const OTHER: System = System {
    id: "",
    needs: "Needs credentials with which the commands below can read {scope}, and nothing more.",
    whose: None,
};

/// What is known of a system.
#[must_use]
pub fn system(id: &str) -> &'static System {
    SYSTEMS.iter().find(|system| system.id == id).unwrap_or(&OTHER)
}
