//! Dates of mails.

use jiff::civil::Date;

/// A moment as a header tells it: the instant, and the day on the sender's own calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Seconds since 1970, UTC.
    pub seconds: i64,
    /// The day in the header's own offset: periods such as "within eight days" count from it.
    pub day: Date,
}

/// Reads the date of a header (RFC 5322, and the common ways to get it wrong). `None` when it is none.
pub fn mail_date(text: &str) -> Option<Moment> {
    let text = text.trim();
    if text.is_empty() { None } else { moment(&mail_parser::DateTime::parse_rfc822(&format!("{text}\n"))?) }
}

/// A date as the mail parser gives it; `None` when it is no day of the calendar.
pub fn moment(date: &mail_parser::DateTime) -> Option<Moment> {
    let day =
        Date::new(i16::try_from(date.year).ok()?, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?).ok()?;
    Some(Moment { seconds: date.to_timestamp(), day })
}

/// A day from seconds since 1970, in UTC.
pub fn day_of(seconds: i64) -> Option<Date> {
    jiff::Timestamp::from_second(seconds).ok().map(|t| jiff::tz::Offset::UTC.to_datetime(t).date())
}
