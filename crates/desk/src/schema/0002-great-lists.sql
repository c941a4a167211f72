-- Titles of a great list, some hundred thousand rows each: JSON with the machines and titles of the block, then the rows in columns.
CREATE TABLE title_block (
    reading INTEGER NOT NULL REFERENCES reading (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    row_count INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (reading, seq)
) STRICT;

-- A file that is not yet whole: no other query knows it. `state` is enough to go on; `copied` bytes with the hash `prefix` stand in `copy`.
CREATE TABLE unfinished (
    file INTEGER PRIMARY KEY REFERENCES file (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    copy TEXT NOT NULL,
    copied INTEGER NOT NULL,
    prefix TEXT NOT NULL
) STRICT;
