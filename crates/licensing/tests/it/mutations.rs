//! Sound assignments of every family, each spoilt in one thing at a time: an amount, a capacity, a day, an edition, a metric, a
//! machine. The verifier must refuse every one of them, whatever the demands and lots claim.

use jiff::civil::{Date, date};
use licensing::assignment::verify::{Facts, verify};
use licensing::assignment::{Assignment, assign};
use licensing::casebook;
use licensing::deployments::Estate;
use licensing::requirements::{Demand, Index, Lot, Reading, Scene, lots, requirements};
use licensing::side_by_side::SideBySide;
use licensing::terms::{Prices, Terms};

/// A finished position before lines are made of it, with the facts that it is held against.
#[derive(Clone)]
struct Case {
    facts: Estate,
    as_of: Date,
    demands: Vec<Demand>,
    lots: Vec<Lot>,
    assignment: Assignment,
}

/// Estates in which every lot is used to the last unit.
const ESTATES: [(&str, &str); 22] = [
    (
        "a stack of Windows Server cores",
        "[[server]]\nid = 's'\nprocessors = 2\ncores_per_processor = 10\nphysical_ose_role = 'hosting_only'\n\
         [[vm]]\nid = 'v'\nhost = 's'\ncount = 4\nvcpus = 2\n\
         [[install]]\non = 'v'\nproduct = 'Windows Server'\nedition = 'Standard'\nversion = '2019'\n\
         [[entitlement]]\nid = 'e'\nproduct = 'Windows Server'\nedition = 'Standard'\nversion = '2019'\nmetric = 'core'\nquantity = 40\nchannel = 'volume'\n",
    ),
    (
        "processor pairs",
        "[[server]]\nid = 's'\nprocessors = 4\ncores_per_processor = 4\nphysical_ose_role = 'workload'\n\
         [[install]]\non = 's'\nproduct = 'Windows Server'\nedition = 'Standard'\nversion = '2012 R2'\n\
         [[entitlement]]\nid = 'e'\nproduct = 'Windows Server'\nedition = 'Standard'\nversion = '2012 R2'\nmetric = 'processor_pair'\nquantity = 2\nchannel = 'volume'\n",
    ),
    (
        "servers of 2008 R2",
        "[[server]]\nid = 's'\nprocessors = 1\ncores_per_processor = 4\ncount = 3\nphysical_ose_role = 'workload'\n\
         [[install]]\non = 's'\nproduct = 'Windows Server'\nedition = 'Standard'\nversion = '2008 R2'\n\
         [[entitlement]]\nid = 'e'\nproduct = 'Windows Server'\nedition = 'Standard'\nversion = '2008 R2'\nmetric = 'server'\nquantity = 3\nchannel = 'volume'\n",
    ),
    (
        "a whole host of Datacenter under a subscription",
        "[[server]]\nid = 's'\nprocessors = 2\ncores_per_processor = 12\nphysical_ose_role = 'hosting_only'\n\
         [[vm]]\nid = 'v'\nhost = 's'\ncount = 9\nvcpus = 8\n\
         [[install]]\non = 'v'\nproduct = 'Windows Server'\nedition = 'Datacenter'\nversion = '2022'\n\
         [[entitlement]]\nid = 'e'\nproduct = 'Windows Server'\nedition = 'Datacenter'\nversion = '2022'\nmetric = 'core'\nquantity = 24\n\
         channel = 'csp_subscription'\nsa_until = 2026-01-31\n",
    ),
    (
        "cores of a SQL Server",
        "[[server]]\nid = 's'\nprocessors = 2\ncores_per_processor = 6\n\
         [[install]]\non = 's'\nproduct = 'SQL Server'\nedition = 'Standard'\nversion = '2019'\n\
         [[entitlement]]\nid = 'e'\nproduct = 'SQL Server'\nedition = 'Standard'\nversion = '2019'\nmetric = 'core'\nquantity = 12\nchannel = 'volume'\n",
    ),
    (
        "virtual cores of SQL Server",
        "[[server]]\nid = 'h'\nprocessors = 2\ncores_per_processor = 8\n[[vm]]\nid = 'v'\nhost = 'h'\nvcpus = 6\n\
         [[install]]\non = 'v'\nproduct = 'SQL Server'\nedition = 'Standard'\nversion = '2019'\n\
         [[entitlement]]\nid = 'e'\nproduct = 'SQL Server'\nedition = 'Standard'\nversion = '2017'\nmetric = 'core'\nquantity = 6\nchannel = 'volume'\nsa_until = 2026-01-31\n",
    ),
    (
        "a host of SQL Server Enterprise",
        "[[server]]\nid = 'h'\nprocessors = 2\ncores_per_processor = 8\n[[vm]]\nid = 'v'\nhost = 'h'\nvcpus = 8\ncount = 5\n\
         [[install]]\non = 'v'\nproduct = 'SQL Server'\nedition = 'Enterprise'\nversion = '2019'\n\
         [[entitlement]]\nid = 'e'\nproduct = 'SQL Server'\nedition = 'Enterprise'\nversion = '2019'\nmetric = 'core'\nquantity = 16\nchannel = 'volume'\nsa_until = 2026-01-31\n",
    ),
    (
        "processors of SQL Server",
        "[[server]]\nid = 's'\nprocessors = 4\ncores_per_processor = 4\n\
         [[install]]\non = 's'\nproduct = 'SQL Server'\nedition = 'Enterprise'\nversion = '2008'\n\
         [[entitlement]]\nid = 'e'\nproduct = 'SQL Server'\nedition = 'Enterprise'\nversion = '2008'\nmetric = 'processor'\nquantity = 4\nchannel = 'volume'\n",
    ),
    (
        "managed servers",
        "[[server]]\nid = 's'\nprocessors = 2\ncores_per_processor = 10\nmanaged = true\n[[vm]]\nid = 'v'\nhost = 's'\ncount = 3\nmanaged = true\n\
         [[entitlement]]\nid = 'e'\nproduct = 'System Center'\nedition = 'Standard'\nversion = '2019'\nmetric = 'core'\nquantity = 40\nchannel = 'volume'\nsa_until = 2026-01-31\n",
    ),
    (
        "BizTalk",
        "[[server]]\nid = 's'\nprocessors = 2\ncores_per_processor = 2\n\
         [[install]]\non = 's'\nproduct = 'BizTalk Server'\nedition = 'Standard'\nversion = '2016'\n\
         [[entitlement]]\nid = 'e'\nproduct = 'BizTalk Server'\nedition = 'Standard'\nversion = '2016'\nmetric = 'core'\nquantity = 8\nchannel = 'volume'\n",
    ),
    (
        "Exchange servers",
        "[[server]]\nid = 's'\nprocessors = 1\ncores_per_processor = 8\n[[vm]]\nid = 'v'\nhost = 's'\ncount = 3\nvcpus = 4\n\
         [[install]]\non = 'v'\nproduct = 'Exchange Server'\nedition = 'Standard'\nversion = '2016'\n\
         [[entitlement]]\nid = 'e'\nproduct = 'Exchange Server'\nedition = 'Standard'\nversion = '2016'\nmetric = 'server'\nquantity = 3\nchannel = 'volume'\n",
    ),
    (
        "Office",
        "[[device]]\nid = 'd'\ncount = 7\n[[install]]\non = 'd'\nproduct = 'Office'\nedition = 'Standard'\nversion = '2016'\n\
         [[entitlement]]\nid = 'e'\nproduct = 'Office'\nedition = 'Standard'\nversion = '2016'\nmetric = 'device'\nquantity = 7\nchannel = 'volume'\n",
    ),
    (
        "upgrades of Windows",
        "[[device]]\nid = 'd'\ncount = 7\noem_os = 'Windows 10 Pro'\n[[install]]\non = 'd'\nproduct = 'Windows'\nedition = 'Enterprise'\nversion = '10'\n\
         [[entitlement]]\nid = 'e'\nproduct = 'Windows'\nedition = 'Enterprise'\nversion = '10'\nmetric = 'device_upgrade'\nquantity = 7\nchannel = 'volume'\n",
    ),
    (
        "access",
        "[[server]]\nid = 's'\nprocessors = 1\ncores_per_processor = 8\n[[user]]\nid = 'u'\ncount = 9\n\
         [[install]]\non = 's'\nproduct = 'Windows Server'\nedition = 'Standard'\nversion = '2016'\n[[access]]\nwho = 'u'\nto = 's'\n\
         [[entitlement]]\nid = 'e'\nproduct = 'Windows Server CAL'\nedition = 'User'\nversion = '2016'\nmetric = 'user_cal'\nquantity = 9\nchannel = 'volume'\n",
    ),
    (
        "apps of people",
        "[[user]]\nid = 'u'\ncount = 9\n[[device]]\nid = 'd'\ncount = 12\nused_by = 'u'\n\
         [[install]]\non = 'd'\nproduct = 'Microsoft 365 Apps for enterprise'\nedition = 'none'\nversion = 'current'\n\
         [[entitlement]]\nid = 'e'\nproduct = 'Microsoft 365 Apps for enterprise'\nedition = 'none'\nversion = 'current'\nmetric = 'user_sub'\nquantity = 9\nchannel = 'volume'\nsa_until = 2026-01-31\n",
    ),
    (
        "apps of each plan",
        "[[user]]\nid = 'u'\ncount = 9\nplan = 'Microsoft 365 Apps for enterprise'\n[[device]]\nid = 'd'\ncount = 12\nused_by = 'u'\n\
         [[install]]\non = 'd'\nproduct = 'Microsoft 365 Apps for enterprise'\nedition = 'none'\nversion = 'current'\n\
         [[entitlement]]\nid = 'e'\nproduct = 'Microsoft 365 Apps for enterprise'\nedition = 'none'\nversion = 'current'\nmetric = 'user_sub'\nquantity = 9\nchannel = 'volume'\nsa_until = 2026-01-31\n",
    ),
    (
        "Visio from a plan",
        "[[user]]\nid = 'u'\ncount = 4\n[[device]]\nid = 'd'\ncount = 4\nused_by = 'u'\n\
         [[install]]\non = 'd'\nproduct = 'Visio'\nedition = 'Plan 2'\nversion = 'current'\n\
         [[entitlement]]\nid = 'e'\nproduct = 'Visio'\nedition = 'Plan 2'\nversion = 'current'\nmetric = 'user_sub'\nquantity = 4\nchannel = 'volume'\nsa_until = 2026-01-31\n",
    ),
    (
        "Windows Enterprise for people",
        "[[user]]\nid = 'u'\ncount = 5\n[[device]]\nid = 'd'\ncount = 7\nused_by = 'u'\noem_os = 'Windows 10 Pro'\n\
         [[install]]\non = 'd'\nproduct = 'Windows'\nedition = 'Enterprise'\nversion = '10'\n\
         [[entitlement]]\nid = 'e'\nproduct = 'Windows Enterprise E3'\nedition = 'none'\nversion = 'current'\nmetric = 'user_sub'\nquantity = 5\nchannel = 'volume'\nsa_until = 2026-01-31\n",
    ),
    (
        "developers",
        "[[user]]\nid = 'u'\ncount = 6\n[[device]]\nid = 'd'\ncount = 6\nused_by = 'u'\n\
         [[install]]\non = 'd'\nproduct = 'Visual Studio'\nedition = 'Professional'\nversion = '2022'\n\
         [[entitlement]]\nid = 'e'\nproduct = 'Visual Studio Professional subscription'\nedition = 'Professional'\nversion = 'current'\nmetric = 'user_sub'\nquantity = 6\nchannel = 'volume'\nsa_until = 2026-01-31\n",
    ),
    (
        "testers",
        "[[user]]\nid = 'u'\ncount = 6\n[[server]]\nid = 's'\nprocessors = 1\ncores_per_processor = 8\n[[access]]\nwho = 'u'\nto = 's'\n\
         [[install]]\non = 's'\nproduct = 'Windows Server'\nedition = 'Standard'\nversion = '2022'\nuse = 'dev_test'\n\
         [[device]]\nid = 'd'\nused_by = 'u'\n[[install]]\non = 'd'\nproduct = 'Visual Studio'\nedition = 'Professional'\nversion = '2022'\n\
         [[entitlement]]\nid = 'e'\nproduct = 'Visual Studio Professional subscription'\nedition = 'Professional'\nversion = 'current'\nmetric = 'user_sub'\nquantity = 6\nchannel = 'volume'\nsa_until = 2026-01-31\n",
    ),
    (
        "managed clients",
        "[[device]]\nid = 'd'\ncount = 8\nmanaged = true\n\
         [[entitlement]]\nid = 'e'\nproduct = 'Configuration Manager client ML'\nedition = 'none'\nversion = 'current'\nmetric = 'client_ml'\nquantity = 8\nchannel = 'volume'\nsa_until = 2026-01-31\n",
    ),
    (
        "a passive secondary larger than its primary",
        "[[server]]\nid = 'p'\nprocessors = 1\ncores_per_processor = 8\n[[server]]\nid = 's'\nprocessors = 2\ncores_per_processor = 8\nrole = 'passive_ha'\npassive_of = 'p'\n\
         [[install]]\non = 'p'\nproduct = 'SQL Server'\nedition = 'Standard'\nversion = '2019'\n[[install]]\non = 's'\nproduct = 'SQL Server'\nedition = 'Standard'\nversion = '2019'\nstate = 'passive'\n\
         [[entitlement]]\nid = 'e'\nproduct = 'SQL Server'\nedition = 'Standard'\nversion = '2019'\nmetric = 'core'\nquantity = 16\nchannel = 'volume'\nsa_until = 2026-01-31\n",
    ),
];

