//! An attached workbook is looked at as `inspect` does, in the same confined child as its mail.

use crate::command::inspect;
use crate::text::Text;
use message::attachment::{AttachmentInspector, Inspection};
use workbook::crypt;
use workbook::sheets;

/// Reasons of a workbook that are told with its mail.
const TOLD: usize = 4;

/// Looks into attached workbooks; words what was found.
pub(super) struct Workbooks<'a> {
    /// Sentences in the reader's language.
    pub(super) text: &'a Text,
}

impl AttachmentInspector for Workbooks<'_> {
    fn inspect(&self, name: &str, kind: &str, bytes: &[u8]) -> Option<Inspection> {
        let workbook = ["xls", "xlsx", "xlsm", "xlsb", "xlam", "xltm", "xltx", "ods"].contains(&kind)
            || ["docm", "docx", "doc", "pptm"].contains(&kind);
        if !workbook {
            return None;
        }
        let locked = crypt::is_encrypted(bytes).is_some();
        let plain = if locked { crypt::open(bytes, &[]).ok()? } else { bytes.into() };
        let survey = sheets::survey(&plain);
        let found = workbook::inspect::inspect(&plain, Some(name), survey.as_ref().map_err(Clone::clone));
        let starter = found
            .modules
            .iter()
            .flat_map(|module| &module.autoexec)
            .find(|each| each.starts)
            .map(|each| each.procedure.clone());
        let has_macro = found.modules.iter().any(|module| module.procedures > 0) || !found.xlm.is_empty();
        let mut told = vec![inspect::verdict_sentence(&found, self.text)];
        told.extend(inspect::heavy_reasons(&found, self.text).into_iter().take(TOLD));
        Some(Inspection { has_macro, autoexec: starter, found: told })
    }
}
