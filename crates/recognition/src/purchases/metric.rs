//! How a line counts: metric, and the rights in one counted unit.

use super::knowledge::Class;
use super::words::{has, numbers_before, position};

/// Everything that counting depends on.
pub(crate) struct Counted<'a> {
    /// Canonical words.
    pub(crate) words: &'a [String],
    /// Class of the product.
    pub(crate) class: Class,
    /// Edition found.
    pub(crate) edition: &'a str,
    /// Version found, if any.
    pub(crate) version: Option<&'a str>,
    /// Kind of the line.
    pub(crate) kind: &'a str,
    /// The line is in the short grammar of volume titles, or of a volume channel.
    pub(crate) in_volume: bool,
    /// Sold through the cloud programme.
    pub(crate) csp: bool,
}

/// First year in a version (`2012 R2` is 2012, release 2).
fn year(version: Option<&str>) -> Option<u32> {
    version?.split_whitespace().find_map(|w| w.parse().ok())
}

/// True for versions up to 2008 R2, which counted servers and processors.
fn before_2012(version: Option<&str>) -> bool {
    year(version).is_some_and(|y| y < 2012)
}

/// Number of cores in one unit, where the line says so.
pub(crate) fn cores(words: &[String]) -> Option<u32> {
    let direct = numbers_before(words, "core");
    if let Some(n) = direct.iter().copied().find(|n| (1..=128).contains(n)) {
        return Some(n);
    }
    if !has(words, "core") && !has(words, "suite") {
        return None;
    }
    packed_licences(words)
}

/// Licences in one counted unit ("16Lic", "pack of 16").
fn packed_licences(words: &[String]) -> Option<u32> {
    let packed = numbers_before(words, "license");
    if let Some(n) = packed.iter().copied().find(|n| (2..=128).contains(n)) {
        return Some(n);
    }
    numbers_before(words, "pack").iter().copied().find(|n| (2..=128).contains(n))
}

/// True if the word for a core stands for a core, not for the beginning of a suite's name.
fn counts_cores(words: &[String]) -> bool {
    words.iter().enumerate().any(|(i, w)| w == "core" && words.get(i + 1).is_none_or(|next| next != "infrastructure"))
}

/// The number before the words of an access licence ("5 RDS User CAL"): words of the product may stand between.
fn before_access_words(words: &[String]) -> Option<u32> {
    const BETWEEN: [&str; 9] =
        ["windows", "server", "remote", "desktop", "services", "user", "device", "sql", "exchange"];
    let cal = words.iter().position(|word| word == "cal")?;
    let number = words.get(..cal)?.iter().rev().find(|word| !BETWEEN.contains(&word.as_str()))?;
    number.parse().ok().filter(|n| *n < 1000)
}

/// Number of units in a box (`5 CLT`, `5-pack`, `lot de 5`, `5 User CAL`).
fn boxed(words: &[String]) -> u32 {
    let sane = |n: &u32| (2..=1000).contains(n);
    // "5 licences CAL utilisateur".
    let licences = words.windows(3).find_map(|window| match window {
        [number, license, cal] if license == "license" && cal == "cal" => number.parse().ok().filter(sane),
        _ => None,
    });
    if let Some(n) = licences {
        return n;
    }
    for unit in ["clt", "cal", "pack", "user", "device"] {
        if let Some(n) = numbers_before(words, unit).iter().copied().find(|n| sane(n)) {
            return n;
        }
        if unit != "pack" && numbers_before(words, unit).contains(&1) {
            return 1;
        }
    }
    if let Some(n) = before_access_words(words).filter(sane) {
        return n;
    }
    // "(pack 5)", but no "service pack 2".
    for (i, pair) in words.windows(2).enumerate() {
        let before = i.checked_sub(1).and_then(|p| words.get(p)).map(String::as_str);
        if let [pack, number] = pair
            && pack == "pack"
            && !matches!(before, Some("services" | "license" | "core"))
            && let Some(n) = number.parse().ok().filter(sane)
        {
            return n;
        }
    }
    for window in words.windows(3) {
        if let [pack, of, number] = window
            && pack == "pack"
            && (of == "de" || of == "of" || of == "a")
            && let Some(n) = number.parse().ok().filter(sane)
        {
            return n;
        }
    }
    1
}

