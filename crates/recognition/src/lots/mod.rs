//! Lots of licences from what papers, tenants and people tell.
//!
//! Enters: facts ([`Fact::Purchase`], [`Fact::Subscription`], [`Fact::Declared`]) in any order. Leaves: [`Lots`]. Each purchase
//! is one lot however many papers tell it: copies of a statement are folded, invoices joined with the statement, credit notes
//! and yearly payments taken back into the purchase they belong to. Software Assurance alone, steps without base, media and
//! services make no lot. What cannot be matched is a finding, never a guess.

mod charges;
mod line;
mod papers;
mod same;
mod take;
mod view;

pub use papers::{is_free_sku, papers_error, plan_of_sku};
pub use view::PurchaseView;

use crate::purchases::{NONE, UNKNOWN, fold};
use charges::Held;
use jiff::civil::Date;
use licensing::deployments::{Entitlement, Words};
use licensing::facts::{Fact, FactRow, Origin, Purchase, PurchaseSource, Subscription};
use licensing::terms::Terms;
use line::{Line, Thing};
use std::collections::{BTreeMap, BTreeSet};

/// Something to tell about purchases: a stable code in kebab-case, and its parameters by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Finding {
    /// `credit-without-purchase`, `sa-without-licence`, `step-up-without-base`, `statement-and-invoice-differ`...
    pub code: String,
    /// Title, quantity, agreement and the like.
    pub params: Vec<(String, String)>,
}

pub(crate) fn finding(code: &str, params: Vec<(String, String)>) -> Finding {
    Finding { code: code.to_owned(), params }
}

/// What was bought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lots {
    /// The lots, for the engine, by identifier; declared ones among them.
    pub entitlements: Vec<Entitlement>,
    /// What was noticed, sorted.
    pub findings: Vec<Finding>,
    /// The purchases, for people; without what the tenant alone tells, and without declarations.
    pub view: Vec<PurchaseView>,
}

/// Lines by what is done with them.
#[derive(Default)]
struct Sorted<'a> {
    stated: Vec<Line>,
    invoiced: Vec<Line>,
    charges: Vec<Line>,
    summaries: Vec<Line>,
    tenant: Vec<(&'a Subscription, &'a Origin)>,
    declared: Vec<Entitlement>,
}

/// Builds the lots of a company.
///
/// `rows` are its facts, of all kinds and in any order; `terms` tell the versions of products; `as_of` is the day of account.
/// Never fails: what cannot be understood is among the findings.
pub fn build(rows: &[FactRow], terms: &Terms, as_of: Date) -> Lots {
    let mut findings = Vec::new();
    let sorted = sort(rows, &mut findings);
    let (owned_s, sa_s, step_s) = by_kind(same::fold_copies(sorted.stated, &mut findings));
    let (owned_i, sa_i, step_i) = by_kind(same::fold_copies(sorted.invoiced, &mut findings));
    let owned = same::join_invoices(owned_s, owned_i, &mut findings);
    let sa = same::join_invoices(sa_s, sa_i, &mut findings);
    let steps = same::join_invoices(step_s, step_i, &mut findings);

    let (credits, bought): (Vec<Line>, Vec<Line>) = owned.into_iter().partition(|line| line.credit);
    let mut lots = take::yearly_payments(bought);
    take::credits(&mut lots, credits, &mut findings);
    cross_check(&lots, &sorted.summaries, &mut findings);
    let sa = less_credits(sa, &mut findings);
    let steps = less_credits(steps, &mut findings);
    // People see each purchase as it was made; what prolongs or lifts it is a purchase of its own.
    let mut purchases: Vec<Line> = lots.iter().chain(&sa).chain(&steps).cloned().collect();
    take::renewals(&mut lots, sa, &mut findings);
    take::steps(&mut lots, steps, &mut findings);

    let mut charged = charges::states(same::fold_copies(sorted.charges, &mut findings), &mut findings);
    // A reseller who also invoices the subscriptions that he charges tells them twice.
    let once = |lot: &Line| {
        lot.read.kind != "subscription"
            || lot.agreement.is_none()
            || !charged.iter().any(|state| state.thing == lot.thing && lot.agreement == state.agreement)
    };
    lots.retain(once);
    purchases.retain(once);
    let held = charges::held(sorted.tenant, &mut findings);
    let tenant = join_tenant(&mut charged, held, as_of, &mut findings);
    purchases.extend(charged.iter().cloned());
    lots.extend(charged);
    let mut made = Made::default();
    for line in group_machines(lots) {
        made.add(&line, &mut findings);
    }
    for (line, _) in group_machines(purchases) {
        made.show(&line, terms, as_of);
    }
    for plan in tenant {
        made.add_held(plan);
    }
    made.entitlements.extend(sorted.declared);
    made.entitlements.sort_by(|a, b| (&a.id, &a.product, &a.origins).cmp(&(&b.id, &b.product, &b.origins)));
    made.view.sort_by(|a, b| a.id.cmp(&b.id));
    findings.sort();
    findings.dedup();
    Lots { entitlements: made.entitlements, findings, view: made.view }
}

