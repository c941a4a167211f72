//! The reading child really gives up what it says.

use std::io::{BufReader, Read};
use std::process::{Command, Stdio};

#[test]
fn the_reading_child_is_confined_by_the_kernel() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_quittance"))
        .arg("read-evidence-confined")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut length = [0_u8; 8];
    output.read_exact(&mut length).unwrap();
    let mut greeting = vec![0_u8; usize::try_from(u64::from_le_bytes(length)).unwrap()];
    output.read_exact(&mut greeting).unwrap();
    let told: serde_json::Value = serde_json::from_slice(&greeting).unwrap();
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap_or_default();
    if told["network"] == true {
        assert!(status.contains("Seccomp:\t2") && status.contains("NoNewPrivs:\t1"), "{status}");
    } else {
        eprintln!("SKIPPED: this system filters no calls");
    }
    if told["bounded"] == true {
        let line = |name: &str| limits.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
        assert!(!line("Max address space").contains("unlimited"), "{limits}");
        assert!(line("Max core file size").split_whitespace().any(|word| word == "0"), "{limits}");
    } else {
        eprintln!("SKIPPED: this system bounds no memory");
    }
    // A closed pipe is its sign to end.
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
}