/// Metric and units of a server line that says cores or processors, or of which the version decides.
fn server_like(counted: &Counted<'_>) -> (&'static str, Option<u32>) {
    let words = counted.words;
    // Counted by the server whatever hardware its title says it runs on.
    if matches!(counted.edition, "Essentials" | "Foundation") {
        return ("server", Some(1));
    }
    if let Some(n) = cores(words) {
        return match n {
            2 => ("core_2pack", Some(2)),
            16 => ("core_16pack", Some(16)),
            n => ("core", Some(n)),
        };
    }
    // "16 Lic" of a server that is sold by cores today: a volume line without a version is of today.
    if counted.in_volume
        && counted.version.is_none()
        && matches!(counted.class, Class::OsServer | Class::Management | Class::Cis)
        && let Some(n) = packed_licences(words).filter(|n| matches!(n, 2 | 16))
    {
        return if n == 2 { ("core_2pack", Some(2)) } else { ("core_16pack", Some(16)) };
    }
    // "1-4 CPU": the size of a server that is counted whole.
    if counted.class == Class::OsServer
        && before_2012(counted.version)
        && matches!(counted.edition, "Standard" | "Enterprise")
    {
        return ("server", Some(1));
    }
    if let Some(n) = numbers_before(words, "processor").first().copied() {
        return match n {
            1 => ("processor", Some(1)),
            2 if before_2012(counted.version) => ("processor", Some(2)),
            2 => ("processor_pair", Some(1)),
            _ => ("unknown", None),
        };
    }
    if counts_cores(words) && counted.class != Class::Server {
        return ("core", None);
    }
    match counted.class {
        Class::OsServer | Class::Management | Class::Cis => {
            let small = matches!(counted.edition, "Advanced Server" | "Server");
            match year(counted.version) {
                _ if small => ("server", Some(1)),
                Some(y) if y < 2012 && counted.edition == "Datacenter" => ("processor", Some(1)),
                Some(y) if y < 2012 => ("server", Some(1)),
                Some(y) if y < 2016 => ("processor_pair", Some(1)),
                Some(_) if counted.class == Class::Cis => ("core_2pack", Some(2)),
                _ => ("unknown", None),
            }
        }
        Class::Sql => {
            let one_server = numbers_before(words, "server").contains(&1)
                || has(words, "servercal")
                || position(words, &["license", "server"]).is_some();
            let plain =
                matches!(counted.edition, "Standard" | "Business Intelligence" | "Workgroup" | "Small Business");
            if counted.edition == "Developer" {
                ("device", Some(1))
            } else if one_server
                || before_2012(counted.version)
                || counted.edition == "Business Intelligence"
                || plain && counted.in_volume
            {
                ("server", Some(1))
            } else {
                ("unknown", Some(1))
            }
        }
        _ => ("server", Some(1)),
    }
}

/// User or Device, where the line says which; words before others that mean the same.
pub(crate) fn user_or_device(words: &[String]) -> Option<&'static str> {
    for (a, b) in [("user", "cal"), ("cal", "user")] {
        if position(words, &[a, b]).is_some() {
            return Some("User");
        }
    }
    for (a, b) in [("device", "cal"), ("cal", "device")] {
        if position(words, &[a, b]).is_some() {
            return Some("Device");
        }
    }
    let user = has(words, "user") || has(words, "peruser") || position(words, &["per", "user"]).is_some();
    let device = has(words, "device") || has(words, "perdevice") || position(words, &["per", "device"]).is_some();
    match (user, device) {
        (true, false) => Some("User"),
        (false, true) => Some("Device"),
        _ => None,
    }
}

/// Metric and units of an access licence.
pub(crate) fn access(words: &[String]) -> (&'static str, Option<u32>) {
    let units = Some(boxed(words));
    match user_or_device(words) {
        Some("User") => ("user_cal", units),
        Some(_) => ("device_cal", units),
        None => ("unknown", units),
    }
}

/// Metric and units of a line.
pub(crate) fn metric(counted: &Counted<'_>) -> (&'static str, Option<u32>) {
    let words = counted.words;
    match counted.class {
        Class::OsServer | Class::Sql | Class::Server | Class::Management | Class::Cis => server_like(counted),
        Class::Application => ("device", Some(boxed(words))),
        Class::Developer => ("device", Some(1)),
        Class::Msdn | Class::Plan => ("user_sub", Some(1)),
        Class::DevicePlan | Class::School => ("device_sub", Some(1)),
        Class::CalSuite => access(words),
        Class::ClientMl => ("client_ml", Some(boxed(words))),
        Class::Connector => ("external_connector", Some(1)),
        Class::AccessRole => ("unknown", Some(1)),
        Class::ClientOs => {
            let upgrade = counted.kind == "upgrade"
                || matches!(counted.kind, "licence+SA" | "SA" | "step-up")
                    && !counted.csp
                    && !super::kind::is_genuine(words);
            (if upgrade { "device_upgrade" } else { "device" }, Some(boxed(words)))
        }
    }
}
