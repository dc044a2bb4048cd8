//! What may be stored under a typed handle of a fact, and the number that a column holds for it.

use super::intern::Sym;
use super::table::ABSENT;
use crate::base::time::{Instant, Span};

/// A closed set's value.
pub trait EnumValue {
    /// Its code, the position in the set.
    fn code(self) -> u8;
}

/// What can be stored under a typed handle.
pub trait Storable {
    /// What a source passes.
    type Input;
    /// The number that the column holds.
    fn encode(input: Self::Input) -> i64;
}

/// True or false.
#[derive(Debug)]
pub struct Flag;
/// An instant.
#[derive(Debug)]
pub struct Time;
/// A length of time.
#[derive(Debug)]
pub struct Seconds;
/// An integer.
#[derive(Debug)]
pub struct Number;
/// The row of another subject.
#[derive(Debug)]
pub struct Link;
/// Members, pushed one by one: rows, symbols or codes.
#[derive(Debug)]
pub struct List;
/// Entries, pushed one by one.
#[derive(Debug)]
pub struct Map;

impl Storable for Flag {
    type Input = bool;
    fn encode(input: bool) -> i64 {
        i64::from(input)
    }
}

impl Storable for Time {
    type Input = Instant;
    fn encode(input: Instant) -> i64 {
        input.0
    }
}

impl Storable for Seconds {
    type Input = Span;
    fn encode(input: Span) -> i64 {
        input.0.max(ABSENT + 1)
    }
}

impl Storable for Number {
    type Input = i64;
    fn encode(input: i64) -> i64 {
        input.max(ABSENT + 1)
    }
}

impl Storable for Link {
    type Input = u32;
    fn encode(input: u32) -> i64 {
        i64::from(input)
    }
}

impl Storable for Sym {
    type Input = Self;
    fn encode(input: Self) -> i64 {
        i64::from(input.0)
    }
}

impl<T: EnumValue> Storable for T {
    type Input = T;
    fn encode(input: T) -> i64 {
        i64::from(input.code())
    }
}
