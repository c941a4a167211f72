//! A list read in chunks gives what it gives when read whole: the same facts, rejects, notes, wherever the borders fall.

use evidence::bulk::{Assembly, Block, Ending, Guess, HEAD, Plain, Plan, Step, Worker};
use evidence::{Context, Limits, Reading, fingerprint};
use licensing::facts::{Fact, FactRow, MachineRef, Origin, Reject, Title};
use proptest::prelude::*;
use std::io::Cursor;

/// What blocks of one file say, row by row.
#[derive(Default)]
struct Told {
    machines: Vec<MachineRef>,
    titles: Vec<Title>,
    facts: Vec<FactRow>,
    rejects: Vec<Reject>,
}

impl Told {
    fn block(&mut self, evidence: &str, block: Block) {
        self.machines.extend(block.new_machines);
        self.titles.extend(block.new_titles);
        let mut told = block.told.into_iter().peekable();
        let mut remarks = block.remarks.into_iter().peekable();
        for (place, row) in (0..).zip(block.columns.rows()) {
            let row = row.expect("sound columns");
            let title = Title {
                machine: self.machines[block.machines[row.machine as usize] as usize].clone(),
                installed: row.installed,
                told: told.next_if(|(at, _)| *at == place).map(|(_, machine)| Box::new(machine)),
                ..self.titles[block.titles[row.title as usize] as usize].clone()
            };
            self.facts.push(FactRow {
                origin: origin(evidence, block.before + row.number),
                fact: Fact::Title(title),
                remarks: remarks.next_if(|(at, _)| *at == place).map(|(_, remarks)| remarks).unwrap_or_default(),
            });
        }
        self.others(evidence, block.others);
    }

    fn others(&mut self, evidence: &str, others: Vec<Plain>) {
        for other in others {
            match other {
                Plain::Aside(row, why) => {
                    let fact = Fact::SetAside { what: String::new(), why: why.to_owned() };
                    self.facts.push(FactRow { origin: origin(evidence, row), fact, remarks: Vec::new() });
                }
                Plain::Reject { row, reason, detail, raw } => {
                    self.rejects.push(Reject { origin: origin(evidence, row), reason, detail, raw });
                }
            }
        }
    }
}

fn origin(evidence: &str, row: u64) -> Origin {
    Origin { evidence: evidence.into(), part: None, row }
}

/// Reads `bytes` in chunks; stops and goes on from the saved state before chunk `pause`.
fn in_chunks(name: &str, bytes: &[u8], chunk: u64, pause: u64) -> Option<Reading> {
    let mut plan = Plan::of(name, &bytes[..bytes.len().min(HEAD)], None)?;
    for _ in 0..5 {
        match once(&plan, bytes, chunk, pause) {
            Ok(reading) => return Some(reading),
            Err(guess) => plan = Plan::of(name, &bytes[..bytes.len().min(HEAD)], Some(&guess)).expect("the same list"),
        }
    }
    panic!("what the whole file tells keeps changing");
}

fn once(plan: &Plan, bytes: &[u8], chunk: u64, pause: u64) -> Result<Reading, Guess> {
    let evidence = fingerprint(bytes);
    let mut told = Told::default();
    let workers = || [0, 1].map(|_| Worker::new(plan.clone(), Limits::default()));
    let mut pair = workers();
    let mut assembly = Assembly::new(plan.clone(), bytes.len() as u64, chunk, 2);
    let mut about = Vec::new();
    while let Some(number) = assembly.next() {
        if number == pause {
            let saved = assembly.saved();
            assembly =
                Assembly::resume(&saved, 2, &told.machines, &told.titles, about.drain(..)).expect("a saved state");
            pair = workers();
        }
        let (from, until) = assembly.bounds(number).expect("a chunk");
        let worker = (number % 2) as usize;
        let read = pair[worker].chunk(&mut Cursor::new(bytes), from, until, number == 0).expect("a chunk");
        let mut step = assembly.take(Some(worker), read).expect("a chunk that fits");
        if let Step::Again(from, until) = step {
            let mut own = Worker::new(plan.clone(), Limits::default());
            let read = own.chunk(&mut Cursor::new(bytes), from, until, true).expect("a chunk");
            step = assembly.take(None, read).expect("a chunk that fits");
        }
        match step {
            Step::Block(block) => {
                let places: Vec<u32> = block.columns.rows().map(|row| row.expect("sound").machine).collect();
                let machine = |at: u32| block.machines[places[at as usize] as usize];
                about.extend(block.told.iter().map(|(at, told)| (machine(*at), told.clone())));
                told.block(&evidence, *block);
            }
            Step::Nothing => {}
            Step::Again(..) => panic!("a sure chunk is not asked for again"),
        }
    }
    match assembly.finish() {
        Ending::Refit(guess) => Err(guess),
        Ending::Whole(summary) => {
            told.others(&evidence, summary.others);
            assert_eq!(summary.rows, (told.facts.len() + told.rejects.len()) as u64);
            assert_eq!(summary.rejects, told.rejects.len() as u64);
            Ok(Reading {
                taken_as: plan.format().to_owned(),
                encoding: summary.encoding.to_owned(),
                rows: summary.rows,
                facts: told.facts,
                rejects: told.rejects,
                notes: summary.notes,
                exported: None,
            })
        }
    }
}

