//! How well forms are mapped: the two made questionnaires against their truth, and our own forms.

use super::container::corpus;
use super::fourth_forms as fourth;
use super::other_forms as other;
use super::own_forms::{self as own, Group};
use super::sixth_forms as sixth;
use super::third_forms as third;
use serde_json::Value as Json;
use std::path::Path;
use workbook::form::{self, Action, Fill, Form, Kind, Question, Role};
use workbook::grid::{self, Address};

fn mapped(bytes: &[u8]) -> Form {
    form::propose(&grid::read(bytes).unwrap())
}

fn shown(q: &Question) -> String {
    format!("{:?} {} {:?} {:?} {} {:?}", q.action, q.key, q.product, q.metric, q.confidence, q.why)
}

/// Truth of a column that is no list: its text, or nothing.
fn said<'j>(column: &'j Json, name: &str) -> Option<&'j str> {
    column.get(name).and_then(Json::as_str)
}

struct Score {
    within: usize,
    right: usize,
    out: usize,
    declined: usize,
    /// Wrong and not marked unsure.
    blind: Vec<String>,
    mistakes: Vec<String>,
}

/// Maps a made form and compares each column with its truth. Where the truth leaves product or metric open, any will do.
fn score(folder: &Path, name: &str, sheet: &str, columns: &[Json], first_row: u32) -> Score {
    let form = mapped(&std::fs::read(folder.join(name)).unwrap());
    let mut score = Score { within: 0, right: 0, out: 0, declined: 0, blind: Vec::new(), mistakes: Vec::new() };
    for column in columns {
        let at = Address::new(first_row, u32::try_from(column["column"].as_u64().unwrap()).unwrap());
        let header = said(column, "header").unwrap();
        let Some(q) = form.questions.iter().find(|q| q.sheet == sheet && q.cell == at) else {
            score.mistakes.push(format!("{at} {header}: not found"));
            continue;
        };
        let (key, scope) = (said(column, "key").unwrap(), said(column, "scope").unwrap());
        let same = |name: &str, ours: &Option<String>| said(column, name).is_none_or(|t| ours.as_deref() == Some(t));
        let right = match scope {
            "in" => {
                score.within += 1;
                q.action == Action::Answer
                    && q.key == key
                    && same("product", &q.product)
                    && same("edition", &q.edition)
                    && same("version", &q.version)
                    && same("metric", &q.metric)
            }
            "out" => {
                score.out += 1;
                score.declined += usize::from(q.action == Action::Decline);
                q.action == Action::Decline
            }
            "fixed" => q.action == Action::Fixed,
            // To decline or to ask are both defensible; to fill silently is not.
            _ => matches!(q.action, Action::Ask | Action::Decline),
        };
        if right {
            score.right += usize::from(scope == "in");
        } else {
            let line = format!("{at} {header}: wanted {scope} {key} {:?}, got {}", column["product"], shown(q));
            if !q.unsure && q.action != Action::Ask {
                score.blind.push(line.clone());
            }
            score.mistakes.push(line);
        }
    }
    eprintln!(
        "{name}: {} of {} in scope right, {} of {} declined, {} wrong and sure",
        score.right,
        score.within,
        score.declined,
        score.out,
        score.blind.len()
    );
    for line in &score.mistakes {
        eprintln!("  {line}");
    }
    score
}

fn truth(folder: &Path, name: &str) -> Json {
    serde_json::from_slice(&std::fs::read(folder.join(format!("{name}.columns.json"))).unwrap()).unwrap()
}

fn good(score: &Score) {
    assert!(score.right * 100 >= score.within * 95, "{} of {}", score.right, score.within);
    assert_eq!(score.declined, score.out);
    assert!(score.blind.is_empty(), "{:#?}", score.blind);
}

#[test]
fn the_form_by_site_is_mapped() {
    let Some(folder) = corpus() else { return };
    let folder = folder.join("made");
    for name in ["questionnaire-900x250.xlsm", "questionnaire-900x250-prefilled.xlsm"] {
        let columns = truth(&folder, name);
        let score = score(&folder, name, "Questionnaire", columns.as_array().unwrap(), 4);
        assert_eq!(score.within, 200);
        good(&score);
    }
}