fn sound(facts: &str, terms: &Terms, prices: &Prices) -> Case {
    let (facts, unread) = casebook::parse_facts(facts).expect("facts parse");
    assert!(unread.is_empty(), "{unread:?}");
    let as_of = date(2025, 6, 30);
    let lots = lots(&facts, terms, as_of);
    let index = Index::new(&facts, &lots, terms);
    let scene = Scene {
        estate: &facts,
        lots: &lots,
        terms,
        as_of,
        reading: Reading::High,
        answered: None,
        index: &index,
        side_by_side: SideBySide::default(),
    };
    let demands = requirements(&scene).demands;
    let assignment = assign(&demands, &lots, prices);
    Case { facts, as_of, demands, lots, assignment }
}

/// The place of the demand that the lot serves.
fn served(case: &Case) -> usize {
    case.assignment.served.iter().position(|served| !served.uses.is_empty()).expect("the lot is used")
}

/// Asks `more` units for the served demand, or fewer, and covers as many.
fn ask(case: &mut Case, more: i64) {
    let at = served(case);
    let way = case.assignment.served[at].way;
    let change = |units: &mut u64| *units = units.checked_add_signed(more).expect("a small number");
    change(&mut case.demands[at].ways[way].units);
    if more < 0 {
        change(&mut case.assignment.served[at].covered);
        change(&mut case.assignment.served[at].uses[0].covered);
        change(&mut case.assignment.served[at].uses[0].base);
    }
}

