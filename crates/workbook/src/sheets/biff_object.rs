//! Objects on a sheet of a binary workbook (MS-XLS 2.4.181): buttons bound to macros, controls, embedded and linked objects.

use super::LinkKind;
use super::biff::Globals;
use super::binary::Bytes;
use super::found::Found;
use super::tokens;
use crate::container::u16_at;

/// Reads an OBJ record.
pub(super) fn read(body: &[u8], globals: &Globals, sheet: &str, found: &mut Found) {
    let mut rest = Bytes::new(body);
    let mut control = false;
    while let (Some(kind), Some(size)) = (rest.u16(), rest.len16()) {
        let Some(part) = rest.take(size) else { break };
        match kind {
            // ftMacro: the formula says which.
            0x0004 => {
                if let Some(target) = formula(part).map(|t| tokens::write(globals.form, t, &[], globals, None)) {
                    found.link(LinkKind::MacroButton, sheet, target);
                }
            }
            // ftPioGrbit: a control of its own, or a picture of an object.
            0x0008 => control = u16_at(part, 0).is_some_and(|f| f & 0x10 != 0),
            0x0009 => picture(part, control, globals, sheet, found),
            0x0000 => break,
            _ => {}
        }
    }
}

/// Tokens of a formula that starts with their length and four bytes that mean nothing.
fn formula(part: &[u8]) -> Option<&[u8]> {
    let size = usize::from(u16_at(part, 0)? & 0x7fff);
    part.get(6..)?.get(..size).filter(|t| !t.is_empty())
}

/// ftPictFmla: where the object comes from.
fn picture(part: &[u8], control: bool, globals: &Globals, sheet: &str, found: &mut Found) {
    let Some(size) = u16_at(part, 0).map(usize::from) else { return };
    let source = part.get(2..).unwrap_or_default();
    let source = source.get(..size).unwrap_or(source);
    let Some(tokens) = formula(source) else { return };
    // PtgTbl marks what is embedded; any other formula names a link.
    if tokens.first() != Some(&0x02) {
        found.link(LinkKind::OleLink, sheet, tokens::write(globals.form, tokens, &[], globals, None));
        return;
    }
    let mut rest = Bytes::new(source.get(tokens.len().saturating_add(6)..).unwrap_or_default());
    let class = || -> Option<String> {
        rest.u8().filter(|mark| *mark == 3)?;
        let units = rest.u8()?;
        rest.u8()?;
        rest.text8(units.into())
    };
    let class = { class }().unwrap_or_else(|| "?".to_owned());
    found.link(if control { LinkKind::ActiveX } else { LinkKind::EmbeddedObject }, sheet, class);
}
