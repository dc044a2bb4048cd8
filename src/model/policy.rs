//! Statements of policies (being written).
