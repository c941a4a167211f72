//! What a mail says itself, apart from the earlier mails that it quotes or hands on. A calm answer does not inherit the
//! threats below it.

/// A body cut in two.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cut {
    /// The sender's own words.
    pub own: String,
    /// Earlier mails, quoted or handed on.
    pub earlier: String,
    /// True when what follows is handed on (a forward) and not answered.
    pub forwarded: bool,
}

/// Cuts a text body at the first sign of an earlier mail.
pub fn cut(text: &str) -> Cut {
    let mut out = Cut::default();
    let lines: Vec<&str> = text.lines().collect();
    for (n, line) in lines.iter().enumerate() {
        let rest = lines.get(n + 1..).unwrap_or_default();
        if let Some(forwarded) = Some(line).filter(|l| may_separate(l)).and_then(|l| separator(&fold(l), rest)) {
            out.forwarded = forwarded;
            for rest in lines.get(n..).unwrap_or_default() {
                push(&mut out.earlier, rest);
            }
            break;
        }
        if line.trim_start().starts_with('>') {
            push(&mut out.earlier, line.trim_start().trim_start_matches(['>', ' ']));
        } else {
            push(&mut out.own, line);
        }
    }
    out
}

fn push(to: &mut String, line: &str) {
    to.push_str(line);
    to.push('\n');
}

fn fold(line: &str) -> String {
    let bytes = crate::fold::Folded::new(line.chars().take(300).collect());
    String::from_utf8_lossy(bytes.bytes()).into_owned()
}

/// False for a line that cannot be a separator by its first and last characters. Folding every line costs more than all that
/// is looked for in it.
fn may_separate(line: &str) -> bool {
    // What folding drops at either end.
    let dropped =
        |c: char| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}' | '\u{ad}' | '\u{300}'..='\u{36f}');
    // Only the first characters of a line count; of a long one the last that counts is not looked for.
    if line.len() > 300 {
        return true;
    }
    let line = line.trim_matches(dropped);
    let Some(first) = line.chars().next() else { return false };
    // Dashes of every kind, stars, underlines; "de", "from"; or any line that ends in a colon.
    !(first.is_ascii_alphanumeric() || first.is_alphabetic())
        || line.ends_with(':')
        || (matches!(first, 'd' | 'D' | 'f' | 'F') && line.contains(':'))
        || (!first.is_ascii() && line.contains(':'))
}

/// `Some(forwarded)` when the line begins an earlier mail.
fn separator(line: &str, following: &[&str]) -> Option<bool> {
    let bare = line.trim_matches(['-', '_', ' ', '*', '=']);
    let dashed = line.starts_with("--") || line.starts_with("__") || line.starts_with("==");
    if matches!(
        bare,
        "message transfere"
            | "forwarded message"
            | "begin forwarded message:"
            | "debut du message transfere :"
            | "debut du message reexpedie :"
            | "message reexpedie"
    ) && (dashed || line.ends_with(':'))
    {
        return Some(true);
    }
    if dashed && matches!(bare, "message d'origine" | "original message" | "message original" | "message initial") {
        return Some(false);
    }
    let answered = (line.starts_with("le ") && (line.ends_with("a ecrit :") || line.ends_with("a ecrit:")))
        || (line.starts_with("on ") && line.ends_with("wrote:"));
    if answered {
        return Some(false);
    }
    // A block of header lines, as Outlook writes above what it quotes.
    let names = [
        "de :", "de:", "from:", "envoye :", "envoye:", "sent:", "date :", "date:", "a :", "a:", "to:", "objet :",
        "objet:", "subject:", "cc :", "cc:",
    ];
    let begins = |l: &str| names.iter().any(|n| l.trim_start_matches('*').starts_with(n));
    let first = line.trim_start_matches('*');
    if first.starts_with("de :") || first.starts_with("de:") || first.starts_with("from:") {
        let more = following.iter().map(|l| fold(l)).filter(|l| !l.is_empty()).take(3).filter(|l| begins(l)).count();
        return (more >= 2).then_some(false);
    }
    None
}