fn sort<'a>(rows: &'a [FactRow], findings: &mut Vec<Finding>) -> Sorted<'a> {
    let mut sorted = Sorted::default();
    for row in rows {
        match &row.fact {
            Fact::Purchase(purchase) => sort_purchase(purchase, &row.origin, &mut sorted, findings),
            Fact::Subscription(subscription) => sorted.tenant.push((subscription, &row.origin)),
            Fact::Declared(estate) => {
                for entitlement in &estate.entitlements {
                    let mut entitlement = entitlement.clone();
                    // Said by the company itself: a proof is on file only where it says which.
                    entitlement.proof = entitlement.proof.or(Some(false));
                    if entitlement.origins.is_empty() {
                        entitlement.origins.push(row.origin.clone());
                    }
                    if !sorted.declared.contains(&entitlement) {
                        sorted.declared.push(entitlement);
                    }
                }
            }
            _ => {}
        }
    }
    sorted
}

/// True if a line that was not understood may still be about licences of the publisher.
fn may_be_licence(purchase: &Purchase) -> bool {
    let part = purchase.part_number.as_deref().unwrap_or_default().to_uppercase();
    let shaped = part.len() == 9
        && part.char_indices().all(|(at, c)| match at {
            0..=2 => c.is_ascii_alphanumeric(),
            3 => c == '-',
            _ => c.is_ascii_digit(),
        });
    let named = purchase.publisher.as_deref().is_some_and(|p| fold(p).contains("microsoft"))
        || fold(&purchase.title).contains("microsoft");
    shaped || named || part.starts_with("CFQ7TTC0") || part.starts_with("DG7GMGF0")
}

fn sort_purchase(purchase: &Purchase, origin: &Origin, sorted: &mut Sorted<'_>, findings: &mut Vec<Finding>) {
    if purchase.publisher.as_deref().is_some_and(|p| !p.trim().is_empty() && !fold(p).contains("microsoft")) {
        return;
    }
    let line = Line::new(purchase, origin);
    if line.read.kind == "service" {
        if line.read.product.is_empty() {
            return;
        }
        findings.push(finding("updates-or-service-only", line.params()));
        return;
    }
    if line.read.notes.iter().any(|note| matches!(note.as_str(), "other-publisher" | "goods")) {
        return;
    }
    if line.thing.product == UNKNOWN || line.thing.product.is_empty() {
        if may_be_licence(purchase) {
            findings.push(finding("purchase-line-not-recognised", line.params()));
        }
        return;
    }
    if matches!(line.read.kind.as_str(), "media" | "trial") || line.thing.metric == NONE {
        let code = match line.read.kind.as_str() {
            "media" => "media-is-no-licence",
            "trial" => "trial-is-no-licence",
            _ => "licenses-nobody",
        };
        findings.push(finding(code, line.params()));
        return;
    }
    if line.read.channel == "spla" {
        findings.push(finding("licence-of-a-service-provider", line.params()));
        return;
    }
    match purchase.source {
        PurchaseSource::StatementSummary => sorted.summaries.push(line),
        _ if line.quantity == 0 => {}
        PurchaseSource::Reconciliation => sorted.charges.push(line),
        PurchaseSource::StatementTransaction => sorted.stated.push(line),
        PurchaseSource::Invoice | PurchaseSource::Contract | PurchaseSource::OwnList => sorted.invoiced.push(line),
    }
}

