//! Everything that the sources said (being written).
/// All of it.
pub struct World;