#[test]
fn the_form_by_machine_is_mapped() {
    let Some(folder) = corpus() else { return };
    let folder = folder.join("made");
    let name = "formulaire-machines-600x80.xlsm";
    let truth = truth(&folder, name);
    let score = score(&folder, name, "Machines", truth["columns"].as_array().unwrap(), 6);
    assert_eq!(score.within, 53);
    good(&score);
    let form = mapped(&std::fs::read(folder.join(name)).unwrap());
    for other in truth["other_cells"].as_array().unwrap() {
        let at: Address = said(other, "cell").unwrap().parse().unwrap();
        let q = form.questions.iter().find(|q| q.cell == at).unwrap();
        assert_eq!((q.action, q.key.as_str()), (Action::Answer, said(other, "key").unwrap()));
    }
    let q = form.questions.iter().find(|q| q.key == "machine.cores").unwrap();
    assert_eq!((q.fill, q.cell.to_string().as_str(), q.area.to_string().as_str()), (Fill::Computed, "W7", "W7:W606"));
    let q = form.questions.iter().find(|q| q.key == "machine.kind").unwrap();
    assert_eq!(q.kind, Kind::List);
    assert_eq!(q.allowed.as_ref().unwrap().len(), 5);
    assert_eq!(q.header, "1. LE POSTE / 1.1 Identité du matériel / Nature");
    assert_eq!(form.questions.len(), 82);
    let roles: Vec<Role> = form.sheets.iter().map(|s| s.role).collect();
    assert_eq!(roles, [Role::Help, Role::Questions, Role::Help, Role::Hidden]);
}

/// True when the question is what the verdict says.
fn holds(q: Option<&Question>, verdict: &str) -> bool {
    let Some(q) = q else { return false };
    match verdict.split_at(1) {
        ("=", key) => q.action == Action::Answer && q.key == key,
        ("-", _) => q.action == Action::Decline,
        ("?", _) => q.action == Action::Ask,
        // Never taken for a product, nor filled without a look.
        _ => matches!(q.action, Action::Ask | Action::Decline),
    }
}

#[derive(Default)]
struct Tally {
    all: usize,
    right: usize,
    /// Wrong, and answered without a mark.
    blind: usize,
}

impl Tally {
    fn add(&mut self, what: &str, q: Option<&Question>, verdict: &str) {
        self.all += 1;
        if holds(q, verdict) {
            self.right += 1;
            return;
        }
        let sure = q.is_some_and(|q| q.action == Action::Answer && !q.unsure);
        self.blind += usize::from(sure);
        eprintln!(
            "  {what}: wanted {verdict}, got {}{}",
            q.map_or("nothing".to_owned(), shown),
            if sure { "  SURE" } else { "" }
        );
    }

    fn columns(&mut self, form: &Form, groups: &[Group], first_row: u32) {
        let mut column = 0;
        for (_, list) in groups {
            for (heading, verdict) in *list {
                let at = Address::new(first_row, column);
                self.add(heading, form.questions.iter().find(|q| q.cell == at), verdict);
                column += 1;
            }
        }
    }
}

