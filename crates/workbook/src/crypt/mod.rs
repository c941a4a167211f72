//! Encrypted workbooks (MS-OFFCRYPTO): opened with the built-in or a given password.
