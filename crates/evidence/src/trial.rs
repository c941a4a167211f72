//! Every reader by itself, for those who try to break it: any bytes go in, and the laws of reading must hold.
//!
//! A reader is a file of `documents/` or `tables/`. A table is recognised by its headings, which chance would hardly hit: they are put
//! before the bytes, those of one of the reader's tables, as the first byte says.

use crate::{Context, Limits, Mapping, Role, open, read, tables};
use std::collections::BTreeMap;
use std::io::Write;

/// The readers, by name, sorted.
pub const READERS: [&str; 29] = [
    "agent_json",
    "agent_xml",
    "clixml",
    "cloud",
    "configmgr",
    "container",
    "cyclonedx",
    "declared",
    "devices",
    "directory",
    "entitlements",
    "glpi",
    "hive",
    "ldif",
    "mapping",
    "ocs_json",
    "osquery",
    "other_xml",
    "pdf",
    "purchases",
    "registry",
    "servers",
    "software",
    "sql_summary",
    "statement",
    "tenant_json",
    "text_blocks",
    "virtualisation",
    "workbook",
];

/// Feeds bytes to a reader.
///
/// # Errors
/// The law that did not hold: rows are facts and rejects together, and every row has a place.
pub fn run(reader: &str, bytes: &[u8]) -> Result<(), String> {
    // Small bounds: a few bytes must not cost the memory that a whole export may.
    let limits = Limits { inflated: 8 << 20, cells: 400_000, ..Limits::default() };
    let context = Context { mappings: mappings(reader), limits, ..Context::default() };
    let whole = match tables::headings_of_reader(reader) {
        Some(all) => under_headings(&all, bytes),
        None if reader == "mapping" => under_headings(&["Rechner;Objekt;Ausgabe;Tag;Menge".to_owned()], bytes),
        None => bytes.to_vec(),
    };
    if reader == "container" {
        if let Ok(Some(members)) = open(&whole, &context.limits) {
            members.iter().try_for_each(|member| judge(&member.name, &member.bytes, &context))?;
        }
        return Ok(());
    }
    judge("PC-1.txt", &whole, &context)
}

fn under_headings(all: &[String], bytes: &[u8]) -> Vec<u8> {
    let (choice, rest) = bytes.split_first().unwrap_or((&0, &[]));
    let chosen = all.get(usize::from(*choice) % all.len().max(1)).cloned().unwrap_or_default();
    [chosen.as_bytes(), b"\n", rest].concat()
}

fn mappings(reader: &str) -> Vec<Mapping> {
    if reader != "mapping" {
        return Vec::new();
    }
    let columns =
        [("machine", "Rechner"), ("name", "Objekt"), ("version", "Ausgabe"), ("date", "Tag"), ("quantity", "Menge")];
    let columns: BTreeMap<String, String> = columns.map(|(key, heading)| (key.to_owned(), heading.to_owned())).into();
    vec![Mapping { name: "trial".to_owned(), about: Role::Software, columns }]
}

fn judge(name: &str, bytes: &[u8], context: &Context) -> Result<(), String> {
    let Ok(reading) = read(name, bytes, context) else { return Ok(()) };
    let (facts, rejects) = (reading.facts.len() as u64, reading.rejects.len() as u64);
    if reading.rows != facts + rejects {
        return Err(format!("{} rows, {facts} facts, {rejects} rejects ({})", reading.rows, reading.taken_as));
    }
    if reading.facts.iter().any(|row| row.origin.evidence.is_empty()) {
        return Err(format!("a fact without a place ({})", reading.taken_as));
    }
    Ok(())
}