/// Licences, Software Assurance alone, steps and upgrades. An upgrade of Windows on a PC is a lot of its own: the engine
/// looks for its base on each PC.
fn by_kind(lines: Vec<Line>) -> (Vec<Line>, Vec<Line>, Vec<Line>) {
    let (mut owned, mut sa, mut steps) = (Vec::new(), Vec::new(), Vec::new());
    for line in lines {
        match line.read.kind.as_str() {
            "SA" => sa.push(line),
            "step-up" => steps.push(line),
            "upgrade" if line.thing.metric != "device_upgrade" => steps.push(line),
            _ => owned.push(line),
        }
    }
    (owned, sa, steps)
}

/// Lines that make no lot by themselves, less their credit notes.
fn less_credits(lines: Vec<Line>, findings: &mut Vec<Finding>) -> Vec<Line> {
    let (credits, mut kept): (Vec<Line>, Vec<Line>) = lines.into_iter().partition(|line| line.credit);
    take::credits(&mut kept, credits, findings);
    kept
}

/// Compares the statement's summary with its transactions: a difference is told, nothing is added. Core licences stand in
/// packs in one tab and in cores in another; versions have moved with Software Assurance, so they are added up.
fn cross_check(lots: &[Line], summaries: &[Line], findings: &mut Vec<Finding>) {
    type Named = (String, String);
    let named = |line: &Line| -> Named {
        let plain = line
            .thing
            .product
            .replace(" Standard CAL", " CAL")
            .replace(" Enterprise CAL", " CAL")
            .replace(" Plus CAL", " CAL");
        let access = plain.ends_with("CAL") || plain.ends_with("CAL Suite");
        (plain, if access { String::new() } else { line.thing.edition.clone() })
    };
    let mut stated: BTreeMap<Named, (u64, u64)> = BTreeMap::new();
    for lot in lots {
        if let Some(quantity) = lot.stated {
            let sum = stated.entry(named(lot)).or_default();
            sum.0 = sum.0.saturating_add(quantity);
            sum.1 = sum.1.saturating_add(quantity.saturating_mul(lot.per_unit()));
        }
    }
    let mut papers: BTreeMap<(String, Named), u64> = BTreeMap::new();
    for summary in summaries {
        if let Some(origin) = summary.origins.first() {
            let sum = papers.entry((origin.evidence.to_string(), named(summary))).or_default();
            *sum = sum.saturating_add(summary.quantity);
        }
    }
    let mut told: BTreeSet<(Named, u64)> = BTreeSet::new();
    for ((_, name), summed) in papers {
        let (counted, base) = stated.get(&name).copied().unwrap_or_default();
        if summed != counted && summed != base && told.insert((name.clone(), summed)) {
            let params = [
                ("product", name.0),
                ("edition", name.1),
                ("summary", summed.to_string()),
                ("transactions", base.to_string()),
            ];
            findings.push(finding(
                "statement-summary-differs",
                params.map(|(key, value)| (key.to_owned(), value)).to_vec(),
            ));
        }
    }
}

/// Joins the tenant's own word with the reseller's charges: one lot a plan. Leaves the plans that only the tenant tells.
fn join_tenant(charged: &mut [Line], held: Vec<Held>, as_of: Date, findings: &mut Vec<Finding>) -> Vec<Held> {
    let mut alone = Vec::new();
    let mut confirmed: BTreeSet<(String, String)> = BTreeSet::new();
    for plan in held {
        let same: Vec<usize> = charged
            .iter()
            .enumerate()
            .filter(|(_, c)| c.thing.product == plan.product && c.thing.edition == plan.edition)
            .map(|(at, _)| at)
            .collect();
        if same.is_empty() {
            alone.push(plan);
            continue;
        }
        confirmed.insert((plan.product.clone(), plan.edition.clone()));
        let sum: u64 = same.iter().filter_map(|at| charged.get(*at)).map(|c| c.quantity).fold(0, u64::saturating_add);
        if sum != plan.quantity {
            let params = [
                ("product", plan.product.clone()),
                ("charged", sum.to_string()),
                ("tenant", plan.quantity.to_string()),
            ];
            findings.push(finding(
                "tenant-and-charges-differ",
                params.map(|(key, value)| (key.to_owned(), value)).to_vec(),
            ));
        }
        // What the tenant holds beyond the charges was bought elsewhere; what it holds less of is not in force.
        let mut rest = plan.quantity;
        for at in same {
            if let Some(line) = charged.get_mut(at) {
                let tenant_is_later = plan.exported.is_none_or(|day| line.until.is_none_or(|until| day >= until));
                let kept = if tenant_is_later { line.quantity.min(rest) } else { line.quantity };
                rest = rest.saturating_sub(line.quantity);
                line.quantity = kept;
                line.tenant.extend(plan.origins.iter().cloned());
                line.notes.push("tenant-agrees".to_owned());
                line.tidy();
            }
        }
        if rest > 0 {
            alone.push(Held { quantity: rest, ..plan });
        }
    }
    for line in charged.iter_mut() {
        let known = confirmed.contains(&(line.thing.product.clone(), line.thing.edition.clone()));
        line.until = charges::end_of_term(line, as_of, known, findings);
    }
    alone
}

