//! Charts as SVG text: two shapes, no script, no outside resource, so that one page can be mailed, printed and kept.
//!
//! Colours come from the page's style sheet by class; each chart carries a `title` and a `desc` for screen readers, and every
//! bar its own figure in words, so that nothing is told by colour alone.

use std::fmt::Write;

/// One product of the chart "required against owned".
pub(crate) struct Pair {
    /// Label as shown.
    pub(crate) label: String,
    /// Required: lowest and highest lawful reading.
    pub(crate) required: (u64, u64),
    /// No highest reading is known.
    pub(crate) open: bool,
    /// Owned and usable for this line.
    pub(crate) owned: u64,
    /// What one unit is, for the figure (`cores`, `devices`).
    pub(crate) unit: String,
    /// The line's anchor on the page.
    pub(crate) anchor: String,
}

/// One bar of the chart of money.
pub(crate) struct Amount {
    /// Label as shown.
    pub(crate) label: String,
    /// Lowest and highest amount in whole currency units.
    pub(crate) amount: (u64, u64),
    /// The amount as written on the page, with its currency.
    pub(crate) text: String,
    /// The line's anchor on the page.
    pub(crate) anchor: String,
}

/// The words that a chart needs around its bars.
pub(crate) struct Words {
    /// Title for screen readers.
    pub(crate) title: String,
    /// Legend of the first bar, then of the second.
    pub(crate) legend: [String; 2],
}

const WIDTH: u64 = 960;
const LABEL: u64 = 330;
const RIGHT: u64 = 150;

/// `text` safe inside XML text and attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(c),
        }
    }
    safe
}

/// Length of a bar for `value` on a scale that ends at `most`; a value above zero is never invisible.
fn length(value: u64, most: u64) -> u64 {
    let room = u128::from(WIDTH - LABEL - RIGHT);
    let scaled = u128::from(value) * room / u128::from(most.max(1));
    let scaled = u64::try_from(scaled).unwrap_or(WIDTH - LABEL - RIGHT);
    if value > 0 { scaled.max(2) } else { 0 }
}

/// A label that fits its column, cut with an ellipsis.
fn fitted(label: &str) -> String {
    const MOST: usize = 44;
    if label.chars().count() <= MOST {
        return label.to_owned();
    }
    label.chars().take(MOST - 1).chain(['…']).collect()
}

/// Required against owned, a pair of bars a product; an uncertain requirement has a hatched end up to its highest reading.
pub(crate) fn pairs(rows: &[Pair], words: &Words) -> String {
    const STEP: u64 = 46;
    const TOP: u64 = 34;
    let most = rows.iter().map(|row| row.required.1.max(row.owned)).max().unwrap_or(1);
    let height = TOP + STEP * rows.len() as u64 + 6;
    let mut svg = String::new();
    let _ = write!(
        svg,
        "<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{title}\"><title>{title}</title>\
         <defs><pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
         <rect width=\"6\" height=\"6\" class=\"hatch-ground\"/><rect width=\"3\" height=\"6\" class=\"required\"/></pattern></defs>\
         <rect class=\"required\" x=\"{LABEL}\" y=\"6\" width=\"12\" height=\"12\"/><text x=\"{first}\" y=\"16\">{one}</text>\
         <rect class=\"owned\" x=\"{second}\" y=\"6\" width=\"12\" height=\"12\"/><text x=\"{third}\" y=\"16\">{two}</text>",
        title = escape(&words.title),
        first = LABEL + 18,
        second = LABEL + 160,
        third = LABEL + 178,
        one = escape(&words.legend[0]),
        two = escape(&words.legend[1]),
    );
    for (index, row) in rows.iter().enumerate() {
        let y = TOP + STEP * index as u64;
        let (low, high) = (length(row.required.0, most), length(row.required.1, most));
        let owned = length(row.owned, most);
        let figure = if row.open {
            format!("≥\u{a0}{}", row.required.0)
        } else if row.required.0 == row.required.1 {
            row.required.0.to_string()
        } else {
            format!("{}–{}", row.required.0, row.required.1)
        };
        let _ = write!(
            svg,
            "<a href=\"#{anchor}\"><text class=\"label\" x=\"{label_x}\" y=\"{label_y}\">{label}</text>\
             <rect class=\"required\" x=\"{LABEL}\" y=\"{y}\" width=\"{low}\" height=\"15\"/>\
             <rect fill=\"url(#hatch)\" x=\"{from}\" y=\"{y}\" width=\"{rest}\" height=\"15\"/>\
             <text x=\"{figure_x}\" y=\"{figure_y}\">{figure} {unit}</text>\
             <rect class=\"owned\" x=\"{LABEL}\" y=\"{owned_y}\" width=\"{owned}\" height=\"15\"/>\
             <text x=\"{owned_x}\" y=\"{owned_text_y}\">{owned_figure}</text></a>",
            anchor = escape(&row.anchor),
            label_x = LABEL - 12,
            label_y = y + 20,
            label = escape(&fitted(&row.label)),
            from = LABEL + low,
            rest = high.saturating_sub(low),
            figure_x = LABEL + high + 8,
            figure_y = y + 12,
            unit = escape(&row.unit),
            owned_y = y + 17,
            owned_x = LABEL + owned + 8,
            owned_text_y = y + 29,
            owned_figure = row.owned,
        );
    }
    svg.push_str("</svg>");
    svg
}