/// A way to spoil a position, by its name.
type Mutation = (&'static str, fn(&mut Case));

const MUTATIONS: [Mutation; 18] = [
    ("one unit too few is asked for", |case| ask(case, -1)),
    ("one unit too many is asked for", |case| ask(case, 1)),
    ("half of it is asked for", |case| {
        let at = served(case);
        let half = case.assignment.served[at].covered / 2;
        ask(case, -i64::try_from(half.max(1)).expect("a small number"));
    }),
    ("more is covered than the lots give", |case| {
        let at = served(case);
        case.assignment.served[at].uses[0].base -= 1;
    }),
    ("the lot has a unit more than was bought", |case| {
        let lot = case.assignment.served[served(case)].uses[0].lot;
        case.lots[lot].units += 1;
        ask(case, 1);
        let at = served(case);
        case.assignment.served[at].covered += 1;
        case.assignment.served[at].uses[0].covered += 1;
        case.assignment.served[at].uses[0].base += 1;
    }),
    ("one unit less was bought", |case| case.facts.entitlements[0].quantity -= 1),
    ("nothing was bought", |case| case.facts.entitlements.clear()),
    ("another product was bought", |case| case.facts.entitlements[0].product = "Publisher".to_owned()),
    ("it was bought in another metric", |case| {
        let metric = &mut case.facts.entitlements[0].metric;
        *metric = if metric == "external_connector" { "core" } else { "external_connector" }.to_owned();
    }),
    ("the way is counted in another metric", |case| {
        let at = served(case);
        let way = case.assignment.served[at].way;
        case.demands[at].ways[way].metric = "external_connector".to_owned();
    }),
    ("an old version was bought, without assurance", |case| {
        let lot = &mut case.facts.entitlements[0];
        // A subscription has no version of its own, but a term.
        let term = (lot.metric == "user_sub").then_some(date(2024, 1, 31));
        (lot.version, lot.sa_until) = ("2000".to_owned(), term);
        lot.channel = "volume".to_owned();
    }),
    ("it came with another machine", |case| {
        let lot = &mut case.facts.entitlements[0];
        lot.channel = "oem".to_owned();
        lot.assigned_to = licensing::deployments::Words::One("elsewhere".to_owned());
    }),
    ("it was a subscription, and its term is over", |case| {
        let lot = &mut case.facts.entitlements[0];
        lot.channel = "csp_subscription".to_owned();
        lot.sa_until = Some(date(2024, 12, 31));
    }),
    ("the day of the position is after the term", |case| {
        case.facts.entitlements[0].channel = "csp_subscription".to_owned();
        case.facts.entitlements[0].sa_until.get_or_insert(date(2026, 1, 31));
        case.as_of = date(2026, 6, 30);
    }),
    ("a machine is named that is not there", |case| {
        let at = served(case);
        case.demands[at].subjects[0].0 = "nowhere".into();
    }),
    ("more machines are named than there are", |case| {
        let at = served(case);
        case.demands[at].subjects[0].2 += 1;
        ask(case, 1);
    }),
    ("there are twice as many of everything", |case| {
        case.facts.servers.iter_mut().for_each(|each| each.count *= 2);
        case.facts.vms.iter_mut().for_each(|each| each.count *= 2);
        case.facts.devices.iter_mut().for_each(|each| each.count *= 2);
        case.facts.users.iter_mut().for_each(|each| each.count *= 2);
        // What is named follows the facts; the sum stays.
        case.demands.iter_mut().flat_map(|demand| &mut demand.subjects).for_each(|each| each.2 *= 2);
    }),
    ("nobody asks for it: the lot serves a demand made up", |case| {
        let at = served(case);
        let again = Demand { key: "made-up".to_owned(), ..case.demands[at].clone() };
        let uses = case.assignment.served[at].clone();
        case.demands.push(again);
        case.assignment.served.push(uses);
    }),
];

fn objections(case: &Case, terms: &Terms) -> Vec<&'static str> {
    let facts = Facts::new(&case.facts, terms, case.as_of);
    let found = verify(&facts, Reading::High, &case.demands, &case.lots, &case.assignment);
    found.into_iter().map(|each| each.code).collect()
}

