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
        || (matches!(first, 'd' | 'D' | 'f' | 'F' | 'v' | 'V') && line.contains(':'))
        || (!first.is_ascii() && line.contains(':'))
}

/// What stands above a mail that is answered, between dashes, as mail programs of several languages write it.
const ORIGINAL: &[&str] = &[
    "message d'origine",
    "original message",
    "message original",
    "message initial",
    "ursprungliche nachricht",
    "originalnachricht",
    "mensaje original",
    "mensagem original",
    "messaggio originale",
    "oorspronkelijk bericht",
];
/// How a line begins and ends that gives the word to whom is answered, without its colon.
const ANSWERED: &[(&str, &str)] = &[
    ("le ", "a ecrit"),
    ("on ", "wrote"),
    ("am ", "schrieb"),
    ("am ", "geschrieben"),
    ("el ", "escribio"),
    ("em ", "escreveu"),
    ("il ", "ha scritto"),
    ("op ", "schreef"),
];
/// The sender's line of a quoted block of header lines.
const SENDER: &[&str] = &["de", "from", "von", "da", "van"];
/// The other lines of such a block.
const HEADERS: &[&str] = &[
    "envoye",
    "sent",
    "date",
    "a",
    "to",
    "objet",
    "subject",
    "cc",
    "gesendet",
    "datum",
    "an",
    "betreff",
    "enviado",
    "fecha",
    "para",
    "asunto",
    "assunto",
    "inviato",
    "data",
    "oggetto",
    "verzonden",
    "aan",
    "onderwerp",
];

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
            | "weitergeleitete nachricht"
            | "anfang der weitergeleiteten nachricht:"
            | "mensaje reenviado"
            | "mensagem encaminhada"
            | "messaggio inoltrato"
            | "doorgestuurd bericht"
    ) && (dashed || line.ends_with(':'))
    {
        return Some(true);
    }
    if dashed && ORIGINAL.contains(&bare) {
        return Some(false);
    }
    let said = line.trim_end_matches([':', ' ']);
    let answered =
        // German and Dutch put the name behind the verb.
        line.ends_with(':')
            && ANSWERED.iter().any(|(begin, end)| {
                line.starts_with(begin)
                    && (said.ends_with(end)
                        || (end.starts_with("schr") && said.split(' ').skip(1).any(|word| word == *end)))
            });
    if answered {
        return Some(false);
    }
    // A block of header lines, as Outlook writes above what it quotes.
    let named = |l: &str, names: &[&str]| {
        let l = l.trim_start_matches('*');
        names.iter().any(|n| l.strip_prefix(n).is_some_and(|rest| rest.trim_start_matches(['*', ' ']).starts_with(':')))
    };
    let begins = |l: &str| named(l, HEADERS) || named(l, SENDER);
    if named(line, SENDER) {
        let more = following.iter().map(|l| fold(l)).filter(|l| !l.is_empty()).take(3).filter(|l| begins(l)).count();
        return (more >= 2).then_some(false);
    }
    None
}