/// Money that the shortfalls stand for, the greatest first as given; an uncertain amount has a hatched end.
pub(crate) fn amounts(rows: &[Amount], words: &Words) -> String {
    const STEP: u64 = 30;
    let most = rows.iter().map(|row| row.amount.1).max().unwrap_or(1);
    let height = STEP * rows.len() as u64 + 8;
    let mut svg = String::new();
    let _ = write!(
        svg,
        "<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{title}\"><title>{title}</title>\
         <defs><pattern id=\"hatch-money\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
         <rect width=\"6\" height=\"6\" class=\"hatch-ground\"/><rect width=\"3\" height=\"6\" class=\"short\"/></pattern></defs>",
        title = escape(&words.title),
    );
    for (index, row) in rows.iter().enumerate() {
        let y = STEP * index as u64 + 4;
        let (low, high) = (length(row.amount.0, most), length(row.amount.1, most));
        let _ = write!(
            svg,
            "<a href=\"#{anchor}\"><text class=\"label\" x=\"{label_x}\" y=\"{text_y}\">{label}</text>\
             <rect class=\"short\" x=\"{LABEL}\" y=\"{y}\" width=\"{low}\" height=\"18\"/>\
             <rect fill=\"url(#hatch-money)\" x=\"{from}\" y=\"{y}\" width=\"{rest}\" height=\"18\"/>\
             <text x=\"{figure_x}\" y=\"{text_y}\">{text}</text></a>",
            anchor = escape(&row.anchor),
            label_x = LABEL - 12,
            text_y = y + 14,
            label = escape(&fitted(&row.label)),
            from = LABEL + low,
            rest = high.saturating_sub(low),
            figure_x = LABEL + high + 8,
            text = escape(&row.text),
        );
    }
    svg.push_str("</svg>");
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Words {
        Words { title: "Required & owned".to_owned(), legend: ["Required".to_owned(), "Owned".to_owned()] }
    }

    #[test]
    fn a_label_with_markup_stays_text() {
        let row = Pair {
            open: false,
            label: "<script>".to_owned(),
            required: (1, 3),
            owned: 2,
            unit: "cores".to_owned(),
            anchor: "a".to_owned(),
        };
        let svg = pairs(&[row], &words());
        assert!(!svg.contains("<script>"));
        assert!(svg.contains("1–3 cores"));
    }

    #[test]
    fn one_licence_among_thousands_is_still_seen() {
        assert_eq!(length(1, 1_000_000), 2);
        assert_eq!(length(0, 10), 0);
        assert_eq!(length(u64::MAX, u64::MAX), WIDTH - LABEL - RIGHT);
    }

    #[test]
    fn no_rows_make_a_chart_without_bars() {
        assert!(amounts(&[], &words()).ends_with("</svg>"));
    }
}
