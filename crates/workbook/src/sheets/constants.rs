//! Constants of formulas: arrays that stand behind the tokens (MS-XLS 2.5.198.8, MS-XLSB 2.5.97.62), errors, and bytes that nobody knows.

use super::binary::Bytes;
use super::tokens::{Form, LONGEST, Names};
use std::fmt::Write as _;

/// The next array of constants behind the tokens; in hex where it is cut off.
pub(super) fn array(form: Form, rest: &mut Bytes<'_>, names: &dyn Names) -> String {
    let before = rest.clone();
    read(form, rest, names).unwrap_or_else(|| format!("{{?{}}}", hex(before.rest())))
}

fn read(form: Form, rest: &mut Bytes<'_>, names: &dyn Names) -> Option<String> {
    let (columns, rows) = match form {
        Form::Biff12 => (rest.len32()?, rest.len32()?),
        // A column more than stored; before BIFF8 as stored, and 0 stands for 256.
        Form::Biff8 => (usize::from(rest.u8()?).saturating_add(1), rest.len16()?.saturating_add(1)),
        Form::Biff5 => (Some(usize::from(rest.u8()?)).filter(|c| *c > 0).unwrap_or(256), rest.len16()?),
    };
    let mut out = "{".to_owned();
    for i in 0..rows.checked_mul(columns)? {
        if i > 0 {
            out.push(if i % columns == 0 { ';' } else { ',' });
        }
        let kind = rest.u8()?;
        let kind = if form == Form::Biff12 { *[1_u8, 2, 4, 0, 16].get(usize::from(kind))? } else { kind };
        // Every value but a text fills eight bytes; in binary packages it fills what it needs.
        let padding = if form == Form::Biff12 { 0 } else { 7 };
        match kind {
            0 => {
                rest.take(8)?;
            }
            1 => out.push_str(&f64::from_le_bytes(rest.take(8)?.try_into().ok()?).to_string()),
            2 => {
                let text = match form {
                    Form::Biff5 => {
                        let length = rest.u8()?;
                        names.decode(rest.take(length.into())?)
                    }
                    Form::Biff8 => {
                        let length = rest.len16()?;
                        rest.text8(length)?
                    }
                    Form::Biff12 => {
                        let length = rest.len16()?;
                        rest.wide(length)?
                    }
                };
                out.push_str(&format!("\"{}\"", text.replace('"', "\"\"")));
            }
            4 => {
                out.push_str(if rest.u8()? == 0 { "FALSE" } else { "TRUE" });
                rest.take(padding)?;
            }
            16 => {
                out.push_str(&error(rest.u8()?));
                rest.take(if form == Form::Biff12 { 3 } else { 7 })?;
            }
            _ => return None,
        }
        if out.len() > LONGEST {
            return None;
        }
    }
    out.push('}');
    Some(out)
}

/// Name of an error by its number.
pub(crate) fn error(code: u8) -> String {
    match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0f => "#VALUE!",
        0x17 => "#REF!",
        0x1d => "#NAME?",
        0x24 => "#NUM!",
        0x2a => "#N/A",
        0x2b => "#GETTING_DATA",
        _ => return format!("#{code}"),
    }
    .to_owned()
}

/// Bytes that are not understood, the first of them.
pub(super) fn hex(bytes: &[u8]) -> String {
    let mut out = String::new();
    for byte in bytes.iter().take(256) {
        let _ = write!(out, "{byte:02x}");
    }
    if bytes.len() > 256 {
        out.push('\u{2026}');
    }
    out
}
