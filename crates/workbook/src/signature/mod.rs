//! VBA signatures: unwrapped, verified, dated, and put into a verdict.
