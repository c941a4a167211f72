//! Lines about software to install, and access to it.

use super::kind::{channel, channel_of_programme, kind, kind_of_type};
use super::knowledge::{Class, Knowledge, Product};
use super::metric::{self, Counted, access, user_or_device};
use super::version::{client_version, is_dotted, version_of};
use super::words::{any, has, position};
use super::{CURRENT, Hints, NONE, PurchaseLine, UNKNOWN};

/// The product that a list of words names, and where.
fn find_product<'k>(words: &[String], knowledge: &'k Knowledge) -> Option<(&'k Product, usize, usize)> {
    let mut best: Option<(&Product, usize, usize)> = None;
    for product in &knowledge.products {
        if any(words, &product.not) {
            continue;
        }
        for phrase in &product.any {
            let phrase: Vec<&str> = phrase.split(' ').collect();
            let Some(at) = position(words, &phrase) else { continue };
            let better = best.is_none_or(|(other, other_at, other_len)| {
                (-product.rank, at, usize::MAX - phrase.len()) < (-other.rank, other_at, usize::MAX - other_len)
            });
            if better {
                best = Some((product, at, phrase.len()));
            }
        }
    }
    best
}

/// The edition that words name: the earliest, the longest there.
fn find_edition(words: &[String], knowledge: &Knowledge) -> Option<String> {
    let mut best: Option<(usize, usize, &String)> = None;
    for (phrase, name) in &knowledge.editions {
        let phrase: Vec<&str> = phrase.iter().map(String::as_str).collect();
        if let Some(at) = position(words, &phrase)
            && best.is_none_or(|(best_at, best_len, _)| at < best_at || at == best_at && phrase.len() > best_len)
        {
            best = Some((at, phrase.len(), name));
        }
    }
    best.map(|(_, _, name)| name.clone())
}

/// Takes out what a title says of another right that comes along (`w/1 Project Server CAL`, `w1PrjctSvrCAL`).
fn without_companion(words: &[String], notes: &mut Vec<String>) -> Vec<String> {
    let mut made: Vec<String> =
        words.iter().filter(|w| !w.starts_with("w1prj") && !w.starts_with("wowin")).cloned().collect();
    if let Some(at) = position(&made, &["with", "1", "project", "server", "cal"]) {
        made.drain(at..at + 5);
    }
    if words.iter().any(|w| w.starts_with("wowin")) {
        notes.push("without-windows-server".into());
    }
    if made.len() < words.len() && !words.iter().any(|w| w.starts_with("wowin")) {
        notes.push("includes-project-server-cal".into());
    }
    made
}

/// Terminal Services became Remote Desktop Services with Windows Server 2008 R2; buyers kept the old name for years.
fn renamed_since<'k>(product: &'k Product, version: Option<&str>, knowledge: &'k Knowledge) -> &'k Product {
    let later = version.is_some_and(|v| {
        v == "2008 R2" || v.split(' ').next().and_then(|year| year.parse::<u32>().ok()).is_some_and(|year| year > 2008)
    });
    if product.name != "Terminal Services" || !later {
        return product;
    }
    knowledge.products.iter().find(|p| p.name == "Remote Desktop Services").unwrap_or(product)
}

/// Splits a step-up title: what it leads to, and where it starts from.
fn step_up_target(words: &[String], knowledge: &Knowledge) -> Vec<String> {
    let Some(at) = words.iter().position(|w| matches!(w.as_str(), "sasu" | "su" | "stepup")) else {
        return words.to_vec();
    };
    let head: Vec<String> = words.iter().take(at).cloned().collect();
    if find_product(&version_of(&head).rest, knowledge).is_some() {
        return head;
    }
    // "Step-up Windows Server Standard to Datacenter": the edition after the word of direction.
    let mut tail: Vec<String> = words.iter().skip(at + 1).cloned().collect();
    if let Some(to) = tail.iter().position(|w| matches!(w.as_str(), "to" | "vers" | "nach" | "zu" | "a" | "auf")) {
        let after: Vec<String> = tail.iter().skip(to + 1).cloned().collect();
        if let Some((_, product_at, len)) = find_product(&version_of(&tail).rest, knowledge)
            && find_edition(&after, knowledge).is_some()
        {
            let mut made: Vec<String> = tail.iter().skip(product_at).take(len).cloned().collect();
            made.extend(after);
            tail = made;
        }
    }
    tail
}

