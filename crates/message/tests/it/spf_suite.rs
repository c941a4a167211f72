//! The conformance suite of RFC 7208, with its own DNS.

use message::auth::spf::{self, Delivery};
use message::dns::{Data, Zone};
use yaml_rust2::{Yaml, YamlLoader};

use crate::corpus;

fn text(y: &Yaml) -> Vec<u8> {
    // The suite writes bytes as characters below 256.
    match y {
        Yaml::Array(parts) => parts.iter().flat_map(text).collect(),
        y => y.as_str().unwrap_or_default().chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect(),
    }
}

fn zone(data: &Yaml) -> Zone {
    let mut zone = Zone::new();
    for (name, records) in data.as_hash().expect("zonedata") {
        let name = name.as_str().expect("name");
        let records = records.as_vec().expect("records");
        let own_txt = records.iter().any(|r| !r["TXT"].is_badvalue());
        let answers_txt = records.iter().any(|r| r["TXT"].as_str().is_some_and(|t| t != "NONE"));
        zone.exists(name);
        for record in records {
            if record.as_str() == Some("TIMEOUT") {
                // With a TXT record of its own, it is the question for type SPF that times out; nobody asks it any more.
                if !answers_txt {
                    zone.silence(name);
                }
                continue;
            }
            let (kind, value) = record.as_hash().expect("record").iter().next().expect("one record");
            match kind.as_str().expect("type") {
                "TXT" if value.as_str() == Some("NONE") => {}
                "TXT" => zone.add(name, Data::Txt(text(value))),
                // The suite writes type SPF and means TXT, unless the name has its own TXT (RFC 7208 dropped type SPF).
                "SPF" if !own_txt => zone.add(name, Data::Txt(text(value))),
                "SPF" => {}
                "A" => zone.add(name, Data::A(value.as_str().expect("A").parse().expect("A"))),
                "AAAA" => zone.add(name, Data::Aaaa(value.as_str().expect("AAAA").parse().expect("AAAA"))),
                "MX" => {
                    let preference = u16::try_from(value[0].as_i64().expect("MX")).expect("MX");
                    zone.add(name, Data::Mx(preference, value[1].as_str().expect("MX").to_owned()));
                }
                "PTR" => zone.add(name, Data::Ptr(value.as_str().expect("PTR").to_owned())),
                "CNAME" => zone.alias(name, value.as_str().expect("CNAME")),
                other => panic!("record type {other}"),
            }
        }
    }
    zone
}

#[test]
fn every_case_of_rfc_7208_is_right() {
    let Some(bytes) = corpus::read("spf/rfc7208-tests.yml") else { return };
    let suite = YamlLoader::load_from_str(&String::from_utf8(bytes).expect("UTF-8")).expect("YAML");
    let (mut cases, mut wrong) = (0, Vec::new());
    for set in suite.iter().filter(|s| !s["tests"].is_badvalue()) {
        let zone = zone(&set["zonedata"]);
        for (name, case) in set["tests"].as_hash().expect("tests") {
            cases += 1;
            let delivery = Delivery {
                ip: case["host"].as_str().expect("host").parse().expect("address"),
                helo: case["helo"].as_str().expect("helo"),
                mail_from: case["mailfrom"].as_str().expect("mailfrom"),
                receiver: "unknown",
                received_at: 0,
            };
            let got = spf::check(&delivery, &zone);
            let results: Vec<&str> = match &case["result"] {
                Yaml::Array(several) => several.iter().filter_map(Yaml::as_str).collect(),
                one => vec![one.as_str().expect("result")],
            };
            let word = got.result.word();
            let explained = match case["explanation"].as_str() {
                Some("DEFAULT") => got.explanation.is_none(),
                Some(wanted) => got.explanation.as_deref() == Some(wanted),
                None => true,
            };
            if !results.contains(&word) || !explained {
                wrong.push(format!("{name:?}: wanted {results:?} {:?}, got {got:?}", case["explanation"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {cases} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(cases, 203);
}