#[test]
fn our_own_forms_are_mapped_in_other_layouts_and_words() {
    let mut tally = Tally::default();
    eprintln!("by site, English, protected");
    let form = mapped(&own::columnar("Survey", "Software licence survey - one line per site", own::SITES, 40, true));
    tally.columns(&form, own::SITES, 4);
    let sites = form.questions.len();
    assert_eq!(form.questions[0].area.to_string(), "A5:A44");
    assert_eq!(sites, own::SITES.iter().map(|(_, l)| l.len()).sum::<usize>());
    eprintln!("a row a machine, English, not protected");
    let form = mapped(&own::columnar("Devices", "Device inventory", own::MACHINES, 0, false));
    // Nothing stands below: answers may go on to the sheet's end.
    assert_eq!(form.questions[0].area.to_string(), "A5:A1048576");
    tally.columns(&form, own::MACHINES, 4);
    eprintln!("products as rows, French");
    let form = mapped(&own::by_product());
    let mut row = 3;
    for (_, list) in own::PRODUCTS {
        row += 1;
        for (product, installed, held) in *list {
            for (column, verdict) in [(1, installed), (2, held)] {
                let at = Address::new(row, column);
                tally.add(product, form.questions.iter().find(|q| q.cell == at), verdict);
            }
            row += 1;
        }
    }
    eprintln!("single answers, French");
    let form = mapped(&own::page());
    for (number, (label, verdict)) in own::PAGE.iter().enumerate() {
        let at = Address::new(2 + number as u32 * 2, 3);
        tally.add(label, form.questions.iter().find(|q| q.cell == at), verdict);
    }
    eprintln!("products down, sites across, English");
    let form = mapped(&own::matrix());
    for (number, (product, verdict)) in own::MATRIX.iter().enumerate() {
        let at = Address::new(3 + number as u32, 1);
        let q = form.questions.iter().find(|q| q.cell == at);
        tally.add(product, q, verdict);
        assert!(q.is_none_or(|q| q.area.last.column == 3), "{product}");
    }
    eprintln!("a register of licences, French");
    let form =
        mapped(&own::columnar("Licences", "Registre des licences détenues", &[("Achats", own::REGISTER)], 30, true));
    tally.columns(&form, &[("Achats", own::REGISTER)], 4);
    eprintln!("{} of {} right, {} wrong and sure", tally.right, tally.all, tally.blind);
    assert_eq!(tally.all, own::headings());
    assert!(tally.right * 100 >= tally.all * 95, "{} of {}", tally.right, tally.all);
    assert_eq!(tally.blind, 0);
}

#[test]
fn a_second_set_of_forms_is_mapped() {
    let mut tally = Tally::default();
    let at = |form: &Form, row, column| form.questions.iter().find(|q| q.cell == Address::new(row, column)).cloned();
    eprintln!("three rows of headings and units, French, protected");
    let form = mapped(&other::deep());
    let columns = other::DEEP.iter().flat_map(|(_, subs)| *subs).flat_map(|(_, list)| *list);
    for (column, (heading, verdict)) in (1..).zip(columns) {
        tally.add(heading, at(&form, 7, column).as_ref(), verdict);
    }
    eprintln!("questions down the page, and a list of servers below, French");
    let form = mapped(&other::down());
    for (number, (code, question, verdict)) in other::QUESTIONS.iter().enumerate() {
        let q = at(&form, 1 + number as u32, 2);
        tally.add(question, q.as_ref(), verdict);
        assert!(q.is_none_or(|q| q.code.as_deref() == Some(*code)), "{question}");
    }
    for (number, (heading, verdict)) in other::SERVERS.iter().enumerate() {
        tally.add(heading, at(&form, other::servers_at() + 1, number as u32).as_ref(), verdict);
    }
    eprintln!("single answers, English, not protected");
    let form = mapped(&other::loose());
    for (number, (label, verdict)) in other::LOOSE.iter().enumerate() {
        tally.add(label, at(&form, 3 + number as u32, 1).as_ref(), verdict);
    }
    assert_eq!(form.questions.len(), other::LOOSE.len());
    eprintln!("{} of {} right, {} wrong and sure", tally.right, tally.all, tally.blind);
    assert!(tally.right * 100 >= tally.all * 95, "{} of {}", tally.right, tally.all);
    assert_eq!(tally.blind, 0);
}

#[test]
fn a_third_set_of_forms_is_mapped() {
    let mut tally = Tally::default();
    eprintln!("a row a machine, French, protected");
    let form = mapped(&own::columnar("Parc", "Inventaire du parc informatique", third::PARC, 60, true));
    tally.columns(&form, third::PARC, 4);
    eprintln!("by entity, English, not protected");
    let form = mapped(&own::columnar("Entities", "Group licence return", third::ENTITIES, 0, false));
    tally.columns(&form, third::ENTITIES, 4);
    eprintln!("{} of {} right, {} wrong and sure", tally.right, tally.all, tally.blind);
    assert!(tally.right * 100 >= tally.all * 95, "{} of {}", tally.right, tally.all);
    assert_eq!(tally.blind, 0);
}

