//! Lots as the engine sees them: base units, the versions they reach, and whether one may stand for a given need.

use crate::deployments::{Entitlement, Estate, Words, licensed_edition};
use crate::terms::Terms;
use jiff::civil::Date;

/// A lot of licences, ready to be assigned.
#[derive(Debug, Clone)]
pub struct Lot {
    /// Identifier of the entitlement.
    pub id: String,
    /// Place in the estate's list of entitlements.
    pub entitlement: usize,
    /// Product, without the words of a step-up.
    pub product: String,
    /// Edition.
    pub edition: String,
    /// Version as stated (resolved where it said `current`).
    pub version: String,
    /// Place in time of that version; `None`: the product has none, or it is unknown.
    pub rank: Option<usize>,
    /// Newest version with rights: the stated one, or one made available while Software Assurance ran.
    pub reach: Option<usize>,
    /// Base metric: `core` for packs of cores.
    pub metric: String,
    /// Units in the base metric.
    pub units: u64,
    /// Base units in one counted unit.
    pub pack: u64,
    /// Channel.
    pub channel: String,
    /// Software Assurance or the subscription's term runs on the day of the position.
    pub active: bool,
    /// A subscription whose term is over, or a lot that is bought only after the day of the position.
    pub ended: bool,
    /// Last day of Software Assurance or term.
    pub sa_until: Option<Date>,
    /// Machines or users that it is assigned to.
    pub tied: Words,
    /// Days since it was assigned.
    pub assigned_days: Option<u32>,
    /// It was assigned too short a time ago to be assigned elsewhere, and no exception is told.
    pub settled: bool,
    /// Newest version that came into sight while Software Assurance ran, but perhaps only after it: to be asked.
    pub perhaps: Option<usize>,
    /// Newest version with rights by every date that is told for its release.
    pub surely: Option<usize>,
    /// Proof of purchase is on file, as far as told.
    pub proof: Option<bool>,
    /// The paper of what devices came with: those licences are counted at the devices themselves.
    pub with_devices: bool,
}

/// Why a lot may not stand for a need, as a stable code.
pub type WhyNot = &'static str;

/// What an installation asks of a licence.
#[derive(Debug, Clone, Copy)]
pub struct Need<'a> {
    /// Product.
    pub product: &'a str,
    /// Edition; `None`: any (lowest reading of an unknown edition).
    pub edition: Option<&'a str>,
    /// Place in time of the installed version.
    pub rank: usize,
    /// Machines that it runs on: the host, the guests, the device.
    pub machines: &'a [&'a str],
}

/// A downgrade right that only the terms of the copy can tell.
pub const ASK_OEM_TERMS: WhyNot = "oem-terms-to-read";

/// Software Assurance ended between the two dates that are told for the version's release.
pub const ASK_RELEASE_GAP: WhyNot = "sa-ended-in-release-gap";

/// Nothing tells the version of the lot.
pub const ASK_LOT_VERSION: &str = "lot-version-unknown";

/// Nothing tells what the lot counts by.
pub const ASK_LOT_METRIC: &str = "lot-metric-unknown";

/// Nothing tells the edition of the lot.
pub const ASK_LOT_EDITION: &str = "lot-edition-unknown";

/// Names of the suite of Windows Server and System Center.
const SUITE_OF_SERVERS: [&str; 2] = ["Core Infrastructure Server Suite", "Core Infrastructure Suite"];

/// Channels of boxes and their electronic form.
const RETAIL: [&str; 3] = ["retail", "fpp", "esd"];

/// Channels that sell the newest version only.
const IN_VOLUME: [&str; 8] = ["volume", "ea", "ea_enterprise_product", "open", "open_value", "select", "mpsa", "csp"];

/// Products whose licences may follow inside a server farm while Software Assurance runs.
pub(super) const FARM_MOBILITY: [&str; 4] =
    ["SQL Server", "Exchange Server", "SharePoint Server", "Skype for Business Server"];

fn base_metric(metric: &str) -> (&str, u64) {
    match metric {
        "core_2pack" => ("core", 2),
        "core_16pack" => ("core", 16),
        other => (other, 1),
    }
}

