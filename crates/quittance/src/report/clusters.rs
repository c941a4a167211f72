//! The three figures of a cluster as a small table: what is asked for, a row a licence, a column a figure.

use super::wording::{self, Say};
use licensing::clusters::{Cluster, Figure, Units};
use std::collections::BTreeSet;

/// A cluster laid out.
pub(crate) struct Laid {
    /// Its name, hosts and machines.
    pub(crate) heading: String,
    /// Column titles, then the rows; the first cell of a row names it.
    pub(crate) rows: Vec<Vec<String>>,
    /// How the cheapest figure is reached.
    pub(crate) note: String,
}

/// Each cluster.
pub(crate) fn laid_out(clusters: &[Cluster], say: &dyn Say) -> Vec<Laid> {
    clusters.iter().map(|cluster| laid(cluster, say)).collect()
}

fn laid(cluster: &Cluster, say: &dyn Say) -> Laid {
    let figures = [&cluster.as_it_stands, &cluster.as_it_may_move, &cluster.cheapest];
    let titles = ["cluster-column-licence", "cluster-column-stands", "cluster-column-moves", "cluster-column-cheapest"];
    let mut rows = vec![titles.map(|id| say.say(id, &[])).to_vec()];
    rows.extend(of(&figures, |figure| &figure.units, "cluster-row", say));
    // What runs may be of a version that is no longer sold.
    if figures.iter().any(|figure| figure.units != figure.to_buy && figure.cost.is_some()) {
        rows.extend(of(&figures, |figure| &figure.to_buy, "cluster-row-to-buy", say));
    }
    let mut costs = vec![say.say("cluster-row-cost", &[])];
    costs.extend(figures.map(|figure| match figure.cost {
        Some(cost) => wording::money(cost, &figure.currency, say),
        None => say.say("position-unknown-price", &[]),
    }));
    rows.push(costs);
    Laid { heading: heading(cluster, say), rows, note: note(cluster, say) }
}

/// A row for each licence that any of the figures asks for.
fn of(figures: &[&Figure; 3], pick: impl Fn(&Figure) -> &Vec<Units>, row: &str, say: &dyn Say) -> Vec<Vec<String>> {
    let names: BTreeSet<&[String; 4]> =
        figures.iter().flat_map(|figure| pick(figure)).map(|units| &units.name).collect();
    let rows = names.into_iter().map(|name| {
        let [product, edition, version, metric] = name;
        let values =
            [("name", wording::product_name(product, edition, version)), ("metric", wording::metric(metric, say))];
        let mut cells = vec![say.say(row, &values)];
        cells.extend(figures.iter().map(|figure| {
            let units = pick(figure).iter().find(|units| units.name == *name);
            units.map_or_else(String::new, |units| count(units, say))
        }));
        cells
    });
    rows.collect()
}

fn count(units: &Units, say: &dyn Say) -> String {
    if units.low == units.high {
        return wording::number(units.high, say);
    }
    let ends = [("low", wording::number(units.low, say)), ("high", wording::number(units.high, say))];
    say.say("position-interval", &ends)
}

fn heading(cluster: &Cluster, say: &dyn Say) -> String {
    let moves = match cluster.moves {
        Some(true) => "cluster-moves",
        Some(false) => "cluster-stays",
        None => "cluster-movement-unknown",
    };
    let values = [
        ("name", cluster.name.clone()),
        ("hosts", wording::number(cluster.hosts, say)),
        ("machines", wording::number(cluster.machines, say)),
        ("moves", say.say(moves, &[])),
        ("date", wording::day(cluster.as_of, say)),
    ];
    say.say("cluster-heading", &values)
}

fn note(cluster: &Cluster, say: &dyn Say) -> String {
    match cluster.cheapest.arrangement.as_str() {
        "gathered" => {
            let hosts = ("hosts", cluster.cheapest.hosts.join(", "));
            say.say("cluster-by-gathering", &[hosts])
        }
        "movement-kept" => say.say("cluster-by-keeping", &[]),
        _ => say.say("cluster-by-stopping", &[]),
    }
}
