//! The cells of a form: values, merged ranges, validations, locks, comments.
