//! Data connections of binary workbooks, and passwords taken out of what is shown.

use super::biff::{Globals, Record};
use super::binary::Bytes;
use super::tokens::{Form, Names as _};
use crate::container::u16_at;

/// Records of a query (MS-XLS 2.4.88): DBQUERY says of what kind, the strings behind it say what. Gives the whole once it has ended.
pub(super) fn biff(record: &Record<'_>, globals: &Globals, strings: &mut Option<Vec<String>>) -> Option<String> {
    match record.id {
        0x00dc => {
            let kind = match u16_at(record.body, 0).unwrap_or_default() & 7 {
                1 => "odbc",
                2 => "dao",
                4 => "web",
                5 => "oledb",
                6 => "text",
                7 => "ado",
                _ => "query",
            };
            let before = strings.replace(vec![kind.to_owned()]);
            before.filter(|s| s.len() > 1).map(|s| hidden(&s.join(" ")))
        }
        0x00cd => {
            let mut rest = Bytes::new(record.body);
            let units = rest.len16()?;
            let text = match globals.form {
                Form::Biff5 => rest.take(units).map(|b| globals.decode(b)),
                _ => rest.text8(units),
            };
            if let (Some(all), Some(text)) = (strings.as_mut(), text) {
                all.push(text);
            }
            None
        }
        _ => strings.take().filter(|s| s.len() > 1).map(|s| hidden(&s.join(" "))),
    }
}

/// Keys of connection strings whose value is nobody's business; in lower case.
const SECRET: [&str; 8] = [
    "password",
    "pwd",
    "jet oledb:database password",
    "accountkey",
    "sharedaccesskey",
    "access token",
    "api_key",
    "secret",
];

/// A connection string or address without its passwords.
pub(super) fn hidden(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (i, part) in text.split(';').enumerate() {
        if i > 0 {
            out.push(';');
        }
        match part.split_once('=') {
            Some((key, value)) if SECRET.contains(&key.trim().to_lowercase().as_str()) && !value.is_empty() => {
                out.push_str(key);
                out.push_str("=***");
            }
            _ => out.push_str(part),
        }
    }
    address(&out)
}

/// `scheme://user:password@host` without the password.
fn address(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let end = rest.find(['/', '?', '#', ' ']).unwrap_or(rest.len());
    let (host, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
    match host.rsplit_once('@').and_then(|(user, host)| Some((user.split_once(':')?.0, host))) {
        Some((user, host)) => format!("{scheme}://{user}:***@{host}{path}"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::hidden;

    #[test]
    fn passwords_of_connections_are_not_shown() {
        assert_eq!(
            hidden("Provider=SQLOLEDB;User ID=sa;Password=s3cret;Server=x"),
            "Provider=SQLOLEDB;User ID=sa;Password=***;Server=x"
        );
        assert_eq!(hidden("ODBC;PWD=a=b;"), "ODBC;PWD=***;");
        assert_eq!(hidden("https://me:pw@host.example/a?b"), "https://me:***@host.example/a?b");
        assert_eq!(hidden("https://host.example/a@b:c"), "https://host.example/a@b:c");
    }
}