/// Understands a line about software to install.
pub(crate) fn recognise(all: &[String], part: Option<&str>, hints: &Hints<'_>, knowledge: &Knowledge) -> PurchaseLine {
    let mut line = PurchaseLine::nothing();
    let words = without_companion(all, &mut line.notes);
    let head = step_up_target(&words, knowledge);
    let version = version_of(&head);
    let family = hints.family.map(|f| super::words::words(f, knowledge)).unwrap_or_default();
    let family_rest = version_of(&family).rest;
    let (product, rest, at, len) = match find_product(&version.rest, knowledge) {
        Some((product, at, len)) => (product, &version.rest, at, len),
        None => match find_product(&family_rest, knowledge) {
            Some((product, at, len)) => (product, &family_rest, at, len),
            None => return line,
        },
    };
    let product = renamed_since(product, version.name.as_deref(), knowledge);
    line.trace.push(format!("product:{}", product.name));

    // Words around the product's own name tell the edition.
    let mut others: Vec<String> = rest.iter().take(at).cloned().collect();
    let tail: Vec<String> = rest.iter().skip(at + len).cloned().collect();
    let before = find_edition(&others, knowledge);
    let mut edition = find_edition(&tail, knowledge).or(before);
    others.extend(tail);
    let mut class = product.class;
    let mut name = product.name.clone();

    line.channel =
        channel(&words, class == Class::Sql && edition.as_deref() == Some("Web"), part, knowledge).to_owned();
    if let Some(told) = hints.programme.and_then(channel_of_programme) {
        line.channel = told.to_owned();
    }
    if line.channel == UNKNOWN && class == Class::ClientOs && any(&words, &knowledge.tokens.hardware) {
        line.channel = "oem".into();
    }
    if (class == Class::ClientOs || has(&words, "upgrade"))
        && let Some(to) = words.iter().position(|w| matches!(w.as_str(), "vers" | "to" | "auf" | "nach"))
        && let Some(target) = words.get(to + 1..).and_then(|after| find_edition(after, knowledge))
    {
        // "Upgrade Pro to Enterprise" is a right to Enterprise.
        edition = Some(target);
    }
    let msdn = class == Class::Developer
        && words.iter().any(|w| matches!(w.as_str(), "msdn" | "msdnsub" | "wmsdn" | "submsdn" | "subs"));
    if msdn {
        class = Class::Msdn;
    }
    line.kind = kind(&words, class, &line.channel, knowledge).to_owned();
    if let Some(told) = hints.purchase_type.and_then(kind_of_type) {
        // The title is the closer witness where it names a special kind; the column where the title is silent.
        if line.kind == "licence" || (line.kind == "upgrade" && told == "licence+SA") {
            line.kind = if told == "licence" { line.kind.clone() } else { told.to_owned() };
        }
    }

    if class == Class::ClientOs
        && (line.kind == "subscription" || line.kind == "licence" && !any(&words, &knowledge.tokens.short))
        && let Some(plan) = words.iter().find(|w| matches!(w.as_str(), "e3" | "e5"))
    {
        let metric = if user_or_device(&words) == Some("Device") { "device_sub" } else { "user_sub" };
        set(&mut line, format!("Windows Enterprise {}", plan.to_uppercase()), metric, Some(1));
        line.kind = "subscription".into();
        line.edition = NONE.into();
        line.version = NONE.into();
        return line;
    }

    // Version.
    let ltsc = has(&words, "ltsc") || has(&words, "ltsb");
    let xp = has(&head, "xp");
    let mut found = match class {
        Class::ClientOs if ltsc => version.name.clone(),
        Class::ClientOs => client_version(&head),
        _ if xp && product.xp.is_some() => product.xp.clone(),
        Class::Application if version.name.is_none() && has(&head, "97") => Some("97".into()),
        _ => version.name.clone(),
    };
    // The servers that are kept current by subscription bear no year.
    if found.is_none() && class == Class::Server && has(&head, "se") {
        found = Some("SE".into());
    }
    if ltsc && let Some(year) = &found {
        found = Some(format!("{} {year}", if has(&words, "ltsb") { "LTSB" } else { "LTSC" }));
    }
    if let Some(renamed) = found.as_ref().and_then(|v| product.mac_versions.get(v)) {
        found = Some(renamed.clone());
    }
    let short = any(&words, &knowledge.tokens.short);
    let old_list = found.as_deref().is_some_and(|v| {
        v.contains("2000") || v.contains("2001") || v.contains("2002") || v.contains("2003") || is_dotted(v)
    }) && any(&words, &knowledge.tokens.languages)
        && line.channel == "volume";

    let sal = has(&words, "sal") || has(&words, "sals");
    let in_the_box = product.name == "Small Business Server" && edition.is_some() && counts_plain_cals(&words);
    let cal_word = position(&words, &["cal"]).is_some() && !in_the_box && !comes_with_cals(&words);
    let mac = has(&words, "mac");

    // Who or what it is for.
    if has(&words, "esu") && matches!(class, Class::ClientOs | Class::OsServer | Class::Sql) {
        name = format!("{name} Extended Security Updates");
        line.edition = NONE.into();
        let counted = Counted {
            words: &words,
            class,
            edition: UNKNOWN,
            version: found.as_deref(),
            kind: "service",
            in_volume: short,
            csp: false,
        };
        let (metric, units) = if class == Class::ClientOs { ("device_sub", Some(1)) } else { metric::metric(&counted) };
        set(&mut line, name, metric, units);
        line.version = found.unwrap_or_else(|| UNKNOWN.into());
        line.notes.push("updates-only".into());
        return line;
    }
    if has(&words, "extconn")
        && let Some(connector) = &product.connector
    {
        line.edition = NONE.into();
        set(&mut line, connector.clone(), "external_connector", Some(1));
    } else if sal {
        name = product.sal.clone().unwrap_or(name);
        line.edition = if product.sal.is_some() {
            NONE.into()
        } else {
            edition_name(edition.take(), product, class, mac, false, found.as_deref())
        };
        set(&mut line, name, "user_sub", Some(1));
        line.version = NONE.into();
        line.notes.push("spla".into());
        return line;
    } else if let Some(cal) = product.cal.as_ref().filter(|_| cal_word || class == Class::AccessRole) {
        name = match (&product.cal_editions, access_edition(&edition, &words)) {
            (Some(pattern), Some(which)) => pattern.replace("{}", &which),
            _ => cal.clone(),
        };
        let (metric, units) = if cal_word { access(&words) } else { ("unknown", Some(1)) };
        let (metric, units) =
            if cal_word { (metric, units) } else { user_or_device(&words).map_or((metric, units), |_| access(&words)) };
        line.edition = user_or_device(&words).unwrap_or(UNKNOWN).to_owned();
        if has(&words, "plus") || name.contains("Enterprise CAL") {
            line.notes.push("additive-cal".into());
        }
        set(&mut line, name, metric, units);
    } else if class == Class::CalSuite {
        let (metric, units) = access(&words);
        line.edition = user_or_device(&words).unwrap_or(UNKNOWN).to_owned();
        set(&mut line, name, metric, units);
    } else if class == Class::ClientMl {
        line.edition = if has(&words, "perose") || has(&words, "ose") {
            "OSE".into()
        } else {
            user_or_device(&words).unwrap_or(UNKNOWN).to_owned()
        };
        let (metric, units) = ("client_ml", Some(1));
        set(&mut line, name, metric, units);
    } else {
        if msdn {
            let edition = edition.clone().unwrap_or_else(|| UNKNOWN.into());
            name = match edition.as_str() {
                "Professional" | "Enterprise" | "Test Professional" => format!("{name} {edition} subscription"),
                UNKNOWN => format!("{name} subscription"),
                _ => format!("{name} {edition} with MSDN"),
            };
        }
        line.edition = edition_name(edition, product, class, mac, old_list, found.as_deref());
        let in_volume =
            short || matches!(line.channel.as_str(), "open" | "open_value" | "select" | "ea" | "mpsa" | "volume");
        let told = hints.version.map(str::trim).filter(|v| !v.is_empty());
        let counted = Counted {
            words: &words,
            class,
            edition: &line.edition,
            version: found.as_deref().or(told),
            kind: &line.kind,
            in_volume,
            csp: line.channel == "csp",
        };
        let (metric, units) = metric::metric(&counted);
        set(&mut line, name, metric, units);
    }
    if line.kind == "media" {
        line.metric = NONE.into();
        line.units = Some(1);
    }
    let never_versioned = matches!(class, Class::Msdn | Class::Plan | Class::DevicePlan);
    line.version = match found {
        _ if never_versioned => NONE.into(),
        Some(version) => version,
        None if short || line.channel == "csp" || matches!(line.kind.as_str(), "subscription" | "SA" | "step-up") => {
            CURRENT.into()
        }
        // Bought with Software Assurance through a volume programme: the version of the day, whoever wrote the title.
        None if line.kind == "licence+SA" && !matches!(line.channel.as_str(), UNKNOWN | "oem" | "fpp") => {
            CURRENT.into()
        }
        None => UNKNOWN.into(),
    };
    if class == Class::ClientOs {
        line.edition = client_edition(&line.edition, &line.version);
    }
    if matches!(line.kind.as_str(), "upgrade" | "step-up") || line.metric == "device_upgrade" {
        line.notes.push("needs-base".into());
    }
    note_contradiction(&mut line, part, knowledge);
    line
}

