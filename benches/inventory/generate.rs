//! Makes a list of installed programs: `generate MACHINES FILE`. A hundred rows a machine out of five thousand titles, drawn so that
//! the n-th is n times rarer than the first; always the same list.

use std::fs::File;
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

/// Title, version and publisher, as cells; some quoted.
fn titles(random: &mut Random) -> Vec<String> {
    let makers = [
        "Microsoft Corporation", "Adobe Inc.", "Google LLC", "Mozilla", "Oracle Corporation", "The Document Foundation", "Igor Pavlov",
        "Intel(R) Corporation", "Dell Inc.", "\"Lenovo Group, Ltd.\"",
    ];
    let words = [
        "Update", "Runtime", "Office", "Visual", "Studio", "Reader", "Driver", "Client", "Agent", "Manager", "Tools", "Redistributable",
        "Server", "Language Pack", "Helper", "Viewer",
    ];
    (0..TITLES)
        .map(|number| {
            let maker = makers[random.below(makers.len())];
            let first = maker.trim_matches('"').split([' ', ',']).next().unwrap_or_default();
            let (one, two) = (words[random.below(words.len())], words[random.below(words.len())]);
            let name = format!("{first} {one} {two} {}", 2005 + number % 20);
            let name =
                if number % 40 == 0 { format!("\"{name}, x64 \"\"{number}\"\"\"") } else { format!("{name} - {number}") };
            let version = [random.below(20), random.below(10), random.below(20_000), random.below(10)].map(|part| part.to_string());
            format!("{name},{},{maker}", version.join("."))
        })
        .collect()
}

/// Which title each draw gives.
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

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(Ok(machines)), Some(path)) = (arguments.next().map(|text| text.parse::<u64>()), arguments.next()) else {
        eprintln!("generate MACHINES FILE");
        std::process::exit(2);
    };
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let (titles, draws) = (titles(&mut random), draws());
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
    writeln!(file, "computer,name,version,publisher,installdate")?;
    for machine in 0..machines {
        for _ in 0..100 {
            let number = random.next();
            let title = &titles[draws[(number as usize) & (DRAWS - 1)]];
            let day = (number >> 16) % 3000;
            writeln!(file, "PC-{machine:07},{title},{:04}{:02}{:02}", 2018 + day / 360, 1 + day / 30 % 12, 1 + day % 28)?;
        }
    }
    file.flush()
}
