//! The auditor's workbook: container, inspection, signature, form, fill, scrub.
