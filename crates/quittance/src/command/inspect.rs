//! `inspect`: what a workbook would do if it were opened, and why its macro signature is accepted or refused.

mod signature;
mod tell;

use super::{Entry, format, format_argument, page};
use crate::exit::{Exit, Failure, Outcome};
use crate::out;
use crate::report::document;
use crate::report::wording::code;
use crate::session::Session;
use crate::text::Text;
use crate::workbooks::{self, French, Job, Looker};
use askama::Template;
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::path::PathBuf;
use tell::Inspected;
use workbook::inspect::{Inspection, Reason, Verdict};
use workbook::signature::{Instant, Signature, Trust};
use workbook::{Trouble, crypt, sheets};

pub(crate) const ENTRY: Entry = Entry { name: "inspect", page: page!("inspect"), arguments, run };

/// Bytes of a file that is given beside the workbook: roots, lists, answers.
const LARGEST: u64 = 32 << 20;

fn arguments(command: Command) -> Command {
    let path = || clap::value_parser!(PathBuf);
    let file = |name: &'static str| {
        Arg::new(name).long(name).value_name("FILE").action(ArgAction::Append).value_parser(path())
    };
    command
        .arg(Arg::new("files").value_name("FILE").num_args(1..).required(true).value_parser(path()))
        .arg(file("trust"))
        .arg(file("crl"))
        .arg(file("ocsp"))
        .arg(Arg::new("at").long("at").value_name("DATE"))
        .arg(Arg::new("password").long("password").value_name("WORD").action(ArgAction::Append))
        .arg(format_argument(&["text", "json", "html"]))
}

/// What the child is asked.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Request {
    name: String,
    sha256: String,
    at: String,
    /// Roots, lists and answers: name of the file and its bytes.
    trust: Vec<(String, Vec<u8>)>,
    crl: Vec<(String, Vec<u8>)>,
    ocsp: Vec<(String, Vec<u8>)>,
    passwords: Vec<String>,
    french: French,
    format: String,
}

/// What the child tells.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Answer {
    /// The report in the format that was asked for, and the exit code of its verdict.
    Inspected { body: String, exit: u8 },
    /// It is nothing that can be inspected: a code of trouble.
    NotAWorkbook(String),
    /// A file of roots, lists or answers cannot be read.
    Trust(String),
}

/// What JSON tells: everything found, and the signature with its sentence.
#[derive(Serialize)]
struct Json<'a> {
    file: &'a str,
    sha256: &'a str,
    bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    encrypted: Option<&'a str>,
    #[serde(flatten)]
    inspection: &'a Inspection,
    signature: JsonSignature<'a>,
    what_to_do: String,
}

#[derive(Serialize)]
struct JsonSignature<'a> {
    #[serde(flatten)]
    signature: &'a Signature,
    sentence: String,
}

/// The child's part: opens, inspects, verifies, words.
pub(crate) fn answer(request: &Request, bytes: &[u8]) -> Answer {
    let at = match request.at.parse::<Instant>() {
        Ok(at) => at,
        Err(error) => return Answer::Trust(error.to_string()),
    };
    let trust = match trust(request) {
        Ok(trust) => trust,
        Err(detail) => return Answer::Trust(detail),
    };
    let inspected = match look(&request.name, &request.sha256, bytes, &request.passwords, &trust, at) {
        Ok(inspected) => inspected,
        Err(trouble) => return Answer::NotAWorkbook(trouble.code().to_owned()),
    };
    let text = request.french.text();
    let exit = inspected.inspection.exit;
    let article = tell::article(&inspected, &text);
    let body = match request.format.as_str() {
        "json" => {
            let told = Json {
                file: &inspected.name,
                sha256: &inspected.sha256,
                bytes: inspected.bytes,
                encrypted: inspected.opened.as_ref().map(|(scheme, _)| scheme.as_str()),
                inspection: &inspected.inspection,
                signature: JsonSignature {
                    signature: &inspected.signature,
                    sentence: signature::why(&inspected.signature.reason, &text),
                },
                what_to_do: text.say(&format!("inspect-do-{}", code(&inspected.inspection.verdict)), &[]),
            };
            serde_json::to_string_pretty(&told).map_err(|error| error.to_string())
        }
        "html" => article.render().map_err(|error| error.to_string()),
        _ => Ok(article.text()),
    };
    match body {
        Ok(body) => Answer::Inspected { body, exit },
        Err(detail) => Answer::Trust(detail),
    }
}

fn trust(request: &Request) -> Result<Trust, String> {
    let mut trust = Trust::new();
    for (name, bytes) in &request.trust {
        trust.add_roots(name, bytes).map_err(|error| error.to_string())?;
    }
    for (name, bytes) in &request.crl {
        trust.add_crls(name, bytes).map_err(|error| error.to_string())?;
    }
    for (name, bytes) in &request.ocsp {
        trust.add_ocsps(name, bytes).map_err(|error| error.to_string())?;
    }
    Ok(trust)
}