fn is_subscription(entitlement: &Entitlement) -> bool {
    matches!(entitlement.metric.as_str(), "user_sub" | "device_sub")
        || matches!(
            entitlement.channel.as_str(),
            "csp_subscription" | "eas" | "ea_subscription" | "ovs" | "open_value_subscription"
        )
}

/// The suite of access licences that is stepped up, and what it becomes.
const STEPPED_SUITE: (&str, &str) = ("Core CAL Suite", "Enterprise CAL Suite");

fn is_suite_step_up(product: &str) -> bool {
    ["step-up", "Core", "Enterprise", "CAL"].iter().all(|word| product.contains(word))
}

/// Splits the product of a step-up line into product and edition stepped up from.
fn step_up(product: &str) -> Option<(&str, &str)> {
    let (base, rest) = product.split_once(" step-up ")?;
    let (from, _to) = rest.split_once(" to ")?;
    Some((base, from))
}

/// All lots of an estate on `as_of`: packs opened, step-ups merged with their base, versions reached.
pub fn lots(estate: &Estate, terms: &Terms, as_of: Date) -> Vec<Lot> {
    let mut found: Vec<Lot> = Vec::new();
    let mut steps: Vec<(usize, &Entitlement, String, String)> = Vec::new();
    for (index, entitlement) in estate.entitlements.iter().enumerate() {
        match step_up(&entitlement.product) {
            _ if is_suite_step_up(&entitlement.product) => {
                steps.push((index, entitlement, STEPPED_SUITE.1.to_owned(), String::new()));
            }
            Some((product, from)) => steps.push((index, entitlement, product.to_owned(), from.to_owned())),
            // The suite is a licence of each of its parts, for the same cores.
            None if SUITE_OF_SERVERS.contains(&entitlement.product.as_str()) => {
                for part in ["Windows Server", "System Center"] {
                    found.push(lot(index, entitlement, part, estate, terms, as_of));
                }
            }
            None => found.push(lot(index, entitlement, &entitlement.product, estate, terms, as_of)),
        }
    }
    for (index, entitlement, product, from) in steps {
        let mut step = lot(index, entitlement, &product, estate, terms, as_of);
        // Suites of access licences are told apart by their product, not by their edition.
        let suite = product == STEPPED_SUITE.1;
        // The base must be under Software Assurance when it is stepped up; without a day of purchase, on the day of the position.
        let day = entitlement.purchased.unwrap_or(as_of);
        let mut merged: u64 = 0;
        let of_later = is_of_later(entitlement, as_of);
        for base in found.iter_mut().filter(|_| !of_later).filter(|base| {
            let same = if suite {
                base.product == STEPPED_SUITE.0 && base.edition == step.edition
            } else {
                base.product == step.product && base.edition == from
            };
            let there = estate.entitlements.get(base.entitlement).is_none_or(|bought| !is_of_later(bought, as_of));
            same && there && base.metric == step.metric && base.sa_until.is_some_and(|until| until >= day)
        }) {
            let taken = base.units.min(step.units - merged);
            base.units -= taken;
            merged = merged.saturating_add(taken);
            if merged == step.units {
                break;
            }
        }
        // Without its base a step-up is no licence: what found no base covers nothing, and lies there under its own name.
        let alone = step.units - merged;
        step.units = merged;
        if alone > 0 {
            found.push(Lot { product: entitlement.product.clone(), units: alone, ..step.clone() });
        }
        found.push(step);
    }
    super::windows_client::part_with_devices(&mut found, estate);
    found
}

