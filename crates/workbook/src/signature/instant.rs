//! A moment in UTC, to the second. There is no clock in this room: who calls says what "now" is.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// A moment in UTC. Certificates may end in the last second of the year 9999, which a [`Timestamp`] cannot hold; hence a civil
/// time that is always UTC. Written and serialised as RFC 3339: `2024-09-18T10:57:29Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(DateTime);

/// A text that is neither a date nor a moment.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}: neither a date such as 2026-11-24 nor a moment such as 2026-11-24T09:00:00Z")]
pub struct NotAnInstant(
    /// The text.
    pub String,
);

impl Instant {
    /// From year, month, day, hour, minute, second; `None` where the calendar has no such moment.
    pub fn civil(date: (i16, i8, i8), time: (i8, i8, i8)) -> Option<Self> {
        DateTime::new(date.0, date.1, date.2, time.0, time.1, time.2, 0).ok().map(Self)
    }

    /// From seconds since 1970.
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        Timestamp::from_second(seconds).ok().map(Self::from)
    }

    /// The moment so many seconds later (or earlier).
    pub(crate) fn plus(self, seconds: i64) -> Option<Self> {
        self.0.checked_add(SignedDuration::from_secs(seconds)).ok().map(Self)
    }

    /// UTCTime (tag 0x17) or GeneralizedTime (0x18) of ASN.1. Fractions are cut off; seconds may be missing and an offset may
    /// stand in place of `Z`, as old software writes it.
    pub(crate) fn asn1(tag: u8, text: &[u8]) -> Option<Self> {
        let two = |at: usize| -> Option<i8> {
            let pair = text.get(at..at.checked_add(2)?)?;
            pair.iter().try_fold(0_i8, |sum, digit| {
                let value = i8::try_from(digit.checked_sub(b'0').filter(|d| *d < 10)?).ok()?;
                sum.checked_mul(10)?.checked_add(value)
            })
        };
        let (year, mut at) = match tag {
            0x17 => {
                let year = i16::from(two(0)?);
                // RFC 5280: 50 to 99 mean the twentieth century.
                (if year < 50 { 2000 + year } else { 1900 + year }, 2)
            }
            0x18 => (i16::from(two(0)?) * 100 + i16::from(two(2)?), 4),
            _ => return None,
        };
        let (month, day, hour, minute) = (two(at)?, two(at + 2)?, two(at + 4)?, two(at + 6)?);
        at += 8;
        let second = two(at);
        at += if second.is_some() { 2 } else { 0 };
        if matches!(text.get(at), Some(b'.' | b',')) {
            at += 1;
            while text.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
            }
        }
        let local = Self::civil((year, month, day), (hour, minute, second.unwrap_or(0)))?;
        match text.get(at) {
            Some(b'Z') if text.len() == at + 1 => Some(local),
            Some(sign @ (b'+' | b'-')) if text.len() == at + 5 => {
                let offset = i64::from(two(at + 1)?) * 3600 + i64::from(two(at + 3)?) * 60;
                local.plus(if *sign == b'+' { -offset } else { offset })
            }
            _ => None,
        }
    }
}

impl From<Timestamp> for Instant {
    fn from(moment: Timestamp) -> Self {
        let civil = TimeZone::UTC.to_datetime(moment);
        Self(civil.with().subsec_nanosecond(0).build().unwrap_or(civil))
    }
}

impl FromStr for Instant {
    type Err = NotAnInstant;

    /// A moment in RFC 3339, or a plain date, which means its first second in UTC.
    fn from_str(text: &str) -> Result<Self, NotAnInstant> {
        let text = text.trim();
        if let Ok(moment) = text.parse::<Timestamp>() {
            return Ok(moment.into());
        }
        let date = text.parse::<jiff::civil::Date>().ok().filter(|_| text.len() == 10);
        date.map(|d| Self(d.at(0, 0, 0, 0))).ok_or_else(|| NotAnInstant(text.to_owned()))
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}Z", self.0)
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_they_are_written() {
        let at = |text: &str| text.parse::<Instant>().map(|i| i.to_string());
        assert_eq!(at("2026-11-24").unwrap(), "2026-11-24T00:00:00Z");
        assert_eq!(at("2026-11-24T09:00:00+01:00").unwrap(), "2026-11-24T08:00:00Z");
        assert_eq!(at("2026-11-24T09:00:00.75Z").unwrap(), "2026-11-24T09:00:00Z");
        assert!(at("yesterday").is_err());
        assert!(at("2026-13-01").is_err());
        assert_eq!(Instant::from_seconds(1_726_657_049).unwrap().to_string(), "2024-09-18T10:57:29Z");
    }

    #[test]
    fn asn1_times_of_every_writing() {
        let read = |tag, text: &str| Instant::asn1(tag, text.as_bytes()).map(|i| i.to_string());
        assert_eq!(read(0x17, "240918105729Z").as_deref(), Some("2024-09-18T10:57:29Z"));
        assert_eq!(read(0x17, "500101000000Z").as_deref(), Some("1950-01-01T00:00:00Z"));
        assert_eq!(read(0x17, "2409181057Z").as_deref(), Some("2024-09-18T10:57:00Z"));
        assert_eq!(read(0x17, "240918105729+0200").as_deref(), Some("2024-09-18T08:57:29Z"));
        assert_eq!(read(0x18, "20210601000000.123Z").as_deref(), Some("2021-06-01T00:00:00Z"));
        assert_eq!(read(0x18, "99991231235959Z").as_deref(), Some("9999-12-31T23:59:59Z"));
        assert_eq!(read(0x18, "20210601000000"), None);
        assert_eq!(read(0x17, "2409181057"), None);
        assert_eq!(read(0x17, "240931105729Z"), None);
        assert_eq!(read(0x17, ""), None);
    }
}
