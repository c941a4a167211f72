//! Ateliers Vauban SA as a model: people, PCs, servers and virtual machines. The files are only views of it.
//!
//! Every number that the position depends on is a constant of this file, so that `demo/README.md` can be checked
//! against it by eye; chance only decides names, serials, dates and which harmless titles stand beside.

use super::random::Random;
use super::servers;
use std::collections::BTreeSet;

/// The directory's DNS name.
pub(crate) const DOMAIN: &str = "vauban.example";

/// A person with an account.
pub(crate) struct Person {
    pub(crate) first: String,
    pub(crate) last: String,
    pub(crate) login: String,
    pub(crate) site: &'static str,
    pub(crate) department: &'static str,
    /// Plan in the tenant, or none.
    pub(crate) plan: Option<&'static str>,
}

/// Which Office stands on a PC.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Office {
    None,
    Standard2010,
    Standard2013,
    Standard2016,
    ProPlus2019,
    HomeBusiness2019,
    Apps,
}

/// Which tool speaks of a PC.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    Glpi,
    Ocs,
    PowerShell,
    /// Only the directory knows it.
    DirectoryOnly,
}

/// A client PC.
pub(crate) struct Pc {
    pub(crate) name: String,
    pub(crate) site: &'static str,
    pub(crate) uuid: String,
    pub(crate) serial: String,
    pub(crate) model: &'static str,
    pub(crate) laptop: bool,
    /// Edition and version that runs: `Professionnel 10`, as the operating system words it in French.
    pub(crate) windows: &'static str,
    /// Windows it was bought with, if the register of purchases knows.
    pub(crate) oem: Option<&'static str>,
    pub(crate) office: Office,
    /// Other licensable titles.
    pub(crate) extras: Vec<(&'static str, &'static str, &'static str)>,
    pub(crate) user: Option<usize>,
    pub(crate) in_domain: bool,
    pub(crate) tool: Tool,
}

/// A physical server that is not a VMware host.
pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) os: &'static str,
    pub(crate) processors: u32,
    pub(crate) cores: u32,
    pub(crate) sql: Option<Sql>,
    pub(crate) uuid: String,
    pub(crate) serial: String,
}

/// An SQL Server: marketing version, build, and the edition it reports (none: it could not be asked).
#[derive(Clone, Copy)]
pub(crate) struct Sql {
    pub(crate) version: &'static str,
    pub(crate) build: &'static str,
    pub(crate) edition: Option<&'static str>,
    pub(crate) instance: &'static str,
}

/// A VMware host.
pub(crate) struct Host {
    pub(crate) name: String,
    pub(crate) cluster: &'static str,
    pub(crate) cores: u32,
    pub(crate) uuid: String,
    pub(crate) serial: String,
}

/// A virtual machine.
pub(crate) struct Vm {
    pub(crate) name: &'static str,
    pub(crate) host: String,
    pub(crate) cluster: &'static str,
    pub(crate) os: &'static str,
    pub(crate) vcpus: u32,
    pub(crate) template: bool,
    pub(crate) sql: Option<Sql>,
    pub(crate) uuid: String,
}

/// The whole company.
pub(crate) struct Company {
    pub(crate) people: Vec<Person>,
    pub(crate) pcs: Vec<Pc>,
    pub(crate) servers: Vec<Server>,
    pub(crate) hosts: Vec<Host>,
    pub(crate) vms: Vec<Vm>,
}

