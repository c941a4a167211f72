//! The listening desk: inventories straight from agents, over HTTP, with a token in the address.
//!
//! A message is on the disk before its sender hears that it was taken. A worker takes what waits into the case, in batches, and
//! lets go of the case in between, so that other commands work meanwhile.

mod protocol;

use crate::exit::{Exit, Failure, Outcome};
use crate::out;
use crate::session::Session;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path as InAddress, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use desk::add::{Added, Fate, PartFate};
use desk::incoming::Incoming;
use desk::reader::ReaderOptions;
use protocol::{Heard, Unheard, answer, hear};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Bytes of a body as it comes, packed.
const LARGEST: usize = 16 << 20;
/// Bodies that are received at the same time.
const AT_ONCE: usize = 16;
/// How long a sender may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// Pause between two looks at what waits.
const PAUSE: Duration = Duration::from_millis(500);

struct Ear {
    token: String,
    incoming: Incoming,
    at_once: Semaphore,
}

/// Takes as long for a wrong token as for the right one.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |differ, (x, y)| differ | (x ^ y)) == 0
}

async fn receive(
    State(ear): State<Arc<Ear>>,
    InAddress(token): InAddress<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    if !same(&token, &ear.token) {
        return (StatusCode::FORBIDDEN, "the address lacks the token that this desk gave out\n").into_response();
    }
    let Ok(_turn) = ear.at_once.acquire().await else { return StatusCode::SERVICE_UNAVAILABLE.into_response() };
    let body = match tokio::time::timeout(PATIENCE, to_bytes(body, LARGEST)).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        Err(_) => return StatusCode::REQUEST_TIMEOUT.into_response(),
    };
    let heard = match hear(&body) {
        Ok(heard) => heard,
        Err(Unheard::TooLarge) => return StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        Err(Unheard::Unknown) => {
            return (StatusCode::BAD_REQUEST, "no message of an inventory agent\n").into_response();
        }
    };
    if let Heard::Inventory { device, ending, message } = &heard {
        match ear.incoming.keep(device, ending, message) {
            Ok(true) => {}
            Ok(false) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
            Err(error) => return (StatusCode::INSUFFICIENT_STORAGE, format!("{error}\n")).into_response(),
        }
    }
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let (kind, bytes) = answer(&heard, agent);
    ([(header::CONTENT_TYPE, kind)], bytes).into_response()
}

/// The token of the case: made once, kept beside it, readable by its owner alone.
fn token(case: &Path) -> Result<String, Failure> {
    let path = case.join("listen.token");
    let fail = |error: std::io::Error| Failure::io(&path, &error);
    match std::fs::read_to_string(&path) {
        Ok(token) if token.trim().len() >= 16 => return Ok(token.trim().to_owned()),
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(fail(error)),
    }
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| fail(std::io::Error::other(error.to_string())))?;
    let token: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&path).map_err(fail)?;
    std::io::Write::write_all(&mut file, format!("{token}\n").as_bytes()).map_err(fail)?;
    Ok(token)
}

/// Listens on `address` until it is stopped; with `count`, until that many messages were taken into the case.
///
/// # Errors
/// The folder is no case, the address is taken, or the case cannot be written.
pub(crate) fn listen(case: &Path, address: SocketAddr, count: Option<u64>, session: &Session<'_>) -> Outcome {
    desk::Case::open(case)?;
    let ear = Arc::new(Ear { token: token(case)?, incoming: Incoming::of(case)?, at_once: Semaphore::new(AT_ONCE) });
    let refused = |error: std::io::Error| {
        Failure::new("fail-listen", vec![("port", address.port().to_string()), ("detail", error.to_string())])
    };
    let program = std::env::current_exe().map_err(refused)?;
    let options = ReaderOptions::new(program);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(refused)?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(address).await.map_err(refused)?;
        let bound = listener.local_addr().map_err(refused)?;
        let shown = format!("http://{bound}/{}", ear.token);
        out::line(&session.say("listen-at", &[("address", shown)]))?;
        let routes = Router::new().route("/{token}", post(receive)).with_state(Arc::clone(&ear));
        let served = axum::serve(listener, routes);
        tokio::select! {
            ended = async { served.await } => ended.map_err(refused).map(|()| Exit::Done),
            taken = take(&ear.incoming, &options, count, session) => taken,
        }
    })
}

/// Takes what waits, again and again. A case that another process changes is waited for.
async fn take(incoming: &Incoming, options: &ReaderOptions, count: Option<u64>, session: &Session<'_>) -> Outcome {
    let mut taken = 0_u64;
    loop {
        let (from, with, stamp) = (incoming.clone(), options.clone(), session.stamp());
        let batch = tokio::task::spawn_blocking(move || from.take(&with, &stamp)).await;
        match batch {
            Ok(Ok(added)) => {
                taken += added.len() as u64;
                for each in &added {
                    out::line(&told(each, session))?;
                }
            }
            Ok(Err(desk::Error::Busy { .. })) => {}
            Ok(Err(error)) => return Err(error.into()),
            Err(error) => {
                return Err(Failure::new("fail-reader", vec![("detail", error.to_string())]));
            }
        }
        if count.is_some_and(|count| taken >= count) {
            return Ok(Exit::Done);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn told(added: &Added, session: &Session<'_>) -> String {
    let name = ("name", added.name.clone());
    match &added.fate {
        Fate::Taken { parts, .. } => {
            let facts: u64 = parts
                .iter()
                .map(|part| match &part.fate {
                    PartFate::Read { facts, .. } => *facts,
                    PartFate::Known { .. } | PartFate::Refused(_) => 0,
                })
                .sum();
            session.say("listen-taken", &[name, ("facts", facts.to_string())])
        }
        Fate::Known { .. } => session.say("listen-known", &[name]),
        Fate::Refused(refusal) => {
            let reason = session.say(&format!("refused-{}", refusal.reason.code()), &[]);
            session.say("listen-refused", &[name, ("reason", reason)])
        }
        Fate::Unreadable(detail) => session.say("listen-refused", &[name, ("reason", detail.clone())]),
    }
}
