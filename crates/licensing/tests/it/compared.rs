//! Two positions side by side: what changed, and what is named as its cause.

use crate::outcomes::positioned;
use licensing::comparison::compare;

const PCS: &str = "[[device]]\nid = \"pcs\"\ncount = COUNT\n[[install]]\non = \"pcs\"\nproduct = \"Office\"\nedition = \"Standard\"\nversion = \"2019\"\n\
    [[entitlement]]\nid = \"used\"\nproduct = \"Office\"\nedition = \"Standard\"\nversion = \"2019\"\nmetric = \"device\"\nquantity = 10\nchannel = \"volume\"\n";

fn lot(id: &str, edition: &str, version: &str, quantity: u64) -> String {
    format!(
        "[[entitlement]]\nid = \"{id}\"\nproduct = \"Office\"\nedition = \"{edition}\"\nversion = \"{version}\"\nmetric = \"device\"\nquantity = {quantity}\nchannel = \"volume\"\n"
    )
}

fn causes(before: &str, after: &str) -> Vec<(String, String)> {
    let compared = compare(&positioned(before), &positioned(after));
    let causes = compared.changes.into_iter().flat_map(|change| change.causes);
    causes.map(|cause| (cause.code, cause.subject)).collect()
}

fn told(code: &str, subject: &str) -> (String, String) {
    (code.to_owned(), subject.to_owned())
}

#[test]
fn a_lot_that_nobody_uses_was_named_as_the_cause_of_a_change() {
    let (fewer, more) = (PCS.replace("COUNT", "10"), PCS.replace("COUNT", "12"));
    // An older lot serves nothing, before and after: the two PCs alone are the cause.
    let after = more.clone() + &lot("old", "Standard", "2010", 7);
    assert_eq!(causes(&fewer, &after), vec![told("deployed", "pcs")]);
    assert_eq!(causes(&after, &fewer), vec![told("retired", "pcs")]);
    // It grew, and still serves nothing.
    let before = fewer.clone() + &lot("old", "Standard", "2010", 3);
    assert_eq!(causes(&before, &after), vec![told("deployed", "pcs")]);
}

#[test]
fn a_lot_that_serves_or_lies_spare_is_the_cause() {
    let short = PCS.replace("COUNT", "12");
    let bought = short.clone() + &lot("new", "Standard", "2021", 5);
    // Two of them serve. Whose machines are licensed now is told with it.
    let found = causes(&short, &bought);
    assert!(found.contains(&told("lot-added", "new")), "{found:?}");
    assert!(!found.iter().any(|(_, subject)| subject == "used"), "{found:?}");
    // Five more than are needed change what is spare, and that is their doing.
    let enough = PCS.replace("COUNT", "10");
    let spare = enough.clone() + &lot("new", "Standard", "2021", 5);
    assert_eq!(causes(&enough, &spare), vec![told("lot-added", "new")]);
}
