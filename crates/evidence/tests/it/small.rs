//! Small made-up files of each format: what they are taken for and what they tell.

use evidence::{Context, Mapping, Reading, Role};
use licensing::facts::{Fact, Purchase};
use std::collections::BTreeMap;

fn read(name: &str, text: &str) -> Reading {
    evidence::read(name, text.as_bytes(), &Context::default()).expect("taken")
}

fn purchases(reading: &Reading) -> Vec<&Purchase> {
    reading
        .facts
        .iter()
        .filter_map(|row| if let Fact::Purchase(purchase) = &row.fact { Some(purchase) } else { None })
        .collect()
}

#[test]
fn an_invoice_list_with_decimal_commas_and_a_credit_note() {
    let reading = read(
        "achats.csv",
        "N° facture;Date;Réf. article;Désignation;Qté;PU HT\nF1;08/10/2013;X;OfficeStd 2013 SNGL OLP NL;30;298,00\nA1;31/10/2013;X;Avoir OfficeStd 2013 SNGL OLP NL;-5;298,00\nF2;01/11/2013;X;Souris;trois;9,90\n",
    );
    assert_eq!(reading.taken_as, "invoices");
    let lines = purchases(&reading);
    assert_eq!(lines.iter().map(|line| line.quantity).collect::<Vec<_>>(), [30, -5]);
    assert_eq!(lines[0].unit_price.map(|price| price.to_string()), Some("298.00".to_owned()));
    assert_eq!(reading.rejects[0].reason, "no-quantity");
    assert_eq!(reading.rejects[0].origin.row, 3);
}

#[test]
fn users_of_a_tenant_in_french() {
    let reading = read(
        "utilisateurs_2026-11-20.csv",
        "Bloquer l'accès,Nom d'affichage,Licences,Nom d'utilisateur principal\nNon,Ana,Microsoft 365 E3+Visio Plan 2,Ana@x.example\nOui,Bo,Sans licence,bo@x.example\n",
    );
    let plans: Vec<Option<Vec<String>>> = reading
        .facts
        .iter()
        .filter_map(|row| if let Fact::Person(person) = &row.fact { Some(person.plans.clone()) } else { None })
        .collect();
    assert_eq!(plans[0].as_ref().map(Vec::len), Some(2));
    assert_eq!(plans[1], Some(Vec::new()));
}

#[test]
fn a_cluster_without_automatic_movement() {
    let reading = read(
        "RVTools_tabvCluster.csv",
        "Name;NumHosts;DRS enabled;DRS default VM behavior\nCL1;4;True;fullyAutomated\nCL2;4;True;manual\nCL3;2;False;manual\n",
    );
    let drs: Vec<Option<bool>> = reading
        .facts
        .iter()
        .filter_map(|row| if let Fact::Machine(machine) = &row.fact { Some(machine.drs) } else { None })
        .collect();
    assert_eq!(drs, [Some(true), Some(false), Some(false)]);
}

#[test]
fn a_saved_mapping_reads_a_table_of_its_own() {
    let columns = [("machine", "Bien"), ("name", "Intitulé du produit")];
    let columns: BTreeMap<String, String> = columns.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    let mapping = Mapping { name: "parc".to_owned(), about: Role::Software, columns };
    let context = Context { mappings: vec![mapping], ..Context::default() };
    let text = "Bien|Intitulé du produit|Remarque\nPC1|Office 2016|a\n|Visio|b\n";
    let reading = evidence::read("parc.txt", text.as_bytes(), &context).expect("mapped");
    assert_eq!((reading.taken_as.as_str(), reading.facts.len(), reading.rejects.len()), ("mapping:parc", 1, 1));
}

#[test]
fn a_partial_message_says_that_it_is_partial() {
    let reading = read(
        "m",
        "{\"action\":\"inventory\",\"partial\":true,\"deviceid\":\"PC-2024-01-01-00-00-00\",\"content\":{\"hardware\":{}}}",
    );
    let Fact::Machine(machine) = &reading.facts[0].fact else { panic!("a machine") };
    assert!(machine.partial);
    assert_eq!(machine.id.name.as_deref(), Some("PC"));
}

#[test]
fn declared_facts_are_one_row_a_record() {
    let reading = read(
        "d.toml",
        "[[server]]\nid = \"S1\"\nprocessors = 2\n\n[[access]]\nwho = \"u\"\nto = \"S1\"\ncolour = \"red\"\n",
    );
    assert_eq!((reading.taken_as.as_str(), reading.rows), ("declared-facts", 2));
    assert!(reading.notes.iter().any(|(code, _)| code == "unknown-key"));
}
