//! Instants and durations to the nanosecond, and how CEL reads and writes them.

use std::fmt::Write as _;

use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};

use crate::base::time::{DAY, FIRST, Instant, LAST};

/// Seconds and nanoseconds; negative values count from the second below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Moment {
    secs: i64,
    nanos: u32,
}

const BILLION: i128 = 1_000_000_000;

impl Moment {
    /// Whole seconds.
    pub const fn seconds(secs: i64) -> Self {
        Self { secs, nanos: 0 }
    }

    /// Whole seconds, rounded down.
    pub const fn secs(self) -> i64 {
        self.secs
    }

    /// The difference to an earlier moment, without a look at any range.
    pub fn minus(self, earlier: Self) -> Option<Self> {
        let secs = self.secs.checked_sub(earlier.secs)?;
        match self.nanos.checked_sub(earlier.nanos) {
            Some(nanos) => Some(Self { secs, nanos }),
            None => Some(Self { secs: secs.checked_sub(1)?, nanos: self.nanos + 1_000_000_000 - earlier.nanos }),
        }
    }

    /// All of it in nanoseconds.
    pub fn nanos(self) -> i128 {
        i128::from(self.secs) * BILLION + i128::from(self.nanos)
    }

    fn from_nanos(nanos: i128) -> Option<Self> {
        Some(Self {
            secs: i64::try_from(nanos.div_euclid(BILLION)).ok()?,
            nanos: u32::try_from(nanos.rem_euclid(BILLION)).ok()?,
        })
    }

    /// An instant of so many nanoseconds since 1970, if it lies in the years 1 to 9999.
    pub fn time(nanos: i128) -> Option<Self> {
        Self::from_nanos(nanos).filter(|moment| (FIRST..=LAST).contains(&moment.secs))
    }

    /// A duration, if its nanoseconds fit into 64 bits (some 292 years), as CEL has it.
    pub fn span(nanos: i128) -> Option<Self> {
        i64::try_from(nanos).ok()?;
        Self::from_nanos(nanos)
    }

    /// Reads RFC 3339.
    pub fn read_time(text: &str) -> Option<Self> {
        let (whole, rest) = text.split_at_checked(19)?;
        let shaped = whole.bytes().zip(b"0000-00-00T00:00:00").all(|(found, wanted)| match wanted {
            b'0' => found.is_ascii_digit(),
            _ => found.eq_ignore_ascii_case(wanted),
        });
        // A leap second is not an instant of this calendar.
        if !shaped || whole.ends_with("60") {
            return None;
        }
        let digits = rest.strip_prefix('.').map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
        let (fraction, offset) = if digits > 0 { rest.split_at_checked(digits + 1)? } else { ("", rest) };
        let mut nanos = 0_i128;
        let mut scale = BILLION;
        for digit in fraction.bytes().skip(1).take(9) {
            scale /= 10;
            nanos += i128::from(digit - b'0') * scale;
        }
        let offset = match offset {
            "Z" | "z" => 0,
            _ if offset.starts_with(['+', '-']) => offset_seconds(offset)?,
            _ => return None,
        };
        let local = Instant::parse(&format!("{}Z", whole.to_ascii_uppercase()))?;
        Self::time((i128::from(local.0) - i128::from(offset)) * BILLION + nanos)
    }

