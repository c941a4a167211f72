//! What the answering commands say of the demo company: position, explanation, questions, page, workbook, web desk.

use super::told;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quittance"));
    command.current_dir(folder).env_clear().env("QUITTANCE_CASE", "vauban").env("QUITTANCE_AUTHOR", "tester");
    command
}

/// The demo's case, made once: (folder, what `demo` printed).
fn demo() -> &'static (TempDir, String) {
    static DEMO: std::sync::OnceLock<(TempDir, String)> = std::sync::OnceLock::new();
    DEMO.get_or_init(|| {
        let folder = TempDir::new().unwrap();
        let (code, out, err) = told(program(folder.path()).args(["demo", "--no-serve"]).output().unwrap());
        assert_eq!(code, 1, "the company is short of licences: {err}");
        (folder, out)
    })
}

fn run(arguments: &[&str]) -> (i32, String, String) {
    told(program(demo().0.path()).args(arguments).args(["--as-of", "2026-11-20"]).output().unwrap())
}

#[test]
fn the_demo_adds_its_exports_and_tells_the_position() {
    let (_, out) = demo();
    assert!(out.contains("410 files taken"), "{out}");
    assert!(out.contains("Licence position on 20 November 2026"), "{out}");
    let line = out.lines().find(|line| line.starts_with("Windows Server CAL User 2022")).unwrap();
    let figures: Vec<&str> = line.split_whitespace().rev().take(6).collect();
    assert_eq!(figures[2..], ["0", "26", "270", "296"], "{line}");
}

#[test]
fn the_same_position_twice_is_the_same_bytes() {
    assert_eq!(run(&["position", "--format", "json"]), run(&["position", "--format", "json"]));
}

#[test]
fn the_json_of_a_position_keeps_its_shape() {
    let (code, out, err) = run(&["position", "--format", "json"]);
    assert_eq!(code, 1, "{err}");
    let position: serde_json::Value = serde_json::from_str(&out).unwrap();
    let keys = |value: &serde_json::Value| -> BTreeSet<String> { value.as_object().unwrap().keys().cloned().collect() };
    let has = |value: &serde_json::Value, wanted: &[&str]| {
        let keys = keys(value);
        for each in wanted {
            assert!(keys.contains(*each), "`{each}` is missing in {keys:?}");
        }
    };
    has(
        &position,
        &["as_of", "lines", "questions", "breaches", "unused", "set_aside", "findings", "exposure", "optimal"],
    );
    for line in position["lines"].as_array().unwrap() {
        has(line, &["id", "product", "edition", "version", "metric", "required", "covered", "shortfall", "surplus"]);
        has(line, &["review", "exposure", "rules", "trace", "lots", "subjects", "origins"]);
        let figure = |key: &str, end: &str| line[key][end].as_u64().unwrap();
        for end in ["low", "shown"] {
            assert_eq!(figure("required", end), figure("covered", end) + figure("shortfall", end), "{}", line["id"]);
        }
        assert!(!line["rules"].as_array().unwrap().is_empty(), "{} cites no rule", line["id"]);
        assert!(!line["trace"].as_array().unwrap().is_empty(), "{} has no sum", line["id"]);
        let held = figure("required", "high") > 0;
        assert!(!held || !line["origins"].as_array().unwrap().is_empty(), "{} has no evidence", line["id"]);
    }
}

#[test]
fn an_explanation_has_sum_rule_source_licences_and_rows() {
    let (code, out, err) = run(&["explain", "windows-server/standard/2012-r2"]);
    assert_eq!(code, 0, "{err}");
    for wanted in
        ["The sum", "The rules", "WS-PROC-2012", "Source:", "The licences considered", "10 of 10 used here", "RVTools"]
    {
        assert!(out.contains(wanted), "`{wanted}` is missing in {out}");
    }
    let (_, french, _) = run(&["explain", "windows-server/standard/2012-r2", "--lang", "fr"]);
    for wanted in
        ["Le calcul", "Les règles", "WS-PROC-2012", "Source :", "10 sur 10 employées ici", "Combien de licences"]
    {
        assert!(french.contains(wanted), "`{wanted}` is missing in {french}");
    }
}