const FIRST: [&str; 44] = [
    "Amélie",
    "André",
    "Anne",
    "Antoine",
    "Aurélie",
    "Benoît",
    "Camille",
    "Carla",
    "Céline",
    "Chloé",
    "Denis",
    "Diogo",
    "Élodie",
    "Émile",
    "Estelle",
    "Filipa",
    "François",
    "Geneviève",
    "Gonçalo",
    "Hélène",
    "Hugo",
    "Inês",
    "Isabelle",
    "Jérôme",
    "João",
    "Julie",
    "Léa",
    "Loïc",
    "Luc",
    "Marc",
    "Maëlle",
    "Nuno",
    "Océane",
    "Olivier",
    "Paulo",
    "Pierre",
    "Raphaël",
    "Rui",
    "Sofia",
    "Stéphane",
    "Thérèse",
    "Valérie",
    "Xavier",
    "Zoé",
];
const LAST: [&str; 48] = [
    "Abadie",
    "Almeida",
    "Arnaud",
    "Beauchamp",
    "Bélanger",
    "Bernède",
    "Bouchard",
    "Cabral",
    "Capdeville",
    "Castagnède",
    "Clavé",
    "Côté",
    "Cunha",
    "Darrieux",
    "Delmas",
    "Duprat",
    "Durieu",
    "Escande",
    "Faria",
    "Fauré",
    "Figueiredo",
    "Gagné",
    "Garrigue",
    "Gélinas",
    "Lacoste",
    "Lafitte",
    "Lamarque",
    "Lavoie",
    "Lopes",
    "Marquès",
    "Mascaret",
    "Matos",
    "Monteiro",
    "Moura",
    "Nogaro",
    "Ouellet",
    "Pelletier",
    "Peyrat",
    "Pinheiro",
    "Ramonède",
    "Ribeiro",
    "Sarrazin",
    "Tavares",
    "Teixeira",
    "Thibault",
    "Vasconcelos",
    "Verdier",
    "Videau",
];
const DEPARTMENTS: [&str; 8] = [
    "Achats",
    "Bureau d'études",
    "Commerce",
    "Comptabilité",
    "Logistique",
    "Méthodes",
    "Qualité",
    "Ressources humaines",
];
const DESKTOPS: [&str; 3] = ["ThinkCentre M70q", "OptiPlex 3090", "HP ProDesk 400 G7"];
const LAPTOPS: [&str; 3] = ["ThinkPad L14 Gen 3", "Latitude 5430", "HP ProBook 450 G8"];

/// Plain ASCII of a name, lower case: what a login is made of.
fn plain(text: &str) -> String {
    text.to_lowercase()
        .chars()
        .filter_map(|c| match c {
            'a'..='z' => Some(c),
            'é' | 'è' | 'ê' | 'ë' => Some('e'),
            'à' | 'â' | 'ã' => Some('a'),
            'ç' => Some('c'),
            'î' | 'ï' => Some('i'),
            'ô' => Some('o'),
            _ => None,
        })
        .collect()
}

