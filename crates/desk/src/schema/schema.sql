-- Evidence: a file as it came, by the SHA-256 of its bytes.
CREATE TABLE file (
    id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    added TEXT NOT NULL,
    author TEXT NOT NULL
) STRICT;

-- What was read from a file, or from a member of a container. `refused` is set where a member was not taken.
CREATE TABLE reading (
    id INTEGER PRIMARY KEY,
    file INTEGER NOT NULL REFERENCES file (id) ON DELETE CASCADE,
    member TEXT,
    hash TEXT NOT NULL,
    taken_as TEXT NOT NULL,
    encoding TEXT NOT NULL,
    row_count INTEGER NOT NULL,
    exported TEXT,
    notes TEXT NOT NULL,
    refused TEXT,
    detail TEXT
) STRICT;
CREATE INDEX reading_of_file ON reading (file);
CREATE UNIQUE INDEX reading_once ON reading (hash) WHERE refused IS NULL;

-- Texts that many facts share: machines, titles, parts of a file. Each stands once.
CREATE TABLE phrase (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
) STRICT;

-- Facts, derived from evidence: `machine` and `body` are shared JSON texts, `own` is JSON of this row alone.
CREATE TABLE fact (
    reading INTEGER NOT NULL REFERENCES reading (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    part INTEGER REFERENCES phrase (id),
    row INTEGER NOT NULL,
    machine INTEGER REFERENCES phrase (id),
    body INTEGER REFERENCES phrase (id),
    own TEXT,
    remarks TEXT,
    PRIMARY KEY (reading, seq)
) STRICT, WITHOUT ROWID;

-- Rows that could not be understood.
CREATE TABLE reject (
    reading INTEGER NOT NULL REFERENCES reading (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    part TEXT,
    row INTEGER NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    raw TEXT NOT NULL,
    PRIMARY KEY (reading, seq)
) STRICT, WITHOUT ROWID;

-- Which column of a table that no reader knows is what, as confirmed by the user.
CREATE TABLE mapping (
    name TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    saved TEXT NOT NULL,
    author TEXT NOT NULL
) STRICT;

-- Human acts: a chain of hashes, only ever added to.
CREATE TABLE act (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    author TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE
) STRICT;
CREATE TRIGGER act_is_not_changed BEFORE UPDATE ON act BEGIN SELECT RAISE(ABORT, 'acts are only added'); END;
CREATE TRIGGER act_is_not_removed BEFORE DELETE ON act BEGIN SELECT RAISE(ABORT, 'acts are only added'); END;

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