#[test]
fn a_line_that_is_not_there_is_told_with_those_that_are() {
    let (code, _, err) = run(&["explain", "nothing-of-the-kind"]);
    assert_eq!(code, 2);
    assert!(err.contains("nothing-of-the-kind") && err.contains("windows-server/standard"), "{err}");
}

#[test]
fn questions_come_with_their_worth_and_how_to_answer() {
    let (code, out, err) = run(&["questions"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("SERVERPROPERTY") && out.contains("worth up to"), "{out}");
}

#[test]
fn the_page_stands_alone() {
    let (_, page, err) = run(&["position", "--format", "html", "--lang", "fr"]);
    assert!(page.starts_with("<!doctype html>"), "{err}");
    assert_eq!(page.matches("<svg").count(), 2);
    for outside in ["<script", "http://", "https://", "src=", "<link"] {
        assert!(!page.contains(outside), "the page asks for {outside}");
    }
    for anchor in page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(page.contains(&format!("id=\"{anchor}\"")), "#{anchor} leads nowhere");
    }
}

#[test]
fn the_workbook_needs_a_file_and_holds_the_lines() {
    let (code, _, err) = run(&["position", "--format", "xlsx"]);
    assert_eq!(code, 2, "{err}");
    let (code, _, err) = run(&["position", "--format", "xlsx", "-o", "position.xlsx"]);
    assert_eq!(code, 1, "{err}");
    let bytes = std::fs::read(demo().0.path().join("position.xlsx")).unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut strings = String::new();
    archive.by_name("xl/sharedStrings.xml").unwrap().read_to_string(&mut strings).unwrap();
    assert!(strings.contains("Windows Server Standard 2012 R2"));
    assert!(archive.by_name("xl/worksheets/sheet4.xml").is_ok());
}

#[test]
fn a_day_that_is_none_is_told() {
    let (code, _, err) = told(program(demo().0.path()).args(["position", "--as-of", "31/02/2026"]).output().unwrap());
    assert_eq!(code, 2);
    assert!(err.contains("31/02/2026"), "{err}");
}

/// A desk that is stopped at the end of the test.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn get(address: &str, path: &str, host: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn the_web_desk_answers_this_machine_only() {
    let mut child = program(demo().0.path())
        .args(["serve", "--port", "0", "--as-of", "2026-11-20"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    let _serving = Serving(child);
    let address = first.split("http://").nth(1).and_then(|rest| rest.split('/').next()).unwrap().to_owned();
    assert!(address.starts_with("127.0.0.1:"), "{first}");
    let page = get(&address, "/", &address);
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(page.contains("content-security-policy: default-src 'none'"), "no policy");
    assert!(page.contains("Licence position on 20 November 2026"));
    assert!(get(&address, "/?lang=fr", &address).contains("Position de licences au 20 novembre 2026"));
    assert!(get(&address, "/position.json", &address).contains("\"as_of\": \"2026-11-20\""));
    assert!(get(&address, "/", "evil.example").starts_with("HTTP/1.1 403"));
    assert!(get(&address, "/nowhere", &address).starts_with("HTTP/1.1 404"));
}

#[test]
fn a_machine_a_person_and_a_lot_are_explained() {
    let (code, out, err) = run(&["explain", "bdx-dc02"]);
    assert_eq!(code, 0, "{err}");
    for wanted in
        ["a physical server", "Windows Server Standard 2022: partly licensed", "windows-server/standard/2022/core"]
    {
        assert!(out.contains(wanted), "`{wanted}` is missing in {out}");
    }
    let (_, lot, _) = run(&["explain", "66870312-office-standard-2016", "--lang", "fr"]);
    for wanted in ["100 achetées", "Office Standard 2013 (office/standard/2013/device) : 6 employées", "94 employées"]
    {
        assert!(lot.contains(wanted), "`{wanted}` is missing in {lot}");
    }
    let (code, out, _) = run(&["explain", "BDX-OLD-001"]);
    assert_eq!(code, 0);
    assert!(out.contains("counted in no line") && out.contains("retired"), "{out}");
    let (_, json, _) = run(&["explain", "OPO-MES01", "--format", "json"]);
    let told: serde_json::Value = serde_json::from_str(&json).unwrap();
    let sql = &told["accounts"][0]["entries"][0];
    assert_eq!(
        (sql["outcome"].as_str(), sql["line"].as_str()),
        (Some("cannot-tell"), Some("sql-server/enterprise/2014/core"))
    );
}
