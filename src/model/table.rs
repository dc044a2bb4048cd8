//! Columns of facts, one table a subject (being written).
/// A closed set's value.
pub trait EnumValue {
    /** The code. */
    fn code(self) -> u8;
}
/// True or false.
pub struct Flag;
/// Time.
pub struct Time;
/// Seconds.
pub struct Seconds;
/// Number.
pub struct Number;
/// Link.
pub struct Link;
/// List.
pub struct List;
/// Map.
pub struct Map;
