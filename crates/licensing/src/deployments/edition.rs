//! Names of editions: what only says how a copy was made or installed is no edition of its own.

/// The edition that is licensed, by a name that an installation, a lot or an example gives it: `Pro N` is `Pro` without the
/// player, `Standard Core` is `Standard` without the desktop.
pub fn licensed_edition<'a>(product: &str, edition: &'a str) -> &'a str {
    let client = ["Windows Enterprise", "Windows Pro", "Windows base"].iter().any(|start| product.starts_with(start));
    let ways: &[&str] = match product {
        _ if client || product == "Windows" => &[" N", " K", " KN"],
        "Windows Server" => {
            &[" Core", " (Server Core)", " (Desktop Experience)", " (without Hyper-V)", " without Hyper-V"]
        }
        _ => &[],
    };
    ways.iter().find_map(|way| edition.strip_suffix(way)).unwrap_or(edition)
}

#[cfg(test)]
mod tests {
    use super::licensed_edition;

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