/// Whether the 90 days of an assignment still run and nothing told makes an exception of it.
fn is_settled(entitlement: &Entitlement, product: &str, estate: &Estate, terms: &Terms, as_of: Date) -> bool {
    let days = terms.rule("GEN-REASSIGN-90", as_of).number("days");
    // Retail licences move after removal, whenever that is.
    if RETAIL.contains(&entitlement.channel.as_str()) {
        return false;
    }
    if entitlement.assigned_days_ago.is_none_or(|ago| u64::from(ago) >= days) {
        return false;
    }
    let mobile = FARM_MOBILITY.contains(&product) && entitlement.sa_until.is_some_and(|until| until >= as_of);
    let gone = |id: &str| {
        let lost = |why: &str| ["failure", "loss", "lost", "stolen", "theft"].iter().any(|word| why.contains(word));
        // Licences for access and by user or device may serve elsewhere while their device is out of service.
        let lent =
            matches!(entitlement.metric.as_str(), "user_cal" | "device_cal" | "client_ml" | "user_sub" | "device_sub");
        estate.devices.iter().any(|device| {
            device.id == id
                && (device.retired.as_deref().is_some_and(lost) || (lent && device.out_of_service == Some(true)))
        }) || estate.users.iter().any(|user| user.id == id && user.left_company_days_ago.is_some())
    };
    let excepted = match &entitlement.assigned_to {
        Words::None => true,
        Words::One(one) => gone(one),
        Words::Many(many) => many.iter().any(|each| gone(each)),
    };
    !mobile && !excepted
}

/// Whether a lot's day of purchase tells its version: bought in volume, and in a metric that is sold on.
fn is_of_its_day(entitlement: &Entitlement, product: &str) -> bool {
    let old_metric =
        entitlement.metric.starts_with("processor") || (product == "Windows Server" && entitlement.metric == "server");
    IN_VOLUME.contains(&entitlement.channel.as_str()) && !old_metric
}

/// Whether a lot is bought only after the day of the position.
pub(super) fn is_of_later(entitlement: &Entitlement, as_of: Date) -> bool {
    entitlement.purchased.is_some_and(|day| day > as_of)
}

fn lot(index: usize, entitlement: &Entitlement, product: &str, estate: &Estate, terms: &Terms, as_of: Date) -> Lot {
    let (metric, pack) = base_metric(&entitlement.metric);
    let metric = match (metric, entitlement.edition.as_str()) {
        // An access licence is for a person or a device, which its edition tells too.
        ("" | "unknown", "User") if product.contains("CAL") => "user_cal",
        ("" | "unknown", "Device") if product.contains("CAL") => "device_cal",
        (metric, _) => metric,
    };
    let long_term = product == "Windows" && super::windows_client::is_long_term(&entitlement.edition);
    let product = if long_term { super::windows_client::LTSC } else { product };
    let (product, counted_as) = super::desktop::on_platform(product, &entitlement.version);
    let family = terms.product(product);
    let bought = entitlement.purchased.unwrap_or(as_of);
    let stated = family.and_then(|family| match counted_as {
        "current" => family.newest_on(bought),
        // Bought is the version on sale that day.
        "" | "unknown" => entitlement.purchased.and_then(|day| family.newest_on(day)),
        other => family.rank(other),
    });
    let version = match (stated, family) {
        (Some(rank), Some(family)) if matches!(entitlement.version.as_str(), "current" | "" | "unknown") => {
            family.version_name(rank).to_owned()
        }
        _ => entitlement.version.clone(),
    };
    // A volume licence is of the version on sale when it was bought, whatever the line says; but not across a change of metric.
    let of_its_day = entitlement.purchased.filter(|_| is_of_its_day(entitlement, product)).and_then(|bought| {
        let family = family.filter(|_| stated.is_some())?;
        family.newest_surely_on(bought.min(as_of))
    });
    let sold = stated.max(of_its_day);
    let subscription = is_subscription(entitlement);
    // Applications in boxes cannot be put under Software Assurance, whatever the line says.
    let assured_until = entitlement
        .sa_until
        .filter(|_| !(super::desktop::is_application(product) && RETAIL.contains(&entitlement.channel.as_str())));
    // A subscription of which no end is told runs, and whoever subscribes may run what is new.
    let runs_until = assured_until.or(subscription.then_some(as_of));
    let reached = runs_until.and_then(|until| family.and_then(|family| family.newest_on(until.min(as_of))));
    let perhaps = assured_until.and_then(|until| family.and_then(|family| family.newest_seen_on(until.min(as_of))));
    let surely = assured_until.and_then(|until| family.and_then(|family| family.newest_surely_on(until.min(as_of))));
    let running = assured_until.is_some_and(|until| until >= as_of);
    Lot {
        id: entitlement.id.clone(),
        entitlement: index,
        product: product.to_owned(),
        edition: licensed_edition(product, &entitlement.edition).to_owned(),
        version,
        rank: stated,
        reach: sold.max(reached),
        perhaps: perhaps.filter(|rank| Some(*rank) > sold.max(reached)),
        surely: sold.max(surely),
        settled: is_settled(entitlement, product, estate, terms, as_of),
        metric: metric.to_owned(),
        units: entitlement.quantity.saturating_mul(pack),
        pack,
        // A product key card is what comes with a computer, without its disc.
        channel: if entitlement.channel == "pkc" { "oem".to_owned() } else { entitlement.channel.clone() },
        active: running || (subscription && assured_until.is_none()),
        ended: is_of_later(entitlement, as_of) || (subscription && assured_until.is_some() && !running),
        sa_until: assured_until,
        tied: entitlement.assigned_to.clone(),
        assigned_days: entitlement.assigned_days_ago,
        proof: entitlement.proof,
        with_devices: false,
    }
}

