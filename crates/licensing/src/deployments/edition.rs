//! Names of editions and versions: what only says how a copy was made, installed or is spelt is none of its own.

/// The edition that is licensed, by a name that an installation, a lot or an example gives it: `Pro N` is `Pro` without the
/// player, `Standard Core` is `Standard` without the desktop.
pub fn licensed_edition<'a>(product: &str, edition: &'a str) -> &'a str {
    let client = ["Windows Enterprise", "Windows Pro", "Windows base"].iter().any(|start| product.starts_with(start));
    let ways: &[&str] = match product {
        _ if client || product == "Windows" => &[" N", " K", " KN"],
        "Windows Server" => {
            &[" Core", " (Server Core)", " (Desktop Experience)", " (without Hyper-V)", " without Hyper-V"]
        }
        "SQL Server" => &[" Edition: Core-based Licensing", " Edition (64-bit)", " Edition"],
        _ => &[],
    };
    ways.iter().find_map(|way| edition.strip_suffix(way)).unwrap_or(edition)
}

/// The version that is licensed, by a name that an installation, a lot or an example gives it: a half-year of Windows is no
/// version of its own, and `2012R2` is `2012 R2`.
pub fn licensed_version<'a>(product: &str, version: &'a str) -> std::borrow::Cow<'a, str> {
    let client = product == "Windows" || (product.starts_with("Windows ") && !product.starts_with("Windows Server"));
    let half_year =
        |part: &str| matches!(part.as_bytes(), [a, b, b'H', c] if [a, b, c].iter().all(|c| c.is_ascii_digit()));
    match version.split_once(' ') {
        Some((major, part)) if client && half_year(part) => return major.into(),
        _ => {}
    }
    if version == "Subscription Edition" {
        return "SE".into();
    }
    match version.strip_suffix("R2") {
        Some(year) if year.len() == 4 && year.bytes().all(|c| c.is_ascii_digit()) => format!("{year} R2").into(),
        _ => version.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::{licensed_edition, licensed_version};

    #[test]
    fn spellings_and_half_years_are_no_versions() {
        assert_eq!(licensed_version("Windows", "10 22H2"), "10");
        assert_eq!(licensed_version("Windows", "10 LTSC 2019"), "10 LTSC 2019");
        assert_eq!(licensed_version("Windows Server", "2012R2"), "2012 R2");
        assert_eq!(licensed_version("SQL Server", "2008 R2"), "2008 R2");
        assert_eq!(licensed_version("Exchange Server", "Subscription Edition"), "SE");
    }

    #[test]
    fn ways_of_delivery_are_no_editions() {
        assert_eq!(licensed_edition("Windows", "Pro N"), "Pro");
        assert_eq!(licensed_edition("Windows", "Enterprise KN"), "Enterprise");
        assert_eq!(licensed_edition("Windows", "Enterprise LTSC"), "Enterprise LTSC");
        assert_eq!(licensed_edition("Windows Server", "Datacenter Core"), "Datacenter");
        assert_eq!(licensed_edition("Windows Server", "Standard without Hyper-V"), "Standard");
        assert_eq!(licensed_edition("SQL Server", "Enterprise Core"), "Enterprise Core");
    }
}