/// In the order of rows, which a small file's rejects are not.
fn sorted(mut reading: Reading) -> Reading {
    reading.facts.sort_by_key(|row| row.origin.row);
    reading.rejects.sort_by_key(|reject| reject.origin.row);
    reading.notes.sort();
    reading
}

fn same(name: &str, bytes: &[u8], chunk: u64, pause: u64) -> Result<bool, TestCaseError> {
    let Some(chunked) = in_chunks(name, bytes, chunk, pause) else { return Ok(false) };
    let whole = evidence::read(name, bytes, &Context::default());
    let (chunked, whole) = (sorted(chunked), whole.map(sorted).map_err(|refusal| TestCaseError::fail(refusal.detail))?);
    let first = chunked.facts.iter().zip(&whole.facts).find(|(a, b)| a != b);
    prop_assert!(first.is_none(), "{:#?}", first);
    let first = chunked.rejects.iter().zip(&whole.rejects).find(|(a, b)| a != b);
    prop_assert!(first.is_none(), "{:#?}", first);
    let sums = |reading: &Reading| (reading.encoding.clone(), reading.rows, reading.facts.len(), reading.notes.clone());
    prop_assert_eq!(sums(&chunked), sums(&whole));
    prop_assert!(chunked == whole);
    Ok(true)
}

#[derive(Debug, Clone, Copy)]
enum Written {
    Utf8,
    Marked,
    Utf16Le,
    Utf16Be,
    Windows,
    Dos,
}

fn written(text: &str, how: Written) -> Vec<u8> {
    let dos = |c: char| match c {
        'é' => 0x82,
        'à' => 0x85,
        'ê' => 0x88,
        '\u{a0}' => 0xFF,
        c => u8::try_from(u32::from(c)).ok().filter(u8::is_ascii).unwrap_or(b'?'),
    };
    match how {
        Written::Utf8 => text.as_bytes().to_vec(),
        Written::Marked => [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
        Written::Utf16Le => "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect(),
        Written::Utf16Be => "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect(),
        Written::Windows => text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect(),
        Written::Dos => text.chars().map(dos).collect(),
    }
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(vec!["Office", "Visio Pro", "7-Zip 23.01 (x64)", "é", "Sécurité", "1", "PC1", ""]).prop_map(str::to_owned),
        1 => prop::sample::select(vec![
            "\"a;b\"", "\"x\ny\"", "\"x\r\ny\"", "\"say \"\"hi\"\"\"", "\"\"", "  ", "\u{a0}\"q\"", " \"q\nr\" ", "12\" monitor", "\"a\"b\"c",
            "\"\" \"z\"", "NULL", "ABCDE-12345-FGHIJ-67890-KLMNO", "a\"\nb", "\"", "𝄞 𝄞", "\u{2003}", "é\u{85}",
        ])
        .prop_map(str::to_owned),
    ]
}

fn row() -> impl Strategy<Value = String> {
    let machine = prop::sample::select(vec!["PC1", "PC2", "srv.x.local", "PC3", "", "\"PC4\"", "\"P\nC\""]);
    let day =
        prop::sample::select(vec!["20240131", "31/01/2024", "2/3/2024", "02/25/2024", "never", "", "\"2024-02-30\""]);
    let scan = prop::sample::select(vec!["2026-10-01", "2026-10-02", "", "1/2/2026", "13/2/2026", "2/13/2026"]);
    let good =
        (machine, cell(), cell(), cell(), day, scan).prop_map(|(machine, name, version, publisher, day, scan)| {
            format!("{machine};{name};{version};{publisher};{day};{scan}")
        });
    prop_oneof![
        20 => good,
        1 => prop::collection::vec(cell(), 0..9).prop_map(|cells| cells.join(";")),
        1 => Just("(173 rows affected)".to_owned()),
        1 => Just(";;;;;;;".to_owned()),
    ]
}