/// Licences that came with machines, one row a machine, are one lot for each invoice, assigned to these machines.
fn group_machines(lots: Vec<Line>) -> Vec<(Line, Vec<String>)> {
    type Key = (Thing, String, Option<String>, String);
    let mut made: Vec<(Line, Vec<String>)> = Vec::new();
    let mut groups: BTreeMap<Key, (Line, Vec<String>)> = BTreeMap::new();
    for mut line in lots {
        let Some(machine) = line.machine.clone() else {
            made.push((line, Vec::new()));
            continue;
        };
        if matches!(line.read.channel.as_str(), UNKNOWN) {
            // It came with the machine whose line names it.
            line.read.channel = "oem".to_owned();
        }
        let key = (line.thing.clone(), line.version.clone(), line.invoice.clone(), line.read.channel.clone());
        match groups.get_mut(&key) {
            Some((first, machines)) => {
                let quantity = first.quantity.saturating_add(line.quantity);
                first.absorb(line);
                first.quantity = quantity;
                machines.push(machine);
            }
            None => {
                groups.insert(key, (line, vec![machine]));
            }
        }
    }
    // The invoice of the same machines, in one line, is the same purchase as their register.
    let mut alone = Vec::new();
    for (line, machines) in made {
        let same = groups.values_mut().find(|(group, _)| {
            line.invoice.is_some()
                && line.invoice == group.invoice
                && line.thing == group.thing
                && line.version_fits(group)
        });
        match same {
            Some((group, _)) => {
                let quantity = group.quantity.max(line.quantity);
                group.absorb(line);
                group.quantity = quantity;
            }
            None => alone.push((line, machines)),
        }
    }
    let mut made = alone;
    for (line, mut machines) in groups.into_values() {
        machines.sort();
        machines.dedup();
        made.push((line, machines));
    }
    made
}

/// What is made, with identifiers that occur once.
#[derive(Default)]
struct Made {
    entitlements: Vec<Entitlement>,
    view: Vec<PurchaseView>,
    taken: BTreeMap<String, u32>,
}

/// Small letters and digits, everything else one hyphen.
fn slug(text: &str) -> String {
    let spaced: String = fold(text).chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join("-")
}

/// The channel in the engine's words.
fn channel(line: &Line) -> String {
    match (line.read.channel.as_str(), line.read.kind.as_str()) {
        ("csp", "subscription") => "csp_subscription".to_owned(),
        (other, _) => other.to_owned(),
    }
}

/// What a lot is called: its paper, product, edition and version.
fn name(line: &Line) -> String {
    let paper = if line.in_reconciliation {
        "csp".to_owned()
    } else {
        line.agreement
            .clone()
            .or_else(|| line.invoice.clone())
            .or_else(|| line.order.clone())
            .unwrap_or_else(|| "no-paper".to_owned())
    };
    let mut name = vec![paper, line.thing.product.clone()];
    for word in [&line.thing.edition, &line.version] {
        if !matches!(word.as_str(), NONE | UNKNOWN) {
            name.push(word.clone());
        }
    }
    name.join(" ")
}

impl Made {
    fn id(&mut self, wanted: String) -> String {
        let count = self.taken.entry(wanted.clone()).or_default();
        *count += 1;
        if *count == 1 { wanted } else { format!("{wanted}-{count}") }
    }

