//! What would be written, what was, and what stays empty, in words.

use super::Told;
use super::plan::{Open, Plan};
use crate::exit::Failure;
use crate::out;
use crate::report::wording::word;
use crate::session::Session;
use std::collections::BTreeMap;
use std::path::Path;
use workbook::fill::Value;

/// Cells or names shown of a group before the rest is only counted.
const SHOWN: usize = 6;

fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) | Value::Decimal(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Date { year, month, day } => format!("{year:04}-{month:02}-{day:02}"),
        Value::Bool(yes) => yes.to_string(),
        Value::Blank => String::new(),
    }
}

/// Every cell that would leave, before it does.
pub(super) fn preview(plan: &Plan, json: bool, session: &Session<'_>) -> Result<(), Failure> {
    if json {
        return out::json(plan);
    }
    let mut rows = Vec::new();
    for each in &plan.planned {
        rows.push(vec![
            format!("{} {}", each.sheet, each.cell),
            shown(&each.value),
            session.say(&format!("fill-how-{}", each.told.how), &[("count", each.told.of.len().to_string())]),
            each.header.clone(),
        ]);
    }
    out::print(&out::table(&rows, &[]))?;
    open(plan, session)
}

/// What was written, and where to find the origins.
pub(super) fn result(
    plan: &Plan,
    told: &Told,
    unread: &[String],
    output: &Path,
    side: &Path,
    json: bool,
    session: &Session<'_>,
) -> Result<(), Failure> {
    if json {
        return out::json(&serde_json::json!({
            "output": output.display().to_string(),
            "origins": side.display().to_string(),
            "way": told.way,
            "written": told.written,
            "refused": told.refused,
            "remarks": told.remarks,
            "not_searched": unread,
            "left_empty": plan.open,
            "declined": plan.declined,
            "unsure": plan.unsure,
            "without_place": plan.without_place,
        }));
    }
    let values = [
        ("path", output.display().to_string()),
        ("written", told.written.to_string()),
        ("side", side.display().to_string()),
    ];
    out::line(&session.say(if told.way == "rebuilt" { "fill-rebuilt" } else { "fill-written" }, &values))?;
    if !told.refused.is_empty() {
        out::line(&format!("\n{}", session.say("fill-refused", &[])))?;
        for each in told.refused.iter().take(40) {
            let values = [("what", each.args.join(", "))];
            let why = session.say(&format!("fill-refused-{}", each.code), &values);
            out::line(&format!("  • {} {}: {why}", each.sheet, each.cell))?;
        }
        let more = told.refused.len().saturating_sub(40);
        if more > 0 {
            out::line(&format!("  • {}", session.say("inspect-more", &[("count", more.to_string())])))?;
        }
    }
    if !unread.is_empty() {
        out::line(&format!(
            "\n{}",
            session.say("scrub-unread", &[("parts", super::super::scrub::parts(unread, session))])
        ))?;
    }
    if !told.remarks.is_empty() {
        out::line(&format!("\n{}", session.say("fill-remarks", &[])))?;
        let mut groups: BTreeMap<&str, Vec<&super::Remark>> = BTreeMap::new();
        for each in &told.remarks {
            groups.entry(&each.code).or_default().push(each);
        }
        for (code, group) in groups {
            // Many small areas of one rule are one remark.
            let places: Vec<String> = group.iter().take(3).map(|each| each.args.join(" ")).collect();
            let mut what = places.join(", ");
            let more = group.len().saturating_sub(3);
            if more > 0 {
                what.push_str(&format!(" {}", session.say("inspect-more", &[("count", more.to_string())])));
            }
            let cells: usize = group.iter().map(|each| each.cells).sum();
            let values = [("what", what), ("cells", cells.to_string())];
            out::line(&format!("  • {}", session.say(&format!("fill-remark-{code}"), &values)))?;
        }
    }
    open(plan, session)
}

/// What stays empty, by why.
fn open(plan: &Plan, session: &Session<'_>) -> Result<(), Failure> {
    let mut groups: BTreeMap<(&str, &str), Vec<&Open>> = BTreeMap::new();
    for each in &plan.open {
        groups.entry((each.silent.why, &each.header)).or_default().push(each);
    }
    let mut by_why: BTreeMap<&str, Vec<(&str, Vec<&Open>)>> = BTreeMap::new();
    for ((why, header), cells) in groups {
        by_why.entry(why).or_default().push((header, cells));
    }
    for (why, headers) in by_why {
        let count = headers.iter().map(|(_, cells)| cells.len()).sum::<usize>();
        out::line(&format!("\n{}", session.say(&format!("fill-open-{why}"), &[("count", count.to_string())])))?;
        // What does not apply to a row needs no look.
        if why == "does-not-apply" {
            continue;
        }
        for (header, cells) in headers.iter().take(SHOWN * 2) {
            let missing: std::collections::BTreeSet<&str> =
                cells.iter().flat_map(|cell| &cell.silent.of).map(String::as_str).collect();
            let mut named: String = missing.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
            if missing.len() > SHOWN {
                let more = (missing.len() - SHOWN).to_string();
                named.push_str(&format!(" {}", session.say("inspect-more", &[("count", more)])));
            }
            let named = if named.is_empty() { String::new() } else { format!(" ({named})") };
            out::line(&format!("  • {header}{named}"))?;
        }
        let more = headers.len().saturating_sub(SHOWN * 2);
        if more > 0 {
            out::line(&format!("  • {}", session.say("inspect-more", &[("count", more.to_string())])))?;
        }
    }
    for (id, count) in [("fill-declined", plan.declined), ("fill-unsure", plan.unsure)] {
        if count > 0 {
            out::line(&session.say(id, &[("count", count.to_string())]))?;
        }
    }
    for (sheet, names) in &plan.without_place {
        let mut named = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
        if names.len() > SHOWN {
            let more = (names.len() - SHOWN).to_string();
            named.push_str(&format!(" {}", session.say("inspect-more", &[("count", more)])));
        }
        let values = [("sheet", sheet.clone()), ("names", named)];
        out::line(&session.say("fill-without-place", &values))?;
    }
    let unknown = plan.planned.iter().flat_map(|each| &each.told.remarks);
    let remarks: std::collections::BTreeSet<&str> = unknown.copied().collect();
    for remark in remarks {
        out::line(&word(&format!("fill-note-{remark}"), remark, session.text))?;
    }
    Ok(())
}