/// A group of equal PCs: site, how many, Windows running, Windows bought with, Office, has a user of its own.
type Group = (&'static str, usize, &'static str, Option<&'static str>, Office, bool);

const W7: &str = "Windows 7 Professionnel";
const W10: &str = "Windows 10 Professionnel";
const W10E: &str = "Windows 10 Entreprise";
const W11: &str = "Windows 11 Professionnel";

/// The 360 PCs. Sites: Bordeaux 230, Porto 80, Montreal 50.
const GROUPS: [Group; 20] = [
    // Microsoft 365 Apps: 118 PCs of 110 people with E3 (the first eight of them have two), then 5 PCs of people with E1.
    ("BDX", 88, W11, Some(W11), Office::Apps, true),
    ("OPO", 15, W11, Some(W11), Office::Apps, true),
    ("MTL", 15, W11, Some(W11), Office::Apps, true),
    ("MTL", 5, W11, Some(W11), Office::Apps, true),
    ("BDX", 30, W10, Some(W10), Office::Standard2010, true),
    ("OPO", 12, W10, Some(W10), Office::Standard2010, true),
    ("BDX", 22, W10, Some(W10), Office::Standard2013, true),
    ("OPO", 18, W10, Some(W10), Office::Standard2013, true),
    ("BDX", 30, W10, Some(W10), Office::Standard2016, true),
    ("OPO", 20, W10, Some(W10), Office::Standard2016, true),
    ("MTL", 17, W10E, Some(W10), Office::Standard2016, true),
    ("MTL", 3, W10E, Some("Windows 10 Famille"), Office::Standard2016, true),
    ("BDX", 20, W11, Some(W11), Office::ProPlus2019, true),
    ("MTL", 9, W10, Some(W10), Office::HomeBusiness2019, true),
    // At the machine tools: a workgroup of their own, shared by the shifts.
    ("BDX", 12, W7, Some(W7), Office::Standard2010, false),
    ("BDX", 6, W7, Some(W10), Office::Standard2010, false),
    ("BDX", 18, W10, Some(W10), Office::None, false),
    ("OPO", 15, W10, Some(W10), Office::None, false),
    ("MTL", 1, W10, Some(W10), Office::None, false),
    // The training room: in the directory, never inventoried, no purchase found.
    ("BDX", 4, W10, None, Office::None, false),
];

/// People with a Microsoft 365 E3 plan, and those with Office 365 E1.
pub(crate) const E3: usize = 110;
/// People with Office 365 E1; five of them are those whose PCs carry the desktop apps.
pub(crate) const E1: usize = 40;

fn people(random: &mut Random) -> Vec<Person> {
    let mut taken = BTreeSet::new();
    let mut people = Vec::new();
    // One per PC that has a user of its own, less the eight second PCs: 304 - 8.
    while people.len() < 296 {
        let (first, last) = (*random.pick(&FIRST), *random.pick(&LAST));
        let login: String = plain(first).chars().take(1).chain(plain(last).chars()).collect();
        if !taken.insert(login.clone()) {
            continue;
        }
        let plan = match people.len() {
            n if n < E3 => Some("Microsoft 365 E3"),
            n if n < E3 + E1 => Some("Office 365 E1"),
            _ => None,
        };
        people.push(Person {
            first: first.to_owned(),
            last: last.to_owned(),
            login,
            site: "BDX",
            department: random.pick::<&str>(&DEPARTMENTS),
            plan,
        });
    }
    people
}

/// The licensable titles beside Office, by the number of the PC within its Office group.
fn extras(office: Office, nth: usize, site: &str) -> Vec<(&'static str, &'static str, &'static str)> {
    const MS: &str = "Microsoft Corporation";
    let mut extras = Vec::new();
    if office == Office::Standard2016 {
        match nth {
            0..=4 => extras.push(("Microsoft Visio Standard 2016", MS, "16.0.4266.1001")),
            // One Visio, listed once a language.
            30 => {
                extras.push(("Microsoft Visio Standard 2016 - fr-fr", MS, "16.0.10416.20007"));
                extras.push(("Microsoft Visio Standard 2016 - pt-pt", MS, "16.0.10416.20007"));
            }
            5..=8 => extras.push(("Microsoft Visio Professionnel 2016", MS, "16.0.4266.1001")),
            9..=11 => extras.push(("Microsoft Project Standard 2016", MS, "16.0.4266.1001")),
            _ => {}
        }
        // Ten PCs have kept their Office 2010 beside the new one.
        if site == "BDX" && (15..25).contains(&nth) {
            extras.push(("Microsoft Office Standard 2010", MS, "14.0.7015.1000"));
        }
    }
    if office == Office::ProPlus2019 {
        match nth {
            0..=2 => extras.push(("Visual Studio Professional 2022", MS, "17.11.35327.3")),
            3..=7 => extras.push(("Microsoft Project Professionnel 2019 - fr-fr", MS, "16.0.10416.20007")),
            _ => {}
        }
    }
    extras
}

fn pcs(random: &mut Random, people: &mut [Person]) -> Vec<Pc> {
    let mut pcs: Vec<Pc> = Vec::new();
    let mut numbers: std::collections::BTreeMap<String, usize> = Default::default();
    let mut nth_of_office: Vec<(Office, usize)> = Vec::new();
    let mut next_user = 0;
    for (site, count, windows, oem, office, personal) in GROUPS {
        for _ in 0..count {
            let kind = if !personal && oem.is_some() {
                "AT"
            } else if personal {
                "PC"
            } else {
                "FORM"
            };
            let stem = format!("{site}-{kind}");
            let number = numbers.entry(stem.clone()).and_modify(|n| *n += 1).or_insert(1);
            let name = format!("{stem}-{number:03}");
            let nth = match nth_of_office.iter_mut().find(|(each, _)| *each == office) {
                Some((_, n)) => {
                    *n += 1;
                    *n
                }
                None => {
                    nth_of_office.push((office, 0));
                    0
                }
            };
            // Eight of the PCs with the apps are second PCs of the first eight people.
            let second = office == Office::Apps && (80..88).contains(&nth);
            let user = if !personal {
                None
            } else if second {
                Some(nth - 80)
            } else {
                next_user += 1;
                Some(next_user - 1)
            };
            if let Some(person) = user.and_then(|user| people.get_mut(user)) {
                person.site = site;
            }
            let laptop = personal && random.chance(45);
            let tool = match () {
                () if oem.is_none() => Tool::DirectoryOnly,
                () if office == Office::Standard2013 && nth < 8 => Tool::PowerShell,
                () if name == "MTL-PC-003" => Tool::Ocs,
                () => Tool::Glpi,
            };
            // Five PCs put together by a workshop: the board's maker left its serial and UUID unset.
            let placeholder = !personal && site == "OPO" && number.is_multiple_of(3);
            pcs.push(Pc {
                site,
                uuid: if placeholder { "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF".to_owned() } else { random.uuid() },
                serial: if placeholder { "To be filled by O.E.M.".to_owned() } else { random.serial(8) },
                model: if laptop { random.pick::<&str>(&LAPTOPS) } else { random.pick::<&str>(&DESKTOPS) },
                laptop,
                windows,
                oem,
                office,
                extras: extras(office, nth, site),
                user,
                in_domain: personal || oem.is_none(),
                tool,
                name,
            });
        }
    }
    pcs
}

impl Company {
    /// The company, always the same one.
    pub(crate) fn new() -> Self {
        let mut random = Random::new(0x5641_5542_414E);
        let mut people = people(&mut random);
        let pcs = pcs(&mut random, &mut people);
        let servers = servers::servers(&mut random);
        let hosts = servers::hosts(&mut random);
        let vms = servers::vms(&mut random);
        Self { people, pcs, servers, hosts, vms }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The head counts that `demo/README.md` states.
    #[test]
    fn the_company_has_the_size_told() {
        let company = Company::new();
        assert_eq!(company.people.len(), 296);
        assert_eq!(company.pcs.len(), 360);
        for (site, count) in [("BDX", 230), ("OPO", 80), ("MTL", 50)] {
            assert_eq!(company.pcs.iter().filter(|pc| pc.site == site).count(), count, "{site}");
        }
        assert_eq!(company.servers.len() + company.hosts.len(), 30);
        assert_eq!(company.vms.iter().filter(|vm| !vm.template).count(), 26);
        let names: BTreeSet<&str> = company.pcs.iter().map(|pc| pc.name.as_str()).collect();
        assert_eq!(names.len(), 360);
        let users: BTreeSet<usize> = company.pcs.iter().filter_map(|pc| pc.user).collect();
        assert_eq!(users.len(), 296, "everybody with an account has a PC");
    }

    /// The sums of `demo/README.md` that are mere counts of the model.
    #[test]
    fn the_groups_are_those_told() {
        let company = Company::new();
        let office = |office| company.pcs.iter().filter(|pc| pc.office == office).count();
        assert_eq!(office(Office::Apps), 123);
        assert_eq!(office(Office::Standard2010), 60);
        assert_eq!(office(Office::Standard2013), 40);
        assert_eq!(office(Office::Standard2016), 70);
        assert_eq!(office(Office::ProPlus2019), 20);
        assert_eq!(office(Office::HomeBusiness2019), 9);
        let windows = |name| company.pcs.iter().filter(|pc| pc.windows == name).count();
        assert_eq!((windows(W7), windows(W10), windows(W10E), windows(W11)), (18, 179, 20, 143));
        let with = |title: &str| {
            company.pcs.iter().filter(|pc| pc.extras.iter().any(|(name, _, _)| name.starts_with(title))).count()
        };
        assert_eq!(with("Microsoft Visio Standard"), 6);
        assert_eq!(with("Microsoft Visio Professionnel"), 4);
        assert_eq!(with("Microsoft Project Professionnel"), 5);
        assert_eq!(with("Microsoft Project Standard"), 3);
        assert_eq!(with("Visual Studio Professional"), 3);
        assert_eq!(with("Microsoft Office Standard 2010"), 10);
    }

    /// Plans follow the PCs: whoever has the apps has E3, but for the five with E1.
    #[test]
    fn five_people_have_the_apps_without_a_plan_for_them() {
        let company = Company::new();
        let mut by_plan = [0, 0];
        for user in
            company.pcs.iter().filter(|pc| pc.office == Office::Apps).filter_map(|pc| pc.user).collect::<BTreeSet<_>>()
        {
            match company.people[user].plan {
                Some("Microsoft 365 E3") => by_plan[0] += 1,
                Some("Office 365 E1") => by_plan[1] += 1,
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(by_plan, [110, 5]);
    }
}
