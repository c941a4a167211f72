//! Virtual machines in Azure, as `az vm list` and `Get-AzVM` tell them in JSON.

use super::json::text;
use crate::Context;
use crate::reading::{Reading, Sink};
use crate::values::{short_name, uuid};
use licensing::facts::{AZURE_INCLUDED, Fact, Machine, MachineRef, Virtual};
use serde_json::Value;

/// A part of an object, whatever its case.
fn part<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    value
        .get(key)
        .or_else(|| value.as_object()?.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, v)| v))
}

/// True for a list of such machines.
pub(super) fn is_list(list: &[Value]) -> bool {
    !list.is_empty()
        && list.iter().all(|each| part(each, "hardwareProfile").is_some() && part(each, "storageProfile").is_some())
}

/// Reads the list. Whether Windows is paid with the machine or brought along is told by its licence type: none is told where it
/// is in the price.
pub(super) fn read(list: &[Value], encoding: &str, evidence: &str, context: &Context) -> Reading {
    let mut sink = Sink::new("azure-vms", encoding, evidence, context.limits.rows);
    for (index, each) in list.iter().enumerate() {
        if !sink.has_room() {
            sink.note("too-many-rows", "rows beyond the bound were not read");
            break;
        }
        let row = index as u64 + 1;
        let own = part(each, "osProfile").and_then(|profile| text(profile, "computerName"));
        let Some(name) = own.or_else(|| text(each, "name")) else {
            sink.reject(row, "no-name", "a virtual machine without a name", &each.to_string());
            continue;
        };
        let storage = part(each, "storageProfile");
        let windows = storage
            .and_then(|storage| part(storage, "osDisk"))
            .and_then(|disk| text(disk, "osType"))
            .is_some_and(|kind| kind.eq_ignore_ascii_case("windows"));
        let image = storage.and_then(|storage| part(storage, "imageReference"));
        let told = image.and_then(|image| Some((text(image, "offer")?, text(image, "sku").unwrap_or_default())));
        let brought = text(each, "licenseType").is_some_and(|kind| kind.to_lowercase().starts_with("windows"));
        let size = part(each, "hardwareProfile").and_then(|hardware| text(hardware, "vmSize"));
        let fact = Machine {
            id: MachineRef {
                uuid: text(each, "vmId").and_then(|id| uuid(&id)),
                name: Some(short_name(&name)),
                ..MachineRef::default()
            },
            os: match told {
                Some((offer, sku)) if windows => system_of_image(&offer, &sku),
                Some((offer, _)) => Some(offer),
                None => None,
            },
            os_channel: (windows && !brought).then(|| AZURE_INCLUDED.to_owned()),
            virtualisation: Some(Virtual {
                technology: "Azure".to_owned(),
                host: Some("azure".to_owned()),
                vcpus: size.as_deref().and_then(vcpus),
                template: false,
                powered: text(each, "powerState").map(|state| state.to_lowercase().contains("running")),
                configured_os: None,
            }),
            ..Machine::default()
        };
        sink.fact(row, Fact::Machine(fact), Vec::new());
    }
    sink.done()
}

/// The system of an image (`WindowsServer`, `2022-datacenter-g2`), in the words of its caption.
fn system_of_image(offer: &str, sku: &str) -> Option<String> {
    let (offer, sku) = (offer.to_lowercase(), sku.to_lowercase());
    let words: Vec<&str> = sku.split(['-', '_']).collect();
    if let Some(client) =
        words.first().and_then(|word| word.strip_prefix("win")).filter(|_| offer.starts_with("windows-1"))
    {
        let edition = if words.contains(&"ent") || words.contains(&"avd") { " Enterprise" } else { "" };
        let edition = if words.contains(&"pro") { " Pro" } else { edition };
        return Some(format!("Windows {client}{edition}"));
    }
    if offer != "windowsserver" {
        return None;
    }
    let year = words.first().filter(|word| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit()))?;
    let release = if words.get(1) == Some(&"r2") { " R2" } else { "" };
    let edition = if words.contains(&"datacenter") { " Datacenter" } else { "" };
    Some(format!("Windows Server {year}{release}{edition}"))
}

/// Virtual processors by the name of a size (`Standard_D4s_v5`, `Standard_E8-4s_v5`). The first generations did not name them so.
pub(crate) fn vcpus(size: &str) -> Option<u32> {
    let bare = size.strip_prefix("Standard_").unwrap_or(size);
    let (family, generation) = bare.split_once('_').unwrap_or((bare, ""));
    let letters = family.chars().take_while(char::is_ascii_alphabetic).count();
    let rest = family.get(letters..)?;
    let named = matches!(family.chars().next()?, 'B' | 'F')
        || matches!(generation.rsplit('_').next()?, "v3" | "v4" | "v5" | "v6");
    let digits = |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>().parse::<u32>().ok();
    let whole = digits(rest)?;
    // Sizes whose processors are constrained say to how many.
    let constrained = rest.split_once('-').and_then(|(_, kept)| digits(kept));
    named.then(|| constrained.unwrap_or(whole)).filter(|count| (1..=1000).contains(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_tell_their_processors_where_their_names_do() {
        for (size, wanted) in [
            ("Standard_D2s_v5", Some(2)),
            ("Standard_E8-4s_v5", Some(4)),
            ("Standard_B2ms", Some(2)),
            ("Standard_DS3_v2", None),
            ("Basic_A1", None),
            ("", None),
        ] {
            assert_eq!(vcpus(size), wanted, "{size}");
        }
    }

    #[test]
    fn images_tell_their_system() {
        let told = |offer, sku| system_of_image(offer, sku).unwrap_or_default();
        assert_eq!(told("WindowsServer", "2022-datacenter-g2"), "Windows Server 2022 Datacenter");
        assert_eq!(told("WindowsServer", "2012-R2-Datacenter"), "Windows Server 2012 R2 Datacenter");
        assert_eq!(told("windows-11", "win11-23h2-ent"), "Windows 11 Enterprise");
        assert_eq!(told("sql2019-ws2019", "standard"), "");
    }
}
