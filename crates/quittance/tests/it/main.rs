//! Whole commands, as a user types them, in both languages.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says what went wrong by stopping")]

mod add;
mod answers;
mod archives;
mod changes;
mod confined;
mod coverage;
mod decisions;
mod great;
mod killed;
mod listen;
mod lookup;
mod lots;
mod rejects;
mod transcripts;
mod triage;
mod workbooks;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use tempfile::TempDir;

/// A place to work in, with a case in it.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Place { folder: TempDir::new().unwrap() };
        let (code, _, err) = place.run(&["new", "case"]);
        assert_eq!(code, 0, "{err}");
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quittance"));
        command
            .current_dir(self.folder.path())
            .env_clear()
            .env("QUITTANCE_CASE", "case")
            .env("QUITTANCE_AUTHOR", "tester");
        command
    }

    /// Exit code, standard output, standard error.
    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        told(self.command().args(arguments).output().unwrap())
    }

    fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let (_, out, err) = self.run(arguments);
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{arguments:?}: {error}\n{out}\n{err}"))
    }

    /// Everything that the case says of itself.
    fn state(&self) -> (serde_json::Value, serde_json::Value, Vec<String>) {
        let mut evidence: Vec<String> = std::fs::read_dir(self.path("case/evidence"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        evidence.sort();
        (self.json(&["files", "--format", "json"]), self.json(&["facts", "--raw", "--format", "json"]), evidence)
    }
}

/// The demo company in the folder `demo`, made once for all tests that only read it.
fn demo() -> &'static Place {
    static DEMO: OnceLock<Place> = OnceLock::new();
    DEMO.get_or_init(|| {
        let place = Place::new();
        let (code, _, err) = place.run(&["demo", "--case", "demo", "--no-serve"]);
        assert!(code <= 1, "{err}");
        place
    })
}

fn told(output: Output) -> (i32, String, String) {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

/// The inventory of one machine, as an agent would send it.
fn machine(name: &str) -> String {
    format!(
        r#"{{"action":"inventory","deviceid":"{name}-2026-11-01-08-00-00","itemtype":"Computer","content":{{
        "versionclient":"GLPI-Agent_v1.7",
        "hardware":{{"name":"{name}","uuid":"4C4C4544-0042-3510-8054-{:012X}"}},
        "operatingsystem":{{"full_name":"Microsoft Windows 10 Professionnel","version":"10.0.19045","name":"Windows"}},
        "softwares":[{{"name":"Microsoft Office Standard 2016","publisher":"Microsoft Corporation","version":"16.0.4266.1001"}},
        {{"name":"7-Zip 19.00","publisher":"Igor Pavlov","version":"19.00"}}]}}}}"#,
        name.bytes().fold(7_u64, |sum, byte| (sum * 31 + u64::from(byte)) % 0xFFFF_FFFF)
    )
}

/// A list of installed software, as a script would export it.
const SOFTWARE: &str = "\"PSComputerName\";\"DisplayName\";\"DisplayVersion\";\"Publisher\"\r\n\
    \"PC-1\";\"Microsoft Office Standard 2016\";\"16.0.4266.1001\";\"Microsoft Corporation\"\r\n\
    \"PC-2\";\"Microsoft Visio Standard 2016\"\r\n\
    \"PC-2\";\"Microsoft Project Standard 2016\";\"16.0.4266.1001\";\"Microsoft Corporation\"\r\n";

/// The workspace's own examples.
fn workspace(part: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(part)
}