/// Looks at a file. What is encrypted and cannot be opened is judged as far as it goes.
fn look(
    name: &str,
    sha256: &str,
    bytes: &[u8],
    passwords: &[String],
    trust: &Trust,
    at: Instant,
) -> Result<Inspected, Trouble> {
    let scheme = crypt::is_encrypted(bytes);
    let opened = scheme.map(|_| crypt::open(bytes, passwords));
    let (plain, locked) = match opened {
        None => (Cow::Borrowed(bytes), None),
        Some(Ok(plain)) => (plain, None),
        Some(Err(trouble)) => (Cow::Borrowed(bytes), Some(trouble)),
    };
    let survey = match &locked {
        Some(trouble) => Err(trouble.clone()),
        None => sheets::survey(&plain),
    };
    // A project that is there and cannot be read has no modules: it is judged, not passed over.
    if survey == Err(Trouble::NotAWorkbook) && workbook::inspect::projects(&plain).is_empty() {
        return Err(Trouble::NotAWorkbook);
    }
    let mut inspection = workbook::inspect::inspect(&plain, Some(name), survey.as_ref().map_err(Clone::clone));
    let signature = workbook::signature::verify(&plain, trust, at);
    weigh(&mut inspection, &signature);
    let by = if passwords.is_empty() { "built-in" } else { "given" };
    let opened = scheme.filter(|_| locked.is_none()).map(|scheme| (code(&scheme), by));
    Ok(Inspected {
        name: name.to_owned(),
        sha256: sha256.to_owned(),
        bytes: bytes.len() as u64,
        opened,
        inspection,
        signature,
    })
}

/// Macros that were changed after signing, or whose signer's certificate was called back, must be explained before they run.
/// That a certificate has ended, or is unknown here, says nothing of the kind.
fn weigh(inspection: &mut Inspection, signature: &Signature) {
    use workbook::signature::Verdict as Signed;
    let name = match signature.verdict {
        Signed::Changed => "signature-changed",
        Signed::Broken => "signature-broken",
        Signed::Revoked => "signature-revoked",
        _ => return,
    };
    inspection.reasons.push(Reason::new(Verdict::Suspicious, name, []));
    inspection.reasons.sort_by(|a, b| (b.weight, a.code, &a.args).cmp(&(a.weight, b.code, &b.args)));
    inspection.verdict = inspection.verdict.max(Verdict::Suspicious);
    inspection.exit = inspection.verdict.exit();
}

/// The verdict in a sentence; for the mail that a workbook came with.
pub(crate) fn verdict_sentence(inspection: &Inspection, text: &Text) -> String {
    text.say(&format!("inspect-verdict-{}", code(&inspection.verdict)), &[])
}

/// The reasons that make a workbook suspicious or dangerous, in sentences.
pub(crate) fn heavy_reasons(inspection: &Inspection, text: &Text) -> Vec<String> {
    let heavy = inspection.reasons.iter().filter(|reason| reason.weight >= Verdict::Suspicious);
    heavy.map(|reason| tell::sentence(reason, text)).collect()
}

fn beside(matches: &ArgMatches, name: &str) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let mut all = Vec::new();
    for path in matches.get_many::<PathBuf>(name).into_iter().flatten() {
        all.push((path.display().to_string(), workbooks::read(path, LARGEST)?));
    }
    Ok(all)
}

fn run(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let at = match matches.get_one::<String>("at") {
        Some(text) => {
            let known = text.parse::<Instant>();
            known.map_err(|_| Failure::new("fail-date", vec![("text", text.clone())]))?.to_string()
        }
        None => session.now(),
    };
    let format = format(matches).to_owned();
    let passwords = matches.get_many::<String>("password").into_iter().flatten().cloned().collect::<Vec<_>>();
    let (trust, crl, ocsp) = (beside(matches, "trust")?, beside(matches, "crl")?, beside(matches, "ocsp")?);
    let mut bodies = Vec::new();
    let mut bad = false;
    let mut looker = Looker::default();
    for path in matches.get_many::<PathBuf>("files").into_iter().flatten() {
        let bytes = workbooks::read(path, workbook::limits::FILE)?;
        let request = Request {
            name: path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
            sha256: desk::fingerprint(&bytes),
            at: at.clone(),
            trust: trust.clone(),
            crl: crl.clone(),
            ocsp: ocsp.clone(),
            passwords: passwords.clone(),
            french: French(session.text.is_french()),
            format: format.clone(),
        };
        let (answer, _): (Answer, _) = looker.ask(&Job::Inspect(request), &bytes)?;
        match answer {
            Answer::Inspected { body, exit } => {
                bad |= exit > 0;
                bodies.push(body);
            }
            Answer::NotAWorkbook(why) => return Err(workbooks::unreadable(path, &why, session)),
            Answer::Trust(detail) => return Err(Failure::new("fail-trust", vec![("detail", detail)])),
        }
    }
    match format.as_str() {
        "json" => match bodies.as_slice() {
            [one] => out::line(one)?,
            all => out::line(&format!("[\n{}\n]", all.join(",\n")))?,
        },
        "html" => {
            let (title, advice) = (session.say("inspect-title", &[]), session.say("inspect-protects", &[]));
            let printed = session.say("inspect-not-run", &[]);
            let page = document::page(title, advice, printed, &bodies, session.text)
                .map_err(|error| Failure::new("fail-output", vec![("detail", error.to_string())]))?;
            out::line(&page)?;
        }
        _ => out::print(&bodies.join(&format!("\n{}\n\n", "=".repeat(72))))?,
    }
    Ok(if bad { Exit::BadNews } else { Exit::Done })
}
