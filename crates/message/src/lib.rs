//! Audit mail: parse, authenticate, triage.