/// What to begin with: small files of each reader, made here.
pub fn seeds(reader: &str) -> Vec<Vec<u8>> {
    if let Some(all) = tables::headings_of_reader(reader) {
        let values = [
            "PC-1",
            "2026-11-20",
            "4",
            "Microsoft Office Standard 2016",
            "jean@x.example",
            "True",
            "12,50 €",
            "\"a;b\"",
        ];
        let row = |wide: usize, from: usize| {
            let cells: Vec<&str> = values.iter().cycle().skip(from).take(wide).copied().collect();
            cells.join(";")
        };
        let seed = |(at, headings): (usize, &String)| {
            let wide = headings.split(';').count();
            let rows: Vec<String> = (0..values.len()).map(|from| row(wide, from)).collect();
            [&[u8::try_from(at).unwrap_or(0)], rows.join("\n").as_bytes()].concat()
        };
        return all.iter().enumerate().map(seed).collect();
    }
    if reader == "container" {
        return archive().into_iter().collect();
    }
    if reader == "pdf" {
        return vec![pdf("BT /F1 12 Tf (Contrat 68112233) Tj ET").into_bytes()];
    }
    let texts: &[&str] = match reader {
        "agent_json" => &[
            r#"{"action":"inventory","deviceid":"PC-2026-11-01-08-00-00","itemtype":"Computer","partial":true,"content":{"hardware":{"name":"PC","uuid":"4C4C4544-0042-3510-8054-B4C04F4B3132","vmsystem":"Physical"},"bios":{"ssn":"MZ01A7"},"cpus":[{"core":4,"thread":8}],"operatingsystem":{"full_name":"Microsoft Windows 11 Pro"},"softwares":[{"name":"Office","version":"16","install_date":"2026-01-02"}],"virtualmachines":[{"name":"vm1","vcpu":2}],"databases_services":[{"type":"mssql","name":"SQL"}]}}"#,
        ],
        "agent_xml" => &[
            "<?xml version=\"1.0\"?><REQUEST><CONTENT><HARDWARE><NAME>PC</NAME></HARDWARE><BIOS><SSN>MZ01</SSN></BIOS><SOFTWARES><NAME>Office</NAME><VERSION>16</VERSION></SOFTWARES><VIRTUALMACHINES><NAME>v</NAME></VIRTUALMACHINES></CONTENT><DEVICEID>PC-1</DEVICEID><QUERY>INVENTORY</QUERY></REQUEST>",
        ],
        "clixml" => &[
            "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\"><Obj RefId=\"0\"><MS><S N=\"DisplayName\">Office_x000A_</S><S N=\"DisplayVersion\">16</S><Obj N=\"Publisher\"><ToString>M</ToString></Obj></MS></Obj></Objs>",
        ],
        "sql_summary" => &[
            "Overall summary:\n  Machine name:  SRV\n\n  Product    Instance    Instance ID  Feature                   Language  Edition            Version  Clustered\n  SQL 2022   DEV         M.DEV        Database Engine Services  1033      Developer Edition  16.0     No\n",
        ],
        "cyclonedx" => &[
            r#"{"bomFormat":"CycloneDX","components":[{"type":"application","name":"Office","components":[{"type":"library","name":"x"}],"licenses":[{"license":{"name":"l","licensing":{"purchaseOrder":"1"}}}]}]}"#,
        ],
        "declared" => &[
            "[[server]]\nid = \"s\"\nprocessors = 2\n\n[[entitlement]]\nid = \"e\"\nquantity = 3\npurchased = 2020-01-01\n",
        ],
        "entitlements" => &[
            "<EntLibrary xmlns=\"http://standards.iso.org/iso/19770/-3/2016/schema.xsd\"><Ent entId=\"1\" productName=\"Office\"><Metric metric=\"device\" quantity=\"3\"/><Meta vocabulary=\"quittance\"/><AssignedTo>PC</AssignedTo></Ent></EntLibrary>",
        ],
        "ldif" => &[
            "dn: CN=PC,DC=x\ncn: PC\nobjectClass: computer\noperatingSystem:: V2luZG93cw==\nlastLogonTimestamp: 134388234420000000\n\ndn:: bad\n",
        ],
        "mapping" => &["\u{0}PC-1;Office;16;20/11/2026;3\nPC-2;\"x\ny\";;;\n"],
        "ocs_json" => &[
            r#"{"inventory":{"BIOS":[{"SERIAL NUMBER":" S1"}],"CPUS":[{"CORES NUMBER":4}],"SOFTWARES":[{"NAME":" Visio","VERSION":16.0}]}}"#,
        ],
        "osquery" => &[
            r#"[{"name":"Office","version":"16","identifying_number":"{A}","hostIdentifier":"pc4"}]"#,
            "{\"name\":\"programs\",\"hostIdentifier\":\"h\",\"action\":\"added\",\"unixTime\":1790000000,\"columns\":{\"name\":\"a\",\"version\":\"1\",\"install_source\":\"\"}}\n{\"name\":\"programs\",\"hostIdentifier\":\"h\",\"action\":\"removed\",\"columns\":{\"name\":\"a\",\"version\":\"1\",\"install_source\":\"\"}}\n",
        ],
        "other_xml" => &[
            "<SoftwareIdentity name=\"Office\" tagId=\"t\" version=\"16\"><Entity name=\"M\" role=\"tagCreator\"/></SoftwareIdentity>",
            "<ArrayOfDiscoveryInformation><DiscoveryInformation><Product>SQL</Product><Instance>I</Instance><Feature>Database Engine Services</Feature><Edition>Standard</Edition><Version>13</Version></DiscoveryInformation></ArrayOfDiscoveryInformation>",
        ],
        "registry" => &[
            "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\{B}]\r\n\"DisplayName\"=\"Office\"\r\n\"V\"=hex(2):31,00,\\\r\n  2e,00\r\n\"SystemComponent\"=dword:00000001\r\n",
        ],
        "tenant_json" => &[
            r#"{"value":[{"skuPartNumber":"SPE_E3","consumedUnits":3,"prepaidUnits":{"enabled":5}}]}"#,
            r#"[{"userPrincipalName":"a@x.example","assignedLicenses":[{"skuId":"x"}]}]"#,
        ],
        "text_blocks" => &[
            "NumberOfCores=8\r\r\nName=Xeon\r\r\nSystemName=SRV1\r\r\n\r\r\n",
            "DisplayName          DisplayVersion Publisher\r\n-----------          -------------- ---------\r\nMicrosoft Office     16.0           Microsoft\r\n",
        ],
        _ => &[],
    };
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// A PDF of one page with the given operators.
pub fn pdf(operators: &str) -> String {
    let objects = [
        "1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n".to_owned(),
        "2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n".to_owned(),
        "3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>\nendobj\n".to_owned(),
        format!("4 0 obj\n<< /Length {} >>\nstream\n{operators}\nendstream\nendobj\n", operators.len()),
        "5 0 obj\n<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>\nendobj\n".to_owned(),
    ];
    let mut text = "%PDF-1.4\n".to_owned();
    let mut places = Vec::new();
    for object in &objects {
        places.push(format!("{:010} 00000 n \n", text.len()));
        text.push_str(object);
    }
    let at = text.len();
    format!(
        "{text}xref\n0 {}\n0000000000 65535 f \n{}trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{at}\n%%EOF\n",
        places.len() + 1,
        places.concat(),
        places.len() + 1
    )
}

/// An archive of two members.
fn archive() -> Option<Vec<u8>> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in
        [("a.csv", "DisplayName;DisplayVersion;Publisher\nOffice;16;Microsoft\n"), ("b/c.ldf", "dn: CN=PC\ncn: PC\n")]
    {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).ok()?;
        archive.write_all(text.as_bytes()).ok()?;
    }
    Some(archive.finish().ok()?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reader_is_tried_with_what_it_reads() {
        assert!(READERS.is_sorted());
        for reader in READERS {
            for seed in seeds(reader) {
                assert_eq!(run(reader, &seed), Ok(()), "{reader}");
            }
            for bytes in [&b""[..], b"\0", b"\xff\xfe", b"PK\x03\x04", b"regf"] {
                assert_eq!(run(reader, bytes), Ok(()), "{reader}");
            }
        }
    }
}
