//! Instants and durations: read from the many shapes that exports use, written in one.
//!
//! An [`Instant`] is UTC seconds since 1970. A date without a time is the start of its day.
//!
//! ```
//! use assize::base::time::{Instant, Span};
//! let created = Instant::parse("2026-08-03").unwrap();
//! assert_eq!(created.to_string(), "2026-08-03T00:00:00Z");
//! assert_eq!(Span::parse("90d").unwrap().to_string(), "90 days");
//! ```

use std::fmt;

/// Seconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub i64);

/// The earliest instant that is read: 0001-01-01.
pub const FIRST: i64 = -62_135_596_800;
/// The latest instant that is read: the last second of 9999.
pub const LAST: i64 = 253_402_300_799;

/// Seconds in one day.
pub const DAY: i64 = 86_400;

impl Instant {
    /// Reads RFC 3339, the same with a space for the `T`, and a bare date (start of its day).
    ///
    /// Returns `None` for anything else, and for instants outside the years 1 to 9999.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let seconds = if text.len() == 10 {
            let midnight: Vec<u8> = text.bytes().chain(*b"T00:00:00Z").collect();
            parse_utc(&midnight)?
        } else if let Some(fast) = parse_utc(text.as_bytes()) {
            fast
        } else {
            // No place on Earth is a day ahead, though the library reads such.
            let zone = text.get(19..).and_then(|zone| zone.get(zone.rfind(['+', '-'])? + 1..));
            if zone.and_then(|zone| zone.get(..2)).is_some_and(|hours| hours > "23") {
                return None;
            }
            text.parse::<jiff::Timestamp>().ok()?.as_second()
        };
        (FIRST..=LAST).contains(&seconds).then_some(Self(seconds))
    }

    /// Reads what `--as-of` takes: a date means the *end* of that day, an instant itself.
    #[must_use]
    pub fn parse_as_of(text: &str) -> Option<Self> {
        let at = Self::parse(text)?;
        Some(if text.len() == 10 { Self(at.0 + DAY - 1) } else { at })
    }

    /// The date alone, as `2026-11-01`.
    #[must_use]
    pub fn date(self) -> String {
        let mut whole = self.to_string();
        whole.truncate(10);
        whole
    }

    /// The time from `self` to `later`, negative when `later` is earlier.
    #[must_use]
    pub fn until(self, later: Self) -> Span {
        Span(later.0.saturating_sub(self.0))
    }
}

/// The common fixed-width shape, `2024-01-02T03:04:05Z` or with `+00:00`, without a general parser.
fn parse_utc(bytes: &[u8]) -> Option<i64> {
    let (body, zone) = bytes.split_at_checked(19)?;
    if zone != b"Z" && zone != b"+00:00" {
        return None;
    }
    let number = |from: usize, to: usize| -> Option<i64> {
        body.get(from..to)?
            .iter()
            .try_fold(0_i64, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0')))
    };
    let separators = (body.get(4)?, body.get(7)?, body.get(10)?, body.get(13)?, body.get(16)?);
    if !matches!(separators, (b'-', b'-', b'T' | b' ', b':', b':')) {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let narrow = |number: i64| i8::try_from(number).ok();
    let date = jiff::civil::Date::new(i16::try_from(year).ok()?, narrow(month)?, narrow(day)?).ok()?;
    let days = days_from_civil(i64::from(date.year()), i64::from(date.month()), i64::from(date.day()));
    Some(days * DAY + hour * 3600 + minute * 60 + second)
}

/// Days since 1970-01-01 of a valid proleptic Gregorian date.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let shifted_year = if month <= 2 { year - 1 } else { year };
    let era = shifted_year.div_euclid(400);
    let year_of_era = shifted_year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A civil time, since the library's time stamps end a day before the year 9999 does.
        let epoch = jiff::civil::DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
        match epoch.checked_add(jiff::SignedDuration::from_secs(self.0)) {
            Ok(civil) => write!(f, "{civil}Z"),
            Err(_) => write!(f, "{} s", self.0),
        }
    }
}

/// A length of time in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(pub i64);

impl Span {
    /// Reads `90d`, `12h`, `9m`, `30s`, `2w` and sums such as `1d12h`.
    ///
    /// Returns `None` for an empty text, an unknown unit or a number that does not fit.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut total = 0_i64;
        let mut number: Option<i64> = None;
        if text.is_empty() {
            return None;
        }
        for byte in text.bytes() {
            if byte.is_ascii_digit() {
                let digit = i64::from(byte - b'0');
                number = Some(number.unwrap_or(0).checked_mul(10)?.checked_add(digit)?);
                continue;
            }
            let unit = match byte {
                b's' => 1,
                b'm' => 60,
                b'h' => 3600,
                b'd' => DAY,
                b'w' => 7 * DAY,
                _ => return None,
            };
            total = total.checked_add(number.take()?.checked_mul(unit)?)?;
        }
        number.is_none().then_some(Self(total))
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, seconds) = if self.0 < 0 { ("-", self.0.unsigned_abs()) } else { ("", self.0.unsigned_abs()) };
        let (count, unit) = match seconds {
            86_400.. => (seconds / 86_400, "day"),
            3_600.. => (seconds / 3_600, "hour"),
            60.. => (seconds / 60, "minute"),
            _ => (seconds, "second"),
        };
        let plural = if count == 1 { "" } else { "s" };
        write!(f, "{sign}{count} {unit}{plural}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_shapes_that_exports_use() {
        let same = [
            "2026-01-02T03:04:05Z",
            "2026-01-02T03:04:05+00:00",
            "2026-01-02 03:04:05+00:00",
            "2026-01-02T03:04:05.993532Z",
            "2026-01-02T05:04:05+02:00",
        ];
        for text in same {
            assert_eq!(Instant::parse(text), Some(Instant(1_767_323_045)), "{text}");
        }
        for text in [
            "",
            "yyyy-mm-ddT00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-02-30",
            "2026-01-02T25:00:00Z",
            "2026-01-02T03:04:05+25:59",
            "2026-01-02T03:04:05.5-24:00",
            "N/A",
        ] {
            assert_eq!(Instant::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_fast_path_agrees_with_the_library() {
        for text in ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "2000-02-29T12:00:00Z", "9998-12-31T23:59:59Z"] {
            let library = text.parse::<jiff::Timestamp>().unwrap().as_second();
            assert_eq!(parse_utc(text.as_bytes()), Some(library), "{text}");
        }
    }

    #[test]
    fn the_last_second_is_read_and_written() {
        let last = Instant::parse("9999-12-31T23:59:59Z").unwrap();
        assert_eq!((last.0, last.to_string().as_str()), (LAST, "9999-12-31T23:59:59Z"));
    }

    #[test]
    fn a_date_given_as_of_means_its_end() {
        assert_eq!(Instant::parse_as_of("2026-11-01").unwrap().to_string(), "2026-11-01T23:59:59Z");
        assert_eq!(Instant::parse_as_of("2026-11-01T10:00:00Z").unwrap().to_string(), "2026-11-01T10:00:00Z");
    }

    #[test]
    fn spans() {
        assert_eq!(Span::parse("1d12h"), Some(Span(129_600)));
        for text in ["", "d", "90", "90x", "99999999999999999999d", "9223372036854775807d"] {
            assert_eq!(Span::parse(text), None, "{text}");
        }
        assert_eq!(Span(59).to_string(), "59 seconds");
        assert_eq!(Span(60).to_string(), "1 minute");
    }
}