fn list() -> impl Strategy<Value = String> {
    let good = "PC9;Office Standard 2021;16.0;Microsoft;20240101;2026-10-01";
    let start = prop::sample::select(vec!["", "sep=;\r\n", "#TYPE X\n", "Liste du parc\n\n"]);
    let heading = prop::sample::select(vec![
        "Poste;Logiciel;Version;Éditeur;Installé le;Dernier scan",
        "Computer;Name;Version;Publisher;InstallDate;Last scan;",
        "Site;DisplayName;DisplayVersion;Publisher;InstallDate;Computer",
    ]);
    let breaks = prop::sample::select(vec!["\n", "\r\n", "\n\n", "\n\r"]);
    (start, heading, breaks, prop::collection::vec(row(), 0..60), any::<bool>()).prop_map(
        move |(start, heading, lines, rows, last)| {
            let mut text = format!("{start}{heading}{lines}");
            for _ in 0..60 {
                text.push_str(good);
                text.push_str(lines);
            }
            text.push_str(&rows.join(lines));
            if last {
                text.push_str(lines);
            }
            text
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn borders_anywhere_change_nothing(
        text in list(),
        how in prop::sample::select(vec![Written::Utf8, Written::Marked, Written::Utf16Le, Written::Utf16Be, Written::Windows, Written::Dos]),
        chunk in 8..400u64,
        pause in 0..40u64,
    ) {
        let bytes = written(&text, how);
        same("parc.csv", &bytes, chunk * 2, pause)?;
    }

    #[test]
    fn broken_bytes_change_nothing(
        text in list(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        chunk in 8..400u64,
    ) {
        let mut bytes = text.into_bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        same("parc.csv", &bytes, chunk * 2, 3)?;
    }
}

#[test]
fn plain_lists_are_read_in_chunks() {
    let text = "Poste;Logiciel;Version;Éditeur\n".to_owned() + &"PC1;Office;16;Microsoft\n".repeat(100);
    for how in [Written::Utf8, Written::Marked, Written::Utf16Le, Written::Utf16Be, Written::Windows] {
        assert!(same("x.csv", &written(&text, how), 64, 2).expect("the same"), "{how:?}");
    }
}

#[test]
fn a_machine_named_by_the_file_alone_is_known_in_every_chunk() {
    let text = "DisplayName,DisplayVersion,Publisher\n".to_owned() + &"Office,16,Microsoft\n".repeat(100);
    assert!(same("PC7.csv", text.as_bytes(), 64, 2).expect("the same"));
}

#[test]
fn what_shows_only_at_the_end_is_read_again() {
    let mut text = "Poste;Logiciel;Version;Editeur;Installé le\n".to_owned();
    text.push_str(&"PC1;Office;16;Microsoft;3/4/2024\n".repeat(1_000_000 / 32));
    let late = written(&(text + "PC2;Sécurité;1;X;3/25/2024\n"), Written::Windows);
    let reading = in_chunks("x.csv", &late, 1 << 16, 2).expect("a list");
    assert_eq!(reading.encoding, "windows-1252");
    assert!(same("x.csv", &late, 1 << 16, 2).expect("the same"));
}

#[test]
fn what_a_row_with_a_blank_cell_too_many_told_of_its_machine_hid_what_the_next_row_tells() {
    let text = "Poste;Logiciel;Version;Éditeur;Installé le;Dernier scan\n".to_owned()
        + &"PC9;Office Standard 2021;16.0;Microsoft;20240101;2026-10-01\n".repeat(60)
        + &"PC1;Office;Office;Office;20240131;2026-10-01\n".repeat(8)
        + "PC1;Office;Office;Office;20240131;13/2/2026\n"
        + "PC1;Office;Office;\";20240131;2026-10-01\n"
        + "PC1;Office;\";Office;20240131;\n"
        + "PC1;Office;Office;Office;20240131;13/2/2026\n";
    for chunk in [64, 146, 300] {
        same("parc.csv", text.as_bytes(), chunk, 0).expect("the same");
    }
}