/// Licensing by virtual core needs Software Assurance on the access licences too, as far as they are told.
pub(super) fn access_assured(lots: &[Lot], terms: &Terms, people: u64) -> bool {
    let gives = |lot: &&Lot| {
        lot.product == "Windows Server CAL"
            || terms.plan(&lot.product).is_some_and(|rights| rights.iter().any(|each| each == "windows-server-cal"))
    };
    let owned: Vec<&Lot> = lots.iter().filter(gives).collect();
    let active: u64 = owned.iter().filter(|lot| lot.active).map(|lot| lot.units).fold(0, u64::saturating_add);
    owned.is_empty() || owned.iter().all(|lot| lot.active) || (active > 0 && active >= people)
}

impl Lot {
    /// OEM and pay-as-you-go licences stay with the machine that they came with.
    pub fn is_bound(&self) -> bool {
        matches!(self.channel.as_str(), "oem" | "payg")
    }

    /// Whether the lot is assigned to some machine, and to none of `machines`.
    pub fn is_elsewhere(&self, machines: &[&str]) -> bool {
        match &self.tied {
            Words::None => false,
            tied => !machines.iter().any(|machine| tied.has(machine)),
        }
    }

    /// Neither its paper nor a day tells the version.
    pub fn is_of_unknown_version(&self) -> bool {
        self.reach.is_none() && matches!(self.version.as_str(), "" | "unknown")
    }

    /// Nothing tells what it counts by.
    pub fn is_of_unknown_metric(&self) -> bool {
        matches!(self.metric.as_str(), "" | "unknown")
    }

    /// Its paper names no edition, though there are several.
    pub fn is_of_unknown_edition(&self) -> bool {
        self.edition == "unknown"
    }

    /// Retail boxes and their electronic form.
    pub fn is_retail(&self) -> bool {
        RETAIL.contains(&self.channel.as_str())
    }

    /// Newer than the installation that it is to cover.
    fn is_newer_than(&self, rank: usize) -> bool {
        self.rank.is_some_and(|own| own > rank)
    }
}

