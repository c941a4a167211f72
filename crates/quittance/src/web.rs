//! The web desk: a first, read-only page of the position, served to this machine alone.
//!
//! No script, no cookie, nothing fetched from outside; requests for another host's name are refused, so that a page elsewhere
//! cannot read the desk through a name of its own.

use crate::exit::{Exit, Failure, Outcome};
use crate::report;
use crate::session::Session;
use crate::standing;
use crate::text::{Language, Text};
use axum::Router;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What every page needs.
struct Desk {
    case: PathBuf,
    as_of: Date,
    language: Language,
}

type Asked = Query<BTreeMap<String, String>>;

impl Desk {
    fn text(&self, asked: &BTreeMap<String, String>) -> Text {
        Text::new(match asked.get("lang").map(String::as_str) {
            Some("fr") => Language::French,
            Some("en") => Language::English,
            _ => self.language,
        })
    }

    fn standing(&self) -> Result<standing::Standing, Failure> {
        standing::of_case(&desk::Case::open(&self.case)?, self.as_of, None, &standing::options(false))
    }
}

/// A failure as a page of plain text.
fn failed(failure: &Failure, text: &Text) -> Response {
    let sentence = match failure {
        Failure::Told { id, values } => text.say(id, values),
        Failure::PipeClosed => String::new(),
    };
    (StatusCode::INTERNAL_SERVER_ERROR, sentence).into_response()
}

async fn page(State(desk): State<Arc<Desk>>, Query(asked): Asked) -> Response {
    let text = desk.text(&asked);
    let lang = if text.is_french() { "fr" } else { "en" };
    let links = [
        (format!("/?lang={}", if text.is_french() { "en" } else { "fr" }), text.say("desk-other-language", &[])),
        ("/position.json".to_owned(), text.say("desk-as-json", &[])),
        (format!("/position.xlsx?lang={lang}"), text.say("desk-as-workbook", &[])),
    ];
    let rendered = desk.standing().and_then(|standing| {
        report::page::render(
            &standing.position,
            &standing.clusters,
            &standing.names,
            &standing.decisions,
            standing.only_counted(),
            &links,
            &text,
        )
        .map_err(|error| Failure::new("fail-output", vec![("detail", error.to_string())]))
    });
    match rendered {
        Ok(html) => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response(),
        Err(failure) => failed(&failure, &text),
    }
}

async fn as_json(State(desk): State<Arc<Desk>>, Query(asked): Asked) -> Response {
    match desk.standing().map(|standing| serde_json::to_string_pretty(&standing.told())) {
        Ok(Ok(json)) => ([(header::CONTENT_TYPE, "application/json")], json).into_response(),
        Ok(Err(error)) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
        Err(failure) => failed(&failure, &desk.text(&asked)),
    }
}

async fn as_workbook(State(desk): State<Arc<Desk>>, Query(asked): Asked) -> Response {
    let text = desk.text(&asked);
    match desk.standing().map(|standing| report::sheet::render(&standing.position, standing.only_counted(), &text)) {
        Ok(Ok(bytes)) => {
            let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            let name = "attachment; filename=\"position.xlsx\"";
            ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], bytes).into_response()
        }
        Ok(Err(error)) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
        Err(failure) => failed(&failure, &text),
    }
}

/// Only this machine's own names, and the headers that keep a page to itself.
async fn guard(request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    if !matches!(name, "127.0.0.1" | "localhost" | "[::1]") {
        return (StatusCode::FORBIDDEN, "this desk answers to 127.0.0.1 and localhost only").into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn routes(desk: Arc<Desk>) -> Router {
    Router::new()
        .route("/", get(page))
        .route("/position.json", get(as_json))
        .route("/position.xlsx", get(as_workbook))
        .layer(middleware::from_fn(guard))
        .with_state(desk)
}

/// Serves the case until it is stopped. Prints the address first.
///
/// # Errors
/// The port is taken, or the system refuses to listen.
pub(crate) fn serve(case: &Path, as_of: Date, port: u16, session: &Session<'_>) -> Outcome {
    // A folder that is no case is told now, not on the first page.
    desk::Case::open(case)?;
    let language = if session.text.is_french() { Language::French } else { Language::English };
    let desk = Arc::new(Desk { case: case.to_owned(), as_of, language });
    let refused = |error: std::io::Error| {
        Failure::new("fail-listen", vec![("port", port.to_string()), ("detail", error.to_string())])
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(refused)?;
    runtime.block_on(async {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let listener = tokio::net::TcpListener::bind(address).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        crate::out::line(&session.say("desk-listens", &[("address", format!("http://{address}/"))]))?;
        axum::serve(listener, routes(desk)).await.map_err(refused)?;
        Ok(Exit::Done)
    })
}
