//! The three figures of a cluster in words.

use super::wording::{self, Say};
use licensing::clusters::{Cluster, Figure, Units};

/// Name of each cluster with its three figures, a line each.
pub(crate) fn items(clusters: &[Cluster], say: &dyn Say) -> Vec<(String, Vec<String>)> {
    clusters.iter().map(|cluster| (heading(cluster, say), figures(cluster, say))).collect()
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
    ];
    say.say("cluster-heading", &values)
}

fn figures(cluster: &Cluster, say: &dyn Say) -> Vec<String> {
    let day = ("date", wording::day(cluster.as_of, say));
    let stands = ("figure", figure(&cluster.as_it_stands, say));
    let may_move = ("figure", figure(&cluster.as_it_may_move, say));
    let how = match cluster.cheapest.arrangement.as_str() {
        "gathered" => {
            let hosts = ("hosts", cluster.cheapest.hosts.join(", "));
            say.say("cluster-by-gathering", &[hosts])
        }
        "movement-kept" => say.say("cluster-by-keeping", &[]),
        _ => say.say("cluster-by-stopping", &[]),
    };
    vec![
        say.say("cluster-as-it-stands", &[day, stands]),
        say.say("cluster-as-it-may-move", &[may_move]),
        say.say("cluster-cheapest", &[("figure", figure(&cluster.cheapest, say)), ("how", how)]),
    ]
}

fn figure(figure: &Figure, say: &dyn Say) -> String {
    let units = listed(&figure.units, say);
    let Some(cost) = figure.cost else { return format!("{units}. {}", say.say("cluster-no-price", &[])) };
    let values = [("cost", wording::money(cost, &figure.currency, say)), ("units", listed(&figure.to_buy, say))];
    if figure.units == figure.to_buy {
        return format!("{units}. {}", say.say("cluster-cost-same", &values));
    }
    format!("{units}. {}", say.say("cluster-cost", &values))
}

fn listed(units: &[Units], say: &dyn Say) -> String {
    let units = units.iter().map(|units| {
        let [product, edition, version, metric] = &units.name;
        let count = if units.low == units.high {
            wording::number(units.high, say)
        } else {
            let ends = [("low", wording::number(units.low, say)), ("high", wording::number(units.high, say))];
            say.say("position-interval", &ends)
        };
        format!("{} {count} ({})", wording::product_name(product, edition, version), wording::metric(metric, say))
    });
    units.collect::<Vec<_>>().join(", ")
}
