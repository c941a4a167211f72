//! Online plans: the title is the name, less what is no part of it, in the publisher's English.

use super::kind::is_csp_part;
use super::knowledge::Knowledge;
use super::plan_name::{clean, known_head, recase, short_name, with_maker};
use super::text::{Text, fold};
use super::words::{any, has, position};
use super::{NONE, PurchaseLine, UNKNOWN};

/// True if the line is in the short grammar of volume titles.
fn is_short(words: &[String], knowledge: &Knowledge) -> bool {
    has(words, "shrdsvr") || has(words, "subs") && any(words, &knowledge.tokens.short)
}

/// True if the line is about an online plan.
pub(crate) fn is_plan(shown: &Text, words: &[String], knowledge: &Knowledge) -> bool {
    let joined = Text::new(&words.join(" "));
    // Behind the plan's name such a phrase only says for whom the plan is ("E3 add-on to Core CAL").
    let first = |text: &Text, phrases: &[String]| phrases.iter().filter_map(|p| text.find(p, 0)).min();
    let no_plan = |text: &Text| {
        first(text, &knowledge.not_families)
            .is_some_and(|(at, _)| first(text, &knowledge.families).is_none_or(|(plan, end)| at < plan || at < end))
    };
    if no_plan(shown) || no_plan(&joined) {
        return false;
    }
    // What is installed is named with its version or its access licence; a plan never is.
    let access = has(words, "cal")
        && !shown.has("exchange enterprise cal services")
        && position(words, &["to", "core", "cal"]).is_none();
    if access {
        return false;
    }
    let starts = |text: &Text| knowledge.families.iter().any(|phrase| text.has(phrase));
    if is_short(words, knowledge) {
        return starts(&joined) || starts(shown);
    }
    starts(shown)
}

/// Understands a line about an online plan.
pub(crate) fn recognise(shown: &Text, words: &[String], part: Option<&str>, knowledge: &Knowledge) -> PurchaseLine {
    let mut line = PurchaseLine::nothing();
    line.edition = NONE.into();
    line.version = NONE.into();
    line.units = Some(1);
    line.kind = "subscription".into();
    let short = is_short(words, knowledge);
    let (mut name, meanings) =
        if short { clean(&Text::new(&short_name(words, knowledge)), knowledge) } else { clean(shown, knowledge) };
    if let Some(known) = known_head(&name, knowledge) {
        name = known;
    }
    let no_letters_mixed = !name.chars().any(char::is_lowercase) || !name.chars().any(char::is_uppercase);
    line.trace.push(format!("plan:{name}"));

    let key = fold(&name);
    let plan = [key.clone(), format!("microsoft {key}"), key.strip_prefix("microsoft ").unwrap_or(&key).to_owned()]
        .into_iter()
        .find_map(|k| knowledge.plans.get(&k));
    let numbered = knowledge.numbered.iter().find_map(|(base, product)| {
        let rest = key
            .strip_prefix("microsoft ")
            .unwrap_or(&key)
            .strip_prefix(base.as_str())?
            .trim()
            .strip_prefix("plan")?
            .trim();
        let number: String = rest.chars().take_while(char::is_ascii_digit).collect();
        let after = rest.strip_prefix(number.as_str())?.trim();
        (!number.is_empty() && (after.is_empty() || after.starts_with("without")))
            .then(|| (product.clone(), format!("Plan {number}")))
    });
    if let Some((product, edition)) = numbered {
        line.product = product;
        line.edition = edition;
    } else if let Some(plan) = plan {
        line.product = plan.name.clone();
        line.edition = plan.edition.clone().unwrap_or_else(|| NONE.into());
        if let Some(kind) = &plan.kind {
            line.kind = kind.clone();
        }
        if let Some(metric) = &plan.metric {
            line.metric = metric.clone();
        }
    } else {
        if no_letters_mixed {
            name = recase(&name);
        }
        line.product = with_maker(&name);
    }

    let lower = Text::new(&line.product);
    let whole = Text::new(&name);
    if line.metric == UNKNOWN {
        let says = |table: &[String]| {
            table.iter().any(|phrase| lower.has(phrase) || whole.has(phrase) || shown.has(phrase) && !short)
        };
        line.metric = if says(&knowledge.server) {
            "server".into()
        } else if says(&knowledge.device) {
            "device_sub".into()
        } else if says(&knowledge.nobody) {
            NONE.into()
        } else {
            "user_sub".into()
        };
    }
    if meanings.contains("trial") || words.iter().any(|w| w == "trial") {
        line.kind = "trial".into();
    }
    if words.iter().any(|w| matches!(w.as_str(), "su" | "sasu" | "stepup")) {
        line.kind = "step-up".into();
        line.notes.push("needs-base".into());
    }
    if words.iter().any(|w| matches!(w.as_str(), "addon" | "fromsa" | "frmsa" | "attach"))
        || lower.has("add-on")
        || position(words, &["add", "on"]).is_some()
    {
        line.notes.push("add-on".into());
    }
    for meaning in &meanings {
        if matches!(meaning.as_str(), "segment" | "promotion" | "no-teams" | "qualified") {
            line.notes.push(format!("plan-{meaning}"));
        }
    }
    line.channel = if meanings.contains("csp")
        || meanings.contains("extra")
        || part.is_some_and(is_csp_part)
        || has(words, "csp")
        || has(words, "nce")
    {
        "csp"
    } else if has(words, "olv") {
        "open_value"
    } else if has(words, "olp") {
        "open"
    } else if let Some((_, programme)) =
        [("selectplus", "select"), ("mpsa", "mpsa"), ("ea", "ea")].into_iter().find(|(word, _)| has(words, word))
    {
        programme
    } else if has(words, "mvl") || has(words, "vl") || short {
        "volume"
    } else {
        UNKNOWN
    }
    .into();
    line
}
