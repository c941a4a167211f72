//! Names of things outside as OLE writes them: hyperlinks (MS-OSHARED 2.3.7) and the monikers of linked objects.

use super::binary::{Bytes, narrow, wide_to_zero};

const URL: [u8; 16] = [0xe0, 0xc9, 0xea, 0x79, 0xf9, 0xba, 0xce, 0x11, 0x8c, 0x82, 0x00, 0xaa, 0x00, 0x4b, 0xa9, 0x0b];
const FILE: [u8; 16] = [0x03, 0x03, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46];
const COMPOSITE: [u8; 16] = [0x09, 0x03, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46];
const ITEM: [u8; 16] = [0x04, 0x03, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46];

/// Target of a hyperlink object; `None` where it only leads to a place in the file itself.
pub(super) fn hyperlink(bytes: &[u8]) -> Option<String> {
    let mut rest = Bytes::new(bytes);
    rest.u32()?;
    let flags = rest.u32()?;
    let mut text = || -> Option<String> {
        let units = rest.len32()?;
        rest.take(units.checked_mul(2)?).map(wide_to_zero)
    };
    if flags & 0x10 != 0 {
        text()?;
    }
    if flags & 0x80 != 0 {
        text()?;
    }
    let target = match flags & 0x101 {
        0x101 => text()?,
        0x001 => moniker(&mut rest, 0).unwrap_or_else(|| "?".to_owned()),
        _ => return None,
    };
    let place = if flags & 0x08 == 0 {
        None
    } else {
        rest.len32().and_then(|units| rest.take(units.checked_mul(2)?)).map(wide_to_zero)
    };
    Some(match place {
        Some(place) if !place.is_empty() => format!("{target}#{place}"),
        _ => target,
    })
}

/// A moniker with its class before it; the number of the class where it is none of those known.
pub(super) fn moniker(rest: &mut Bytes<'_>, depth: usize) -> Option<String> {
    let class: [u8; 16] = rest.take(16)?.try_into().ok()?;
    match class {
        URL => {
            let size = rest.len32()?;
            rest.take(size).map(wide_to_zero)
        }
        FILE => {
            let up = rest.u16()?;
            let size = rest.len32()?;
            let mut path = narrow(rest.take(size)?);
            rest.take(24)?;
            if rest.len32()? > 0 {
                let size = rest.len32()?;
                rest.u16()?;
                path = wide_to_zero(rest.take(size)?);
            }
            let path = path.trim_end_matches('\0');
            Some(format!("{}{path}", "..\\".repeat(usize::from(up).min(64))))
        }
        ITEM => {
            let size = rest.len32()?;
            let delimiter = narrow(rest.take(size)?);
            let size = rest.len32()?;
            let item = narrow(rest.take(size)?);
            Some(format!("{}{}", delimiter.trim_end_matches('\0'), item.trim_end_matches('\0')))
        }
        COMPOSITE if depth < 4 => {
            let count = rest.len32()?.min(16);
            let mut all = String::new();
            for _ in 0..count {
                all.push_str(&moniker(rest, depth.saturating_add(1))?);
            }
            Some(all)
        }
        other => Some(super::embedded::guid(&other)),
    }
}