    /// The row of a purchase for people, under the name of its lot if it made one.
    fn show(&mut self, line: &Line, terms: &Terms, as_of: Date) {
        let first = line.origins.first();
        let mine = |lot: &&Entitlement| line.read.kind != "SA" && first.is_some_and(|row| lot.origins.contains(row));
        let lots: Vec<&Entitlement> = self.entitlements.iter().filter(mine).collect();
        let reach = lots.iter().filter_map(|lot| lot.sa_until).max().max(line.until);
        let free = lots.iter().map(|lot| &lot.id).find(|id| !self.view.iter().any(|row| &row.id == *id)).cloned();
        let id = match free {
            Some(id) => id,
            None => {
                let name = format!("{} {}", name(line), line.read.kind);
                self.id(slug(&name))
            }
        };
        self.view.push(view::row(&id, line, reach, terms, as_of));
    }

    fn add(&mut self, (line, machines): &(Line, Vec<String>), findings: &mut Vec<Finding>) {
        let packed = matches!(line.thing.metric.as_str(), "core_2pack" | "core_16pack");
        if line.read.units.is_none() {
            findings.push(finding("pack-size-unknown", line.params()));
        }
        if line.thing.metric == UNKNOWN {
            findings.push(finding("metric-unknown", line.params()));
        }
        if line.thing.edition == UNKNOWN {
            findings.push(finding("edition-unknown", line.params()));
        }
        let used = line.notes.iter().any(|note| note == "used-licence");
        if used {
            findings.push(finding("used-licence", line.params()));
        }
        let quantity = if packed { line.quantity } else { line.quantity.saturating_mul(line.per_unit()) };
        let rented = line.read.kind == "subscription";
        let until = match line.until {
            Some(until) => Some(until),
            None if rented && !line.in_reconciliation => self.term(line, findings),
            None => None,
        };
        let id = self.id(slug(&name(line)));
        self.entitlements.push(Entitlement {
            id,
            product: line.thing.product.clone(),
            edition: released(&line.thing.product, &line.thing.edition, &line.version),
            version: line.version.clone(),
            metric: line.thing.metric.clone(),
            quantity,
            channel: channel(line),
            sa_until: until,
            // The day on which a used licence changed hands tells nothing of its version and terms.
            purchased: line.date.filter(|_| !used),
            assigned_to: if machines.is_empty() { Words::None } else { Words::Many(machines.clone()) },
            proof: Some(line.proven),
            unit_price: line.price,
            currency: line.currency.clone(),
            origins: line.origins.iter().chain(&line.tenant).cloned().collect(),
            ..Entitlement::default()
        });
    }

    /// End of the term of a rented licence that no paper ends: the day of purchase and the term in its title.
    fn term(&self, line: &Line, findings: &mut Vec<Finding>) -> Option<Date> {
        let months =
            line.programme.as_deref().and_then(charges::term_months).or_else(|| charges::term_months(&line.title));
        let end = months.and_then(|months| charges::months_later(line.date?, months));
        if end.is_none() {
            findings.push(finding("end-of-term-unknown", line.params()));
        }
        end
    }

    fn add_held(&mut self, plan: Held) {
        let mut name = format!("tenant {}", plan.product);
        if plan.edition != NONE && plan.edition != UNKNOWN {
            name = format!("{name} {}", plan.edition);
        }
        let id = self.id(slug(&name));
        self.entitlements.push(Entitlement {
            id,
            product: plan.product,
            edition: plan.edition,
            version: NONE.to_owned(),
            metric: plan.metric,
            quantity: plan.quantity,
            channel: "csp_subscription".to_owned(),
            // The publisher's own record of what is in force on the day of the export.
            proof: Some(true),
            origins: plan.origins,
            ..Entitlement::default()
        });
    }
}

/// The edition that the rules know: a paper tells the long-term channel of Windows as its version (`LTSC 2021`), the rules as an
/// edition of its own.
fn released(product: &str, edition: &str, version: &str) -> String {
    match version.split(' ').next() {
        Some(channel @ ("LTSC" | "LTSB")) if product == "Windows" => format!("{edition} {channel}"),
        _ => edition.to_owned(),
    }
}