/// Whether `lot` may cover `need`: product, edition, version, channel and machine. The metric is the way's matter.
///
/// # Errors
/// The reason why not, as a code; [`ASK_OEM_TERMS`] where only the terms of that copy can tell.
pub fn may_cover(lot: &Lot, need: &Need<'_>, terms: &Terms, as_of: Date) -> Result<(), WhyNot> {
    if lot.product != need.product {
        return Err("other-product");
    }
    if lot.channel == "spla" {
        return Err("hosters-only");
    }
    if lot.channel == "home_use" {
        return Err("home-use-only");
    }
    if lot.ended {
        return Err("subscription-ended");
    }
    let Some(product) = terms.product(need.product) else { return Err("version-unknown") };
    let reach = lot.reach.ok_or("version-unknown")?;
    if reach < need.rank {
        if lot.perhaps.is_some_and(|perhaps| perhaps >= need.rank) {
            return Err(ASK_RELEASE_GAP);
        }
        return Err(if lot.sa_until.is_some() { "sa-ended-before-version" } else { "older-version" });
    }
    if let Some(edition) = need.edition {
        let from = lot.rank.unwrap_or(reach).max(need.rank.min(reach));
        if !product.edition_covers(&lot.edition, from, edition, need.rank) {
            return Err(if product.edition_covers(edition, from, &lot.edition, need.rank) {
                "lower-edition"
            } else {
                "other-edition"
            });
        }
    }
    if lot.is_bound() && lot.is_elsewhere(need.machines) {
        return Err("oem-tied-elsewhere");
    }
    if lot.settled && lot.is_elsewhere(need.machines) {
        return Err("reassigned-too-soon");
    }
    if lot.is_newer_than(need.rank) {
        downgrade(lot, need, terms, as_of)?;
    }
    Ok(())
}

/// Whether the channel lets an older version run.
fn downgrade(lot: &Lot, need: &Need<'_>, terms: &Terms, as_of: Date) -> Result<(), WhyNot> {
    let server = matches!(need.product, "Windows Server" | "SQL Server" | "Exchange Server" | "SharePoint Server");
    let desktop = need.product == "Windows";
    // Enrolled in Software Assurance, OEM and retail licences have the downgrade rights of volume licences.
    if lot.active && (server || desktop) {
        return Ok(());
    }
    match lot.channel.as_str() {
        "oem" if server => {
            let rule = terms.rule("WS-OEM-DOWN", as_of);
            let key = format!("from_{}", lot.version.to_lowercase().replace(' ', "_"));
            let named = terms.product(need.product).map(|p| p.version_name(need.rank).to_owned()).unwrap_or_default();
            if rule.words(&key).iter().any(|each| *each == named) { Ok(()) } else { Err(ASK_OEM_TERMS) }
        }
        "oem" if desktop => windows_oem(lot, need, terms, as_of),
        "oem" => Err("no-downgrade-oem"),
        _ if lot.is_retail() && server => Err(ASK_OEM_TERMS),
        _ if lot.is_retail() => Err("no-downgrade-retail"),
        _ => Ok(()),
    }
}

/// Downgrade of OEM Windows: professional editions only, along the paths of their terms, from 10 on only while supported.
fn windows_oem(lot: &Lot, need: &Need<'_>, terms: &Terms, as_of: Date) -> Result<(), WhyNot> {
    const PROFESSIONAL: [&str; 4] = ["Pro", "Professional", "Business", "Ultimate"];
    if !PROFESSIONAL.contains(&lot.edition.as_str()) {
        return Err("home-edition-no-downgrade");
    }
    let Some(product) = terms.product("Windows") else { return Err("version-unknown") };
    let target = product.version_name(need.rank);
    let allowed: &[&str] = match lot.version.as_str() {
        "Vista" => &["XP"],
        "7" => &["Vista", "XP"],
        "8" | "8.1" => &["7", "Vista"],
        "10" => &["8.1", "7"],
        "11" => &["10"],
        _ => return Err(ASK_OEM_TERMS),
    };
    if !allowed.contains(&target) {
        return Err("no-downgrade-path");
    }
    let older = product.versions.get(need.rank);
    let ends = older.and_then(|version| version.support_ends);
    // Whether updates that are paid for are still support, and whether they were bought, is asked.
    let paid = older.and_then(|version| version.paid_support_ends).is_some_and(|end| as_of <= end);
    match lot.version.as_str() {
        "10" if ends.is_some_and(|end| as_of > end) && paid => Err(ASK_OEM_TERMS),
        "10" if ends.is_some_and(|end| as_of > end) => Err("downgrade-ended-with-support"),
        "11" if ends.is_some_and(|end| as_of > end) => Err(ASK_OEM_TERMS),
        _ => Ok(()),
    }
}