#[test]
fn a_fourth_set_of_forms_is_mapped() {
    let mut tally = Tally::default();
    eprintln!("headings of inventory tools, English, protected");
    let form = mapped(&own::columnar("Inventory", "Inventory results", fourth::EXPORT, 20, true));
    tally.columns(&form, fourth::EXPORT, 4);
    eprintln!("product, edition and release in columns, English, protected");
    let form = mapped(&fourth::spread());
    for (number, (product, _, _, installed, owned)) in fourth::SPREAD.iter().enumerate() {
        for (column, verdict) in [(3, installed), (4, owned)] {
            let at = Address::new(2 + number as u32, column);
            tally.add(product, form.questions.iter().find(|q| q.cell == at), verdict);
        }
    }
    eprintln!("the estate of a small company, French, protected");
    let groups: &[Group] = &[("Votre parc", fourth::RESELLER)];
    let form = mapped(&own::columnar("Parc", "Bilan de licences", groups, 1, true));
    tally.columns(&form, groups, 4);
    eprintln!("{} of {} right, {} wrong and sure", tally.right, tally.all, tally.blind);
    assert!(tally.right * 100 >= tally.all * 95, "{} of {}", tally.right, tally.all);
    assert_eq!(tally.blind, 0);
}

#[test]
fn a_fifth_set_of_headings_is_mapped() {
    let mut tally = Tally::default();
    let form = mapped(&own::columnar("Licence return", "Group software return FY26", fourth::RETURN, 12, true));
    tally.columns(&form, fourth::RETURN, 4);
    eprintln!("{} of {} right, {} wrong and sure", tally.right, tally.all, tally.blind);
    assert!(tally.right * 100 >= tally.all * 95, "{} of {}", tally.right, tally.all);
    assert_eq!(tally.blind, 0);
}

#[test]
fn layouts_that_strain_are_mapped() {
    let mut tally = Tally::default();
    for (bytes, said) in [(sixth::twice(), sixth::TWICE), (sixth::pairs(), sixth::PAIRS), (sixth::list(), sixth::LIST)]
    {
        let form = mapped(&bytes);
        for (cell, verdict) in said {
            let at: Address = cell.parse().unwrap();
            let q = form.questions.iter().find(|q| q.cell == at);
            tally.add(&format!("{cell} {}", q.map_or("", |q| q.header.as_str())), q, verdict);
        }
        assert_eq!(
            form.questions.len(),
            said.len(),
            "{:#?}",
            form.questions.iter().map(|q| (q.cell.to_string(), &q.header)).collect::<Vec<_>>()
        );
    }
    eprintln!("{} of {} right, {} wrong and sure", tally.right, tally.all, tally.blind);
    assert_eq!((tally.right, tally.blind), (tally.all, 0));
}

#[test]
fn a_last_set_of_headings_is_mapped() {
    let mut tally = Tally::default();
    let form = mapped(&own::columnar("Recensement", "Recensement des logiciels par entité", sixth::LAST, 30, true));
    tally.columns(&form, sixth::LAST, 4);
    eprintln!("{} of {} right, {} wrong and sure", tally.right, tally.all, tally.blind);
    assert!(tally.right * 100 >= tally.all * 95, "{} of {}", tally.right, tally.all);
    assert_eq!(tally.blind, 0);
}

/// The form by machine of our own, on an open sheet: blank, or with every row of answers filled with text.
fn machines(filled: bool) -> grid::Grid {
    let mut bytes = own::columnar("Devices", "Device inventory", own::MACHINES, 0, false);
    if filled {
        let mut book = rust_xlsxwriter::Workbook::new();
        book.add_worksheet().set_name("Instructions").unwrap();
        let sheet = book.add_worksheet().set_name("Devices").unwrap();
        let blank = grid::read(&bytes).unwrap();
        for row in &blank.sheets[1].rows {
            for cell in &row.cells {
                if let Some(text) = cell.value.text() {
                    sheet.write(row.number, cell.column as u16, text).unwrap();
                }
            }
        }
        for (row, column) in (4..30).flat_map(|row| (0..55).map(move |column| (row, column))) {
            sheet.write(row, column, "answer").unwrap();
        }
        bytes = book.save_to_buffer().unwrap();
    }
    grid::read(&bytes).unwrap()
}

