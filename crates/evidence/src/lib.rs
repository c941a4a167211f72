//! Evidence: bytes become facts and rejects, one file a format.