#[test]
fn every_spoilt_position_is_refused() {
    let terms = Terms::builtin().expect("shipped terms parse");
    let prices = Prices::builtin().expect("shipped prices parse");
    let mut missed = Vec::new();
    for (estate, facts) in ESTATES {
        let sound = sound(facts, &terms, &prices);
        assert_eq!(objections(&sound, &terms), Vec::<&str>::new(), "{estate} is sound");
        assert_eq!(sound.assignment.left, vec![0; sound.lots.len()], "{estate}: every unit is used");
        for (mutation, spoil) in MUTATIONS {
            let mut spoilt = sound.clone();
            spoil(&mut spoilt);
            if objections(&spoilt, &terms).is_empty() {
                missed.push(format!("{estate}: {mutation}"));
            }
        }
    }
    assert!(missed.is_empty(), "not refused:\n{}", missed.join("\n"));
}

/// Sizes and editions of what stands there, by estate: (what is changed, where).
type Change = (&'static str, &'static [usize], fn(&mut Estate));

const CHANGES: [Change; 11] = [
    ("the processors have more cores", &[0, 3, 4, 6, 8], |facts| {
        facts.servers[0].cores_per_processor = Some(16);
    }),
    ("the processors have fewer cores", &[0, 3, 4, 6, 8], |facts| {
        facts.servers[0].cores_per_processor = facts.servers[0].cores_per_processor.map(|cores| cores - 1);
    }),
    ("there are more processors", &[0, 1, 3, 4, 6, 7, 8, 9], |facts| {
        facts.servers[0].processors = facts.servers[0].processors.map(|processors| processors + 2);
    }),
    ("the machines have more virtual cores", &[5], |facts| facts.vms[0].vcpus = Some(8)),
    ("a higher edition stands there", &[0, 1, 2, 10], |facts| {
        for install in &mut facts.installs {
            install.edition = if install.product == "Windows Server" { "Datacenter" } else { "Enterprise" }.into();
        }
    }),
    ("more people are behind it", &[14, 15, 16, 17, 18, 19], |facts| facts.users[0].count += 1),
    ("more clients are managed", &[20], |facts| facts.devices[0].count += 1),
    ("the primary is smaller than it was", &[21], |facts| facts.servers[0].cores_per_processor = Some(6)),
    ("a higher edition of the suite stands there", &[11], |facts| {
        facts.installs.iter_mut().for_each(|install| install.edition = "Professional Plus".into());
    }),
    ("a higher edition of SQL Server stands there", &[4, 5], |facts| {
        facts.installs.iter_mut().for_each(|install| install.edition = "Enterprise".into());
    }),
    ("a newer version stands there", &[0, 1, 2, 4, 7, 9, 10, 11], |facts| {
        for install in &mut facts.installs {
            install.version = match install.product.as_str() {
                "BizTalk Server" => "2020",
                "Exchange Server" => "2019",
                "Office" => "2021",
                _ => "2022",
            }
            .into();
        }
    }),
];

#[test]
fn what_stands_there_is_looked_at_again() {
    let terms = Terms::builtin().expect("shipped terms parse");
    let prices = Prices::builtin().expect("shipped prices parse");
    let mut missed = Vec::new();
    for (what, estates, change) in CHANGES {
        for (estate, facts) in estates.iter().map(|at| ESTATES[*at]) {
            let mut case = sound(facts, &terms, &prices);
            change(&mut case.facts);
            if objections(&case, &terms).is_empty() {
                missed.push(format!("{estate}: {what}"));
            }
        }
    }
    assert!(missed.is_empty(), "not refused:\n{}", missed.join("\n"));
}
