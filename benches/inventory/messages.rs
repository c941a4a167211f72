//! Makes a tar of inventory messages as GLPI Agent sends them: `messages MACHINES FROM`, on standard output. A hundred programs a machine
//! out of five thousand, and the sections that say nothing of licences; machine numbers begin at FROM; always the same archive.

use std::fmt::Write as _;
use std::io::{BufWriter, Result, Write};

const TITLES: usize = 5000;
const DRAWS: usize = 1 << 16;

/// Numbers without order, always the same ones.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, most: usize) -> usize {
        (self.next() % most as u64) as usize
    }
}

/// Entries of programs, up to the day of their installation.
fn titles(random: &mut Random) -> Vec<String> {
    let makers = ["Microsoft Corporation", "Adobe Inc.", "Google LLC", "Mozilla", "Oracle Corporation", "Igor Pavlov", "Dell Inc."];
    let words = ["Update", "Runtime", "Visual", "Studio", "Reader", "Driver", "Client", "Agent", "Tools", "Viewer"];
    (0..TITLES)
        .map(|number| {
            let maker = makers[random.below(makers.len())];
            let (one, two) = (words[random.below(words.len())], words[random.below(words.len())]);
            let version = [random.below(20), random.below(10), random.below(20_000)].map(|part| part.to_string()).join(".");
            format!(
                "{{\"arch\":\"x86_64\",\"from\":\"registry\",\"guid\":\"{{A{number:07}-0000-0000-0000-000000000000}}\",\"name\":\"{one} {two} {number}\",\
                 \"publisher\":\"{maker}\",\"system_category\":\"application\",\"uninstall_string\":\"MsiExec.exe /X{{A{number:07}}}\",\
                 \"version\":\"{version}\",\"install_date\":"
            )
        })
        .collect()
}

/// Which title each draw gives: the n-th is n times rarer than the first.
fn draws() -> Vec<usize> {
    let weight = |title: usize| 1.0 / (title + 1) as f64;
    let all: f64 = (0..TITLES).map(weight).sum();
    let (mut title, mut sum) = (0, weight(0));
    (0..DRAWS)
        .map(|draw| {
            while sum < (draw as f64 + 0.5) / DRAWS as f64 * all && title + 1 < TITLES {
                title += 1;
                sum += weight(title);
            }
            title
        })
        .collect()
}

fn header(name: &str, size: usize) -> [u8; 512] {
    let mut block = [0u8; 512];
    let mut put = |at: usize, bytes: &[u8]| block[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, name.as_bytes());
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{size:011o}\0").as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\x0000");
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<u64>());
    let (Some(Ok(machines)), Some(Ok(from))) = (arguments.next(), arguments.next()) else {
        eprintln!("messages MACHINES FROM");
        std::process::exit(2);
    };
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let (titles, draws) = (titles(&mut random), draws());
    let mut random = Random(0x9E37_79B9_7F4A_7C15 ^ (from + 1));
    let mut out = BufWriter::with_capacity(1 << 20, std::io::stdout().lock());
    let mut text = String::new();
    for machine in from..from + machines {
        text.clear();
        let _ = write!(
            text,
            "{{\"action\":\"inventory\",\"deviceid\":\"PC-{machine:07}-2026-01-02-03-04-05\",\"itemtype\":\"Computer\",\"versionclient\":\"GLPI-Agent_v1.11\",\"content\":{{\
             \"bios\":{{\"ssn\":\"SN{machine:08}\",\"smanufacturer\":\"Dell Inc.\",\"smodel\":\"Latitude 5440\"}},\
             \"hardware\":{{\"name\":\"PC-{machine:07}\",\"uuid\":\"4c4c4544-0000-1000-8000-{machine:012}\",\"chassis_type\":\"Laptop\",\"memory\":16384,\"lastloggeduser\":\"user{}\"}},\
             \"operatingsystem\":{{\"full_name\":\"Microsoft Windows 11 Professionnel\",\"version\":\"10.0.26100\",\"kernel_name\":\"MSWin32\",\"arch\":\"64-bit\"}},\
             \"cpus\":[{{\"name\":\"13th Gen Intel(R) Core(TM) i5-1345U\",\"core\":10,\"thread\":12,\"speed\":1600}}],\
             \"accesslog\":{{\"logdate\":\"2026-11-0{} 08:00:00\"}},\"controllers\":[",
            machine % 5000,
            1 + machine % 9
        );
        for each in 0..20 {
            let comma = if each > 0 { "," } else { "" };
            let _ = write!(text, "{comma}{{\"manufacturer\":\"Intel Corporation\",\"name\":\"Bridge {each}\",\"pciclass\":\"0600\",\"pcislot\":\"00:{each:02}.0\",\"vendorid\":\"8086\"}}");
        }
        text.push_str("],\"softwares\":[");
        for row in 0..100 {
            let number = random.next();
            let day = (number >> 16) % 3000;
            let comma = if row > 0 { "," } else { "" };
            let title = &titles[draws[(number as usize) & (DRAWS - 1)]];
            let _ = write!(text, "{comma}{title}\"{:04}-{:02}-{:02}\"}}", 2018 + day / 360, 1 + day / 30 % 12, 1 + day % 28);
        }
        text.push_str("]}}");
        out.write_all(&header(&format!("agent/pc-{machine:07}.json"), text.len()))?;
        out.write_all(text.as_bytes())?;
        out.write_all(&[0; 512][..(512 - text.len() % 512) % 512])?;
    }
    out.write_all(&[0; 1024])?;
    out.flush()
}
