//! The lots of a case, and their way out as entitlements and in again.

use super::{Place, demo};
use serde_json::Value;

/// What a lot says, without the place of its evidence.
fn lots(place: &Place, case: &str) -> Vec<Value> {
    let told = place.json(&["lots", "--case", case, "--as-of", "2026-11-20", "--format", "json"]);
    let mut lots = told["lots"].as_array().unwrap().clone();
    for lot in &mut lots {
        lot.as_object_mut().unwrap().remove("origins");
        // One name and a list of one name say the same.
        if let Value::String(name) = &lot["assigned_to"] {
            lot["assigned_to"] = Value::Array(vec![Value::String(name.clone())]);
        }
    }
    lots
}

#[test]
fn what_is_written_as_entitlements_is_read_back_as_the_same_lots() {
    let place = demo();
    let path = place.path("entitlements.xml");
    let written = path.to_str().unwrap();
    let (code, out, err) =
        place.run(&["lots", "--case", "demo", "--as-of", "2026-11-20", "--format", "iso19770-3", "-o", written]);
    assert!(code == 0 && out.contains("Not written: where the evidence"), "{out}{err}");
    let (code, out, err) = place.run(&["new", "again"]);
    assert_eq!(code, 0, "{out}{err}");
    let (code, out, _) = place.run(&["add", written, "--case", "again"]);
    assert!(
        code == 0 && out.contains("a file of entitlements (ISO/IEC 19770-3)") && out.contains("no reject"),
        "{out}"
    );
    assert!(out.contains("known from its documentation only"), "{out}");
    let before = lots(place, "demo");
    assert!(before.len() > 20);
    assert_eq!(before, lots(place, "again"));
}

#[test]
fn entitlements_of_others_are_purchases_by_their_words() {
    let place = Place::new();
    let text = r#"<e:Ents xmlns:e="http://standards.iso.org/iso/19770/-3/2016/schema.xsd"><e:Ent entId="7" name="Windows Server Standard 2019 - 16 Core License Pack">
        <Entity name="Microsoft" role="softwareCreator"/><Metric metricName="core" quantity="3"/><Period effectiveDate="2020-02-01"/></e:Ent>
        <e:Ent entId="8" name="Office"><Metric/></e:Ent></e:Ents>"#;
    place.write("ents.xml", text);
    let (_, out, _) = place.run(&["add", "ents.xml"]);
    assert!(out.contains("2 rows"), "{out}");
    let told = place.json(&["facts", "--raw", "--format", "json"]);
    assert_eq!(told["facts"][0]["fact"]["fact"], "purchase");
    assert_eq!(told["facts"][0]["fact"]["quantity"], 3);
    assert_eq!(place.json(&["rejects", "--format", "json"])["rejects"][0]["reject"]["reason"], "incomplete");
    let (_, french, _) = place.run(&["lots", "--lang", "fr"]);
    assert!(french.contains("Windows Server Standard 2019"), "{french}");
}