fn set(line: &mut PurchaseLine, name: String, metric: &str, units: Option<u32>) {
    line.product = name;
    line.metric = metric.to_owned();
    line.units = units.map(u64::from);
}

/// True for "Standard 5 CAL", which says with how many access licences a Small Business Server came.
fn counts_plain_cals(words: &[String]) -> bool {
    words.iter().enumerate().any(|(at, word)| {
        let number = at.checked_sub(1).and_then(|before| words.get(before)).is_some_and(|n| n.parse::<u32>().is_ok());
        let named = words.get(at + 1).is_some_and(|next| matches!(next.as_str(), "suite" | "user" | "device"));
        word == "cal" && number && !named
    })
}

/// True where access licences come along in the box of a server ("with 5 CAL", "+ CAL", "+ 10 User CAL").
fn comes_with_cals(words: &[String]) -> bool {
    words.iter().enumerate().skip(1).filter(|(_, word)| matches!(word.as_str(), "with" | "+")).any(|(i, _)| {
        let mut after = words.iter().skip(i + 1).map(String::as_str).skip_while(|w| w.parse::<u32>().is_ok());
        match after.next() {
            Some("cal") => true,
            Some("user" | "device") => after.next() == Some("cal"),
            _ => false,
        }
    })
}

/// Standard, Enterprise or Plus, for access licences that are named by edition.
fn access_edition(edition: &Option<String>, words: &[String]) -> Option<String> {
    if has(words, "plus") {
        return Some("Plus".into());
    }
    edition.clone().filter(|e| matches!(e.as_str(), "Standard" | "Enterprise"))
}