#[test]
fn a_saved_map_is_reused_on_a_filled_copy_and_what_a_person_set_wins() {
    let mut form = form::propose(&machines(false));
    let place = form.questions.iter().position(|q| q.header.ends_with("Serial no.")).unwrap();
    form.questions[place].action = Action::Decline;
    form.questions[place].reason = Some("serial-identifies".to_owned());
    form.questions[place].confirmed = true;
    form.questions[place].confidence = 100;
    let map = form::save(&form).unwrap();
    for filled in [false, true] {
        let again = form::reuse(&machines(filled), &map).unwrap();
        assert_eq!(again.fingerprint, form.fingerprint);
        assert_eq!(again.questions.len(), form.questions.len());
        let q = &again.questions[place];
        assert_eq!((q.action, q.confirmed, q.unsure, q.confidence), (Action::Decline, true, false, 100));
        let other: Vec<_> = again.questions.iter().map(|q| (q.cell, &q.header, &q.key, q.action)).collect();
        let ours: Vec<_> = form.questions.iter().map(|q| (q.cell, &q.header, &q.key, q.action)).collect();
        assert_eq!(other, ours);
    }
    // Saved again, the same text.
    assert_eq!(form::save(&form::reuse(&machines(false), &map).unwrap()).unwrap(), map);
}

#[test]
fn headings_merged_down_over_rows_that_are_not_written_out_are_found() {
    let text = |at: &str, text: &str| format!("<c r='{at}' t='inlineStr'><is><t>{text}</t></is></c>");
    let sheet = format!(
        "<worksheet><sheetData><row r='1'>{}{}</row><row r='2'>{}{}</row></sheetData><mergeCell ref='A1:A2'/><mergeCell \
         ref='B1:C1'/></worksheet>",
        text("A1", "Site name"),
        text("B1", "Windows Server 2019"),
        text("B2", "Standard - cores"),
        text("C2", "Datacenter - cores"),
    );
    let form = mapped(&super::grid::package(super::grid::BOOK, &sheet, &[]));
    let told: Vec<_> = form.questions.iter().map(|q| (q.cell.to_string(), q.key.as_str())).collect();
    let expected = [("A3", "site_name"), ("B3", "ws.2019.Standard.cores"), ("C3", "ws.2019.Datacenter.cores")];
    assert_eq!(told, expected.map(|(cell, key)| (cell.to_owned(), key)));
}

#[test]
fn a_sheet_that_is_protected_with_every_cell_open_is_read_like_an_open_one() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let open = rust_xlsxwriter::Format::new().set_unlocked();
    let sheet = book.add_worksheet();
    for (column, heading) in ["Hostname", "OS edition", "Number of iPads", "Cores per socket"].iter().enumerate() {
        sheet.write_with_format(0, column as u16, *heading, &open).unwrap();
        sheet.write_blank(1, column as u16, &open).unwrap();
    }
    sheet.protect();
    let form = mapped(&book.save_to_buffer().unwrap());
    let told: Vec<_> = form.questions.iter().map(|q| q.key.as_str()).collect();
    assert_eq!(told, ["machine.name", "os.edition", "oos.ipad", "machine.cores_per_processor"]);
}

#[test]
fn headings_of_an_open_sheet_are_found_although_every_row_is_filled() {
    let (blank, filled) = (form::propose(&machines(false)), form::propose(&machines(true)));
    let told = |form: &Form| -> Vec<_> { form.questions.iter().map(|q| (q.cell, q.key.clone(), q.action)).collect() };
    assert_eq!(told(&blank), told(&filled));
    assert_eq!(blank.fingerprint, filled.fingerprint);
}

