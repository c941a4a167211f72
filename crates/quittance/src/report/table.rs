//! The position as a terminal table.

use super::wording::{self, Say};
use licensing::clusters::Cluster;
use licensing::position::Position;
use recognition::estate::counted::CountedSum;
use std::fmt::Write;

/// Lays rows out in columns; the first column is text, the others are set to the right.
pub(super) fn columns(rows: &[Vec<String>], right_from: usize) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let wide = |text: &str| text.chars().count();
    let widths: Vec<usize> = (0..count)
        .map(|at| rows.iter().filter_map(|row| row.get(at)).map(|cell| wide(cell)).max().unwrap_or(0))
        .collect();
    let mut text = String::new();
    for (index, row) in rows.iter().enumerate() {
        let mut line = String::new();
        for (at, cell) in row.iter().enumerate() {
            let pad = " ".repeat(widths.get(at).copied().unwrap_or(0).saturating_sub(wide(cell)));
            let gap = if at == 0 { "" } else { "  " };
            if at >= right_from {
                let _ = write!(line, "{gap}{pad}{cell}");
            } else {
                let _ = write!(line, "{gap}{cell}{pad}");
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
        if index == 0 {
            let rule: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
            text.push_str(&rule.join("  "));
            text.push('\n');
        }
    }
    text
}

/// The whole position for a terminal: lines, what it would cost, questions, limits, leftovers.
pub(crate) fn render(position: &Position, clusters: &[Cluster], counted: Option<CountedSum>, say: &dyn Say) -> String {
    let mut text = format!("{}\n\n", say.say("position-title", &[("date", wording::day(position.as_of, say))]));
    if position.lines.is_empty() {
        let none = say.say("position-no-lines", &[]);
        for sentence in std::iter::once(none).chain(only_counted(counted, say)) {
            let _ = writeln!(text, "{sentence}");
        }
        return text;
    }
    let heading = |id: &str| say.say(&format!("position-column-{id}"), &[]);
    let mut rows = vec![vec![
        heading("product"),
        heading("metric"),
        heading("required"),
        heading("covered"),
        heading("shortfall"),
        heading("surplus"),
        heading("money"),
    ]];
    for line in &position.lines {
        let mark = if line.review { " *" } else { "" };
        rows.push(vec![
            format!("{}{mark}", wording::name(line)),
            wording::metric(&line.metric, say),
            wording::interval(line.required, say),
            wording::interval(line.covered, say),
            wording::interval(line.shortfall, say),
            wording::interval(line.surplus, say),
            wording::exposure(line, say),
        ]);
    }
    text.push_str(&columns(&rows, 2));
    if position.lines.iter().any(|line| line.review) {
        let _ = writeln!(text, "* {}", say.say("position-review", &[]));
    }
    text.push('\n');
    for sentence in summary(position, counted, say) {
        let _ = writeln!(text, "{sentence}");
    }
    section(
        &mut text,
        say,
        "position-questions",
        position.questions.iter().map(|q| {
            let (ask, how) = wording::question(q, say);
            let worth = worth(q, say);
            if how.is_empty() { format!("{ask}{worth}") } else { format!("{ask}{worth}\n      {how}") }
        }),
    );
    let clusters = super::clusters::laid_out(clusters, say).into_iter().map(|laid| {
        let table = columns(&laid.rows, 1);
        let table: Vec<String> = table.lines().map(|line| format!("      {line}")).collect();
        format!("{}\n{}\n      {}", laid.heading, table.join("\n"), laid.note)
    });
    section(&mut text, say, "cluster-title", clusters);
    section(&mut text, say, "position-breaches", position.breaches.iter().map(|breach| wording::breach(breach, say)));
    section(
        &mut text,
        say,
        "position-findings",
        position.findings.iter().map(|finding| wording::finding(finding, say)),
    );
    let _ = writeln!(text, "\n{}", say.say("position-legal", &[]));
    text
}

/// What an answer is worth, as ` (worth up to 1,200 USD)`.
pub(crate) fn worth(question: &licensing::position::Question, say: &dyn Say) -> String {
    if question.open {
        return format!(" ({})", say.say("position-question-open", &[]));
    }
    match question.worth {
        Some(worth) if !worth.is_zero() => {
            let worth = wording::money(worth, &question.currency, say);
            let units = wording::number(question.units, say);
            format!(" ({})", say.say("position-question-worth", &[("units", units), ("worth", worth)]))
        }
        _ if question.units > 0 => {
            let units = wording::number(question.units, say);
            format!(" ({})", say.say("position-question-units", &[("units", units)]))
        }
        _ => String::new(),
    }
}

/// That rows of great lists and archives were counted by their titles, and not judged one by one.
fn only_counted(counted: Option<CountedSum>, say: &dyn Say) -> Option<String> {
    let CountedSum { rows, titles } = counted?;
    let values = [("rows", wording::number(rows, say)), ("titles", wording::number(titles, say))];
    Some(say.say("position-only-counted", &values))
}

/// The sentences under the table: how many lines are short, what it would cost, whether the assignment is proved, what was only
/// counted.
pub(crate) fn summary(position: &Position, counted: Option<CountedSum>, say: &dyn Say) -> Vec<String> {
    let short = position.lines.iter().filter(|line| line.shortfall.may_be_some()).count();
    let mut sentences = vec![say.say("position-total-short", &[("count", short.to_string())])];
    let exposure = &position.exposure;
    if let (Some(low), Some(high)) = (exposure.low, exposure.high)
        && (!high.is_zero() || exposure.open)
    {
        sentences.push(if exposure.open {
            let low = wording::money(low, &exposure.currency, say);
            say.say("position-total-money-open", &[("low", low)])
        } else if low == high {
            let amount = wording::money(high, &exposure.currency, say);
            say.say("position-total-money-exact", &[("amount", amount)])
        } else {
            let low = wording::money(low, &exposure.currency, say);
            let high = wording::money(high, &exposure.currency, say);
            say.say("position-total-money", &[("low", low), ("high", high)])
        });
    }
    if let Some(clause) = &position.clause
        && let (Some(low), Some(high)) = (clause.low, clause.high)
    {
        let tenths = |number: u64| {
            let text = (number / 10).to_string();
            if number.is_multiple_of(10) { text } else { format!("{text}.{}", number % 10) }
        };
        sentences.push(say.say(
            "position-clause",
            &[
                ("share", tenths(clause.per_mille)),
                ("percent", clause.price_percent.to_string()),
                ("low", wording::money(low, &exposure.currency, say)),
                ("high", wording::money(high, &exposure.currency, say)),
                ("rule", clause.rule.id.clone()),
            ],
        ));
    }
    if exposure.unpriced > 0 {
        sentences.push(say.say("position-total-unpriced", &[("count", exposure.unpriced.to_string())]));
    }
    sentences.push(if position.optimal {
        say.say("position-optimal", &[])
    } else {
        let gap = wording::money(position.gap, &exposure.currency, say);
        say.say("position-not-optimal", &[("gap", gap)])
    });
    sentences.extend(only_counted(counted, say));
    sentences
}

fn section(text: &mut String, say: &dyn Say, title: &str, items: impl Iterator<Item = String>) {
    let items: Vec<String> = items.collect();
    if items.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n{}", say.say(title, &[]));
    for item in items {
        let _ = writeln!(text, "  • {item}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_were_only_counted_are_told_in_both_languages_even_where_no_line_is() {
        use crate::text::{Language, Text};
        let (terms, prices) =
            (licensing::terms::Terms::builtin().unwrap(), licensing::terms::Prices::builtin().unwrap());
        let day = jiff::civil::date(2026, 11, 24);
        let nothing = licensing::position(&Default::default(), &terms, &prices, day, &Default::default());
        let counted = Some(CountedSum { rows: 12_345, titles: 67 });
        for (language, rows) in [(Language::English, "12,345 rows"), (Language::French, "12\u{202f}345 lignes")] {
            let text = Text::new(language);
            let told = render(&nothing, &[], counted, &text);
            assert!(told.contains(rows) && told.contains("67"), "{told}");
            let silent = render(&nothing, &[], None, &text);
            assert!(!silent.contains("67"), "{silent}");
        }
    }

    #[test]
    fn columns_line_up_whatever_the_alphabet() {
        let rows = vec![
            vec!["Product".to_owned(), "Need".to_owned()],
            vec!["Édition spéciale".to_owned(), "1".to_owned()],
            vec!["x".to_owned(), "1 000".to_owned()],
        ];
        let text = columns(&rows, 1);
        let widths: Vec<usize> = text.lines().map(|line| line.chars().count()).collect();
        assert_eq!(widths, [23, 23, 23, 23], "{text}");
    }
}