/// The edition in the vocabulary of the product.
fn edition_name(
    found: Option<String>,
    product: &Product,
    class: Class,
    mac: bool,
    old_list: bool,
    version: Option<&str>,
) -> String {
    if mac {
        if let Some(name) = &product.mac_edition {
            return name.clone();
        }
        if let Some(name) = product.mac.as_ref().filter(|_| found.as_deref().is_none_or(|e| e == "Standard")) {
            return name.clone();
        }
    }
    if let Some(edition) = found {
        // A class that has no editions does not get one from a stray word.
        if product.edition.as_deref() == Some(NONE) && matches!(class, Class::Application | Class::Plan | Class::School)
        {
            return NONE.into();
        }
        return edition;
    }
    if let Some(edition) = &product.edition {
        return edition.clone();
    }
    if let Some(edition) = &product.bare_edition {
        return edition.clone();
    }
    if old_list && let Some(edition) = &product.old_edition {
        return edition.clone();
    }
    // Microsoft Office XP by itself was the Standard edition; so in the lists that leave the plain edition out.
    if version.is_some_and(|v| v.starts_with("XP"))
        && let Some(edition) = &product.old_edition
    {
        return edition.clone();
    }
    UNKNOWN.into()
}

/// Windows called its business edition Professional up to 7 and Pro from 8 on.
fn client_edition(edition: &str, version: &str) -> String {
    let old = matches!(version, "XP" | "Vista" | "7" | "2000" | "98");
    match edition {
        "Professional" if !old => "Pro".into(),
        "Pro" if old => "Professional".into(),
        other => other.to_owned(),
    }
}

/// Where the number's family and the title disagree, the title is followed and the fact is told.
fn note_contradiction(line: &mut PurchaseLine, part: Option<&str>, knowledge: &Knowledge) {
    let Some((family, _)) = part.and_then(|p| p.split_once('-')) else { return };
    if let Some(told) = knowledge.tokens.part_family.get(&family.to_ascii_uppercase())
        && told != &line.product
        && !line.product.contains(told.as_str())
        && !told.contains(line.product.as_str())
    {
        line.notes.push(format!("part-number-contradicts:{told}"));
    }
}