#[test]
fn another_edition_of_a_form_keeps_what_was_confirmed_by_its_heading() {
    let mut form = form::propose(&machines(false));
    for q in &mut form.questions {
        q.confirmed = q.key == "machine.name";
        if q.confirmed {
            q.key = "machine.id".to_owned();
        }
    }
    let map = form::save(&form).unwrap();
    let later: &[Group] = &[
        ("Device", &[("Purchase order", ""), ("Hostname", ""), ("Site", ""), ("Last seen", "")]),
        ("Applications", &[("Office edition", ""), ("Office version", "")]),
    ];
    let later = grid::read(&own::columnar("Devices", "Device inventory", later, 10, true)).unwrap();
    let again = form::reuse(&later, &map).unwrap();
    assert_ne!(again.fingerprint, form.fingerprint);
    let q = again.questions.iter().find(|q| q.header.ends_with("Hostname")).unwrap();
    assert_eq!((q.cell.to_string().as_str(), q.key.as_str(), q.confirmed), ("B5", "machine.id", true));
    assert!(again.questions.iter().filter(|q| !q.header.ends_with("Hostname")).all(|q| !q.confirmed));
}

#[test]
fn what_is_no_map_is_refused() {
    let grid = machines(false);
    for wrong in ["x", "fingerprint = 1", "fingerprint = \"a\"\nextra = 1", "[[question]]\nsheet = \"S\""] {
        assert!(matches!(form::reuse(&grid, wrong), Err(form::NotAMap::Unreadable(_))), "{wrong}");
    }
    let map = form::save(&form::propose(&grid)).unwrap();
    let wrong = map.replacen("cell = \"A5\"", "cell = \"5A\"", 1);
    assert_eq!(form::reuse(&grid, &wrong).unwrap_err(), form::NotAMap::NoCell("5A".to_owned()));
    assert_eq!(form::reuse(&grid, &" ".repeat(17 << 20)).unwrap_err(), form::NotAMap::TooLarge);
}

#[test]
fn the_same_form_gives_the_same_bytes_in_the_words_of_the_columns_files() {
    let bytes = own::columnar("Survey", "Software licence survey", own::SITES, 5, true);
    let (one, two) = (mapped(&bytes), mapped(&bytes));
    let text = serde_json::to_string(&one).unwrap();
    assert_eq!(text, serde_json::to_string(&two).unwrap());
    let json: Json = serde_json::from_str(&text).unwrap();
    let first = &json["questions"][25];
    for name in
        ["sheet", "cell", "header", "action", "key", "product", "edition", "version", "metric", "confidence", "why"]
    {
        assert!(!first[name].is_null(), "{name}: {first}");
    }
    assert_eq!(first["key"], "Office.2016.Standard.inst");
    assert_eq!(first["why"][0]["code"], "product");
}

#[test]
fn every_workbook_of_the_corpus_is_mapped_without_a_stop() {
    let Some(folder) = corpus() else { return };
    let mut mapped = 0;
    for path in super::container::files(&folder) {
        let bytes = std::fs::read(&path).unwrap();
        // The large ones take long without optimisation, and the made ones have tests of their own.
        let Some(Ok(grid)) = (bytes.len() < 200_000).then(|| grid::read(&bytes)) else { continue };
        let form = form::propose(&grid);
        let map = form::save(&form).unwrap();
        assert_eq!(form::reuse(&grid, &map).unwrap().fingerprint, form.fingerprint, "{}", path.display());
        mapped += 1;
    }
    assert!(mapped > 45, "{mapped}");
}

#[test]
fn every_reason_is_explained_beside_the_vocabulary() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../forms");
    let page = std::fs::read_to_string(folder.join("README.md")).unwrap();
    for name in ["facts.toml", "declines.toml"] {
        let text = std::fs::read_to_string(folder.join("vocabulary").join(name)).unwrap();
        let reasons = text.lines().filter_map(|l| l.strip_prefix("reason = ").or_else(|| l.strip_prefix("ask = ")));
        for reason in reasons {
            assert!(page.contains(&format!("`{}`", reason.trim_matches('"'))), "{reason}");
        }
    }
}