    /// Reads a sum of numbers with units `h`, `m`, `s`, `ms`, `us`, `ns`.
    pub fn read_span(text: &str) -> Option<Self> {
        let (negative, mut rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        if rest == "0" {
            return Some(Self::seconds(0));
        }
        if rest.is_empty() {
            return None;
        }
        let mut total = 0_i128;
        while !rest.is_empty() {
            let len = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
            let (number, after) = rest.split_at_checked(len)?;
            let end = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
            let (unit, after) = after.split_at_checked(end)?;
            let unit: i128 = match unit {
                "h" => 3600 * BILLION,
                "m" => 60 * BILLION,
                "s" => BILLION,
                "ms" => 1_000_000,
                "us" | "µs" | "μs" => 1_000,
                "ns" => 1,
                _ => return None,
            };
            let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
            if whole.is_empty() && fraction.is_empty() || whole.len() > 19 || fraction.contains('.') {
                return None;
            }
            let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
            total = total.checked_add(whole.checked_mul(unit)?)?;
            let mut scale = unit;
            for digit in fraction.bytes().take(18) {
                scale /= 10;
                total = total.checked_add(i128::from(digit - b'0') * scale)?;
            }
            rest = after;
        }
        Self::span(if negative { -total } else { total })
    }

    /// An instant as RFC 3339.
    pub fn show_time(self) -> String {
        match self.civil(0) {
            Some(at) => format!("{at}Z"),
            None => format!("{} s", self.secs),
        }
    }

    /// Date and time of day, so many seconds ahead of UTC.
    fn civil(self, ahead: i32) -> Option<jiff::civil::DateTime> {
        // The library's instants end two hours before ours do, its dates do not.
        let back = if self.secs > 0 { 2 * DAY } else { 0 };
        let near = jiff::Timestamp::new(self.secs - back, i32::try_from(self.nanos).ok()?).ok()?;
        let near = TimeZone::UTC.to_datetime(near);
        near.checked_add(jiff::SignedDuration::from_secs(back + i64::from(ahead))).ok()
    }

    /// A duration in seconds, as `1.5s`.
    pub fn show_span(self) -> String {
        let nanos = self.nanos();
        let (sign, size) = if nanos < 0 { ("-", nanos.unsigned_abs()) } else { ("", nanos.unsigned_abs()) };
        let (whole, part) = (size / BILLION.unsigned_abs(), size % BILLION.unsigned_abs());
        let mut out = format!("{sign}{whole}");
        if part > 0 {
            let _ = write!(out, ".{part:09}");
            out.truncate(out.trim_end_matches('0').len());
        }
        out.push('s');
        out
    }

    /// One part of a duration: all its hours, minutes or seconds, or the milliseconds of its last second.
    pub fn part_of_span(self, part: Part) -> Option<i64> {
        let nanos = self.nanos();
        i64::try_from(match part {
            Part::Hours => nanos / (3600 * BILLION),
            Part::Minutes => nanos / (60 * BILLION),
            Part::Seconds => nanos / BILLION,
            Part::Milliseconds => nanos / 1_000_000 % 1000,
            _ => return None,
        })
        .ok()
    }

    /// One part of an instant in a time zone.
    pub fn part_of_time(self, part: Part, zone: &TimeZone) -> Option<i64> {
        let near = jiff::Timestamp::from_second(self.secs).unwrap_or(jiff::Timestamp::MAX);
        let at = self.civil(zone.to_offset(near).seconds())?;
        Some(match part {
            Part::FullYear => i64::from(at.year()),
            Part::Month => i64::from(at.month()) - 1,
            Part::Date => i64::from(at.day()),
            Part::DayOfMonth => i64::from(at.day()) - 1,
            Part::DayOfWeek => i64::from(at.weekday().to_sunday_zero_offset()),
            Part::DayOfYear => i64::from(at.day_of_year()) - 1,
            Part::Hours => i64::from(at.hour()),
            Part::Minutes => i64::from(at.minute()),
            Part::Seconds => i64::from(at.second()),
            Part::Milliseconds => i64::from(at.millisecond()),
        })
    }
}

/// The time zone of a name such as `Europe/Paris`, or of an offset such as `+02:00`.
///
/// Names are looked up in the copy that is compiled in, so that no machine answers differently.
pub(super) fn zone(text: &str) -> Option<TimeZone> {
    if text.contains(':') {
        return Some(TimeZone::fixed(Offset::from_seconds(offset_seconds(text)?).ok()?));
    }
    if text == "UTC" {
        return Some(TimeZone::UTC);
    }
    TimeZoneDatabase::bundled().get(text).ok()
}

/// Seconds of an offset such as `+02:00`.
fn offset_seconds(text: &str) -> Option<i32> {
    let (hours, minutes) = text.split_once(':')?;
    let (sign, hours) = match hours.strip_prefix('-') {
        Some(hours) => (-1, hours),
        None => (1, hours.strip_prefix('+').unwrap_or(hours)),
    };
    let digits = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(hours) || !digits(minutes) {
        return None;
    }
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * 3600 + minutes * 60))
}

/// A part of an instant or a duration that a function gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    FullYear,
    Month,
    Date,
    DayOfMonth,
    DayOfWeek,
    DayOfYear,
    Hours,
    Minutes,
    Seconds,
    Milliseconds,
}

impl Part {
    /// The functions that give parts, and which.
    pub const FUNCTIONS: &'static [(&'static str, Self)] = &[
        ("getFullYear", Self::FullYear),
        ("getMonth", Self::Month),
        ("getDate", Self::Date),
        ("getDayOfMonth", Self::DayOfMonth),
        ("getDayOfWeek", Self::DayOfWeek),
        ("getDayOfYear", Self::DayOfYear),
        ("getHours", Self::Hours),
        ("getMinutes", Self::Minutes),
        ("getSeconds", Self::Seconds),
        ("getMilliseconds", Self::Milliseconds),
    ];

    /// True if a duration has it too.
    pub fn of_span(self) -> bool {
        matches!(self, Self::Hours | Self::Minutes | Self::Seconds | Self::Milliseconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, shown) in [
            ("90m", "5400s"),
            ("1.5s", "1.5s"),
            ("-1ms", "-0.001s"),
            ("1h2m3s", "3723s"),
            ("0", "0s"),
            ("-999999999ns", "-0.999999999s"),
        ] {
            assert_eq!(Moment::read_span(text).unwrap().show_span(), shown, "{text}");
        }
        for text in ["", "-", "1", "1d", "h", ".s", "1..2s", "320000000000s", "99999999999999999999h", "1.2.3s", "é"] {
            assert_eq!(Moment::read_span(text), None, "{text}");
        }
    }

    #[test]
    fn instants_and_zones() {
        let at = Moment::read_time("2009-02-13T23:31:30Z").unwrap();
        let hour = |name| at.part_of_time(Part::Hours, &zone(name).unwrap());
        assert_eq!(hour("UTC"), Some(23));
        assert_eq!(hour("02:00"), Some(1));
        assert_eq!(hour("US/Central"), Some(17));
        for name in ["", "Nowhere/City", "+99:00", "1:00", "../etc/passwd", "é:é"] {
            assert!(zone(name).is_none(), "{name}");
        }
        for (text, shown) in [
            ("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999999Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
            ("2026-01-01T00:30:00.250+01:00", "2025-12-31T23:30:00.25Z"),
        ] {
            assert_eq!(Moment::read_time(text).unwrap().show_time(), shown);
        }
        for text in [
            "",
            "2009-02-13",
            "0000-01-01T00:00:00Z",
            "10000-01-01T00:00:00Z",
            "2009-02-13 23:31:30Z",
            "2016-12-31T23:59:60Z",
        ] {
            assert_eq!(Moment::read_time(text), None, "{text}");
        }
    }
}
