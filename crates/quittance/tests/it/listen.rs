//! Inventories over HTTP: captured messages of GLPI Agent, and the real agents where they are installed.

use super::Place;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

/// A desk that listens on a free port, until so many messages were taken.
struct Desk {
    process: Child,
    output: BufReader<ChildStdout>,
    /// `127.0.0.1:PORT`.
    address: String,
    /// `/TOKEN`.
    path: String,
}

impl Desk {
    fn open(place: &Place, count: u32) -> Desk {
        let mut process = place
            .command()
            .args(["listen", "--port", "0", "--count", &count.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let url = line.trim().rsplit_once("http://").unwrap().1;
        let (address, token) = url.split_once('/').unwrap();
        Desk { process, output, address: address.to_owned(), path: format!("/{token}") }
    }

    /// Status, and the answer's text (unpacked answers only).
    fn post(&self, path: &str, agent: &str, body: &[u8]) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nUser-Agent: {agent}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            self.address,
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        // The desk may answer and close before it has taken the whole of a body that it refuses.
        let _ = stream.write_all(body);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let text = String::from_utf8_lossy(&answer).into_owned();
        let status = text.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or_default();
        (status, text.split_once("\r\n\r\n").map_or(String::new(), |(_, body)| body.to_owned()))
    }

    fn wait(mut self) -> String {
        let mut told = String::new();
        self.output.read_to_string(&mut told).unwrap();
        assert!(self.process.wait().unwrap().success());
        told
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // A test that failed leaves no desk behind.
        let _ = self.process.kill();
    }
}

fn corpus() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/inventory/glpi-agent-json");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: ../shared/corpus/inventory is absent");
    None
}

#[test]
fn a_glpi_agent_is_led_to_json_and_its_partial_message_keeps_the_rest() {
    let Some(folder) = corpus() else { return };
    let message = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let place = Place::new();
    let desk = Desk::open(&place, 2);
    let glpi = "GLPI-Agent_v1.12-dev";
    let (status, answer) = desk.post(&desk.path, glpi, &message("captured-01-prolog.xml"));
    assert_eq!((status, answer.as_str()), (200, r#"{"status":"ok","expiration":24}"#));
    let (status, answer) = desk.post(&desk.path, glpi, &message("captured-02-inventory.json.zlib"));
    assert_eq!((status, answer.as_str()), (200, r#"{"status":"ok"}"#));
    let (_, answer) = desk.post(&desk.path, glpi, &message("captured-03-contact.json"));
    assert!(answer.contains("\"tasks\":{\"inventory\""), "{answer}");
    assert_eq!(desk.post(&desk.path, glpi, &message("captured-04-inventory-partial.json")).0, 200);
    let told = desk.wait();
    assert_eq!(told.matches(": taken (").count(), 2, "{told}");
    let facts = place.json(&["facts", "--format", "json"]);
    assert_eq!(facts["machines"].as_array().unwrap().len(), 1, "both messages are of one machine");
    assert_eq!(facts["machines"][0]["software_seen"], true, "its programs stay");
    assert_eq!(
        std::fs::read_dir(place.path("case/incoming")).unwrap().count(),
        1,
        "only the folder of what was refused"
    );
}

#[test]
fn strangers_are_refused_and_nothing_of_theirs_is_kept() {
    let place = Place::new();
    let desk = Desk::open(&place, 1);
    let inventory = super::machine("PC-1");
    assert_eq!(desk.post("/0123456789abcdef0123456789abcdef", "x", inventory.as_bytes()).0, 403);
    assert_eq!(desk.post("/", "x", inventory.as_bytes()).0, 404);
    assert_eq!(desk.post(&desk.path, "x", b"hello").0, 400);
    assert_eq!(desk.post(&desk.path, "x", &vec![b' '; 17 << 20]).0, 413);
    assert_eq!(desk.post(&desk.path, "x", inventory.as_bytes()).0, 200);
    let told = desk.wait();
    assert_eq!(told.matches(": taken (").count(), 1, "{told}");
    let files = place.json(&["files", "--format", "json"]);
    assert_eq!(files["files"].as_array().map(Vec::len), Some(1), "{files}");
    let again = Desk::open(&place, 1);
    assert_eq!(again.path.len(), 33, "the token of the case stays, so that agents need no new address");
}

/// A program of the system; `None`, said aloud, where it is not installed.
fn installed(name: &str) -> Option<PathBuf> {
    let found = ["/usr/bin", "/usr/local/bin", "/usr/sbin"].iter().map(|folder| Path::new(folder).join(name));
    let found = found.into_iter().find(|path| path.is_file());
    if found.is_none() {
        eprintln!("skipped: {name} is not installed");
    }
    found
}

#[test]
fn the_real_agents_of_debian_deliver_this_machine() {
    let Some(fusion) = installed("fusioninventory-agent") else { return };
    let Some(ocs) = installed("ocsinventory-agent") else { return };
    let place = Place::new();
    place.write("empty.cfg", "");
    let desk = Desk::open(&place, 2);
    let server = format!("http://{}{}", desk.address, desk.path);
    let quiet = "--no-category=environment,process,network,local_user,local_group,user,firewall";
    let sent = Command::new(fusion)
        .args(["--no-httpd", "--tasks=inventory", quiet, &format!("--server={server}")])
        .arg(format!("--conf-file={}", place.path("empty.cfg").display()))
        .output()
        .unwrap();
    assert!(sent.status.success(), "{}", String::from_utf8_lossy(&sent.stderr));
    std::fs::create_dir(place.path("ocs")).unwrap();
    // Debian's own setting writes to a folder instead; an empty one sends.
    let sent = Command::new(ocs)
        .args(["--local", "", "--server", &server, "--force"])
        .arg(format!("--basevardir={}", place.path("ocs").display()))
        .output()
        .unwrap();
    assert!(sent.status.success(), "{}", String::from_utf8_lossy(&sent.stderr));
    let told = desk.wait();
    assert_eq!(told.matches(": taken (").count(), 2, "{told}");
    let facts = place.json(&["facts", "--format", "json"]);
    assert_eq!(facts["machines"].as_array().unwrap().len(), 1, "both agents tell of the same machine");
}
