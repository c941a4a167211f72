//! `triage --lookup` against a name server that answers, errs, lies and keeps silent, over real sockets.

use super::Place;
use super::triage::{mail, place};
use simple_dns::rdata::{CNAME, RData, TXT};
use simple_dns::{CLASS, Name, Packet, PacketFlag, RCODE, ResourceRecord};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A name server on a free port of this machine, over UDP and TCP.
struct NameServer {
    address: SocketAddr,
    over: Arc<AtomicBool>,
    /// Names asked, with `tcp` where it was over TCP.
    asked: Arc<Mutex<Vec<String>>>,
    threads: Vec<JoinHandle<()>>,
}

impl NameServer {
    fn start() -> NameServer {
        // Both kinds on one port: the system gives one for UDP, and the same is mostly free for TCP.
        let (udp, tcp) = (0..50)
            .find_map(|_| {
                let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
                let tcp = TcpListener::bind(udp.local_addr().unwrap()).ok()?;
                Some((udp, tcp))
            })
            .unwrap();
        let address = udp.local_addr().unwrap();
        udp.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
        tcp.set_nonblocking(true).unwrap();
        let (over, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
        let (stop, told) = (over.clone(), asked.clone());
        let datagrams = std::thread::spawn(move || {
            let mut buffer = [0; 2048];
            while !stop.load(Ordering::Relaxed) {
                let Ok((length, from)) = udp.recv_from(&mut buffer) else { continue };
                told.lock().unwrap().push(name_of(&buffer[..length]));
                for reply in replies(&buffer[..length], false) {
                    udp.send_to(&reply, from).unwrap();
                }
            }
        });
        let (stop, told) = (over.clone(), asked.clone());
        let streams = std::thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                let Ok((mut stream, _)) = tcp.accept() else {
                    std::thread::sleep(Duration::from_millis(5));
                    continue;
                };
                stream.set_nonblocking(false).unwrap();
                let mut size = [0; 2];
                stream.read_exact(&mut size).unwrap();
                let mut question = vec![0; usize::from(u16::from_be_bytes(size))];
                stream.read_exact(&mut question).unwrap();
                told.lock().unwrap().push(format!("tcp {}", name_of(&question)));
                for reply in replies(&question, true) {
                    stream.write_all(&u16::try_from(reply.len()).unwrap().to_be_bytes()).unwrap();
                    stream.write_all(&reply).unwrap();
                }
            }
        });
        NameServer { address, over, asked, threads: vec![datagrams, streams] }
    }

    fn asked(&self, name: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|each| *each == name).count()
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        self.threads.drain(..).for_each(|thread| drop(thread.join()));
    }
}

fn name_of(question: &[u8]) -> String {
    Packet::parse(question).unwrap().questions[0].qname.to_string()
}

fn text(name: &str, strings: &[&str]) -> ResourceRecord<'static> {
    let mut txt = TXT::new();
    for string in strings {
        txt.add_char_string(simple_dns::CharacterString::new(string.as_bytes()).unwrap().into_owned());
    }
    ResourceRecord::new(Name::new(name).unwrap().into_owned(), CLASS::IN, 60, RData::TXT(txt))
}

fn alias(name: &str, to: &str) -> ResourceRecord<'static> {
    let to = RData::CNAME(CNAME(Name::new(to).unwrap().into_owned()));
    ResourceRecord::new(Name::new(name).unwrap().into_owned(), CLASS::IN, 60, to)
}

/// What the server sends back, by the name asked.
fn replies(question: &[u8], tcp: bool) -> Vec<Vec<u8>> {
    let name = name_of(question);
    let fresh = || Packet::parse(question).unwrap().into_reply();
    let bytes = |reply: &Packet<'_>| reply.build_bytes_vec().unwrap();
    let with = |records: Vec<ResourceRecord<'static>>| {
        let mut reply = fresh();
        reply.answers.extend(records);
        bytes(&reply)
    };
    let code = |rcode: RCODE| {
        let mut reply = fresh();
        *reply.rcode_mut() = rcode;
        bytes(&reply)
    };
    let cut = || {
        let mut reply = fresh();
        reply.set_flags(PacketFlag::TRUNCATION);
        bytes(&reply)
    };
    match name.as_str() {
        // Several strings that make one text, cut within a word and before an equals sign.
        "acme.example" => vec![with(vec![text(&name, &["v=spf1 ip4:192.0.2", ".10 -a", "ll"])])],
        "_dmarc.acme.example" => vec![with(vec![
            alias(&name, "_dmarc.hosted.example"),
            text("_dmarc.hosted.example", &["v=DMARC1; p", "=reject"]),
        ])],
        // Lies before the truth: another number, then another question, then a record of another name.
        "lied.example" => {
            let mut other_number = with(vec![text(&name, &["v=spf1 +all"])]);
            other_number[0] ^= 0xff;
            let mut other_question = fresh();
            other_question.questions[0].qname = Name::new("else.example").unwrap().into_owned();
            other_question.answers.push(text(&name, &["v=spf1 +all"]));
            let truth = with(vec![text("else.example", &["v=spf1 +all"]), text(&name, &["v=spf1 -all"])]);
            vec![other_number, b"no packet".to_vec(), bytes(&other_question), truth]
        }
        // Too long for a datagram.
        "long.example" if tcp => {
            vec![with(vec![text(&name, &["x"; 600]), text(&name, &["v=spf1 ip4:192.0.2.10 -all"])])]
        }
        "long.example" => vec![cut()],
        // Cut, and no word over TCP.
        "cut.example" if tcp => vec![],
        "cut.example" => vec![cut()],
        "chain.example" => vec![with(vec![alias(&name, "further.example")])],
        "further.example" => vec![with(vec![text(&name, &["v=spf1 ip4:192.0.2.10 -all"])])],
        "circle.example" => vec![with(vec![alias(&name, "circle2.example")])],
        "circle2.example" => vec![with(vec![alias(&name, "circle.example")])],
        "failing.example" => vec![code(RCODE::ServerFailure)],
        "refused.example" => vec![code(RCODE::Refused)],
        "garbage.example" => vec![vec![0xff; 5000]],
        "silent.example" | "_dmarc.silent.example" => vec![],
        name if name.starts_with("_dmarc.") => vec![code(RCODE::NameError)],
        _ => vec![code(RCODE::NameError)],
    }
}

/// `triage` of a mail or a box in the world of the tests, as JSON.
fn judge(place: &Place, mails: &str, more: &[&str]) -> serde_json::Value {
    place.json(&[&["triage", mails, "--context", "context.toml", "--format", "json"], more].concat())
}

fn spf_of(place: &Place, server: &str, domain: &str) -> (String, String) {
    let file = format!("{domain}.eml");
    place.write(&file, mail("192.0.2.10", &format!("A <a@{domain}>"), "Hello", "Hello."));
    let judged = judge(place, &file, &["--lookup", "--resolver", server]);
    let told = |key: &str| judged["identity"][key].as_str().unwrap_or_default().to_owned();
    (told("spf"), told("spf_basis"))
}

#[test]
fn answers_of_a_live_server_are_kept_with_their_date_and_judge_again_without_it() {
    let place = place();
    let server = NameServer::start();
    let address = server.address.to_string();
    let look =
        ["triage", "notice.eml", "forged.eml", "--context", "context.toml", "--format", "json", "--freeze", "dns.json"];
    let live = place.json(&[&look[..], &["--lookup", "--resolver", &address]].concat());
    assert_eq!((&live[0]["identity"]["spf"], &live[1]["identity"]["spf"]), (&"pass".into(), &"fail".into()));
    assert_eq!(live[0]["identity"]["dmarc_policy"], "reject", "by way of an alias");
    assert_eq!(live[0]["identity"]["verdict"], "publisher-proven");
    let text = std::fs::read_to_string(place.path("dns.json")).unwrap();
    let kept: serde_json::Value = serde_json::from_str(&text).unwrap();
    let answer =
        |kept: &serde_json::Value, name: &str| kept.as_array().unwrap().iter().find(|a| a["name"] == name).cloned();
    let spf = answer(&kept, "acme.example").unwrap();
    assert_eq!((&spf["status"], &spf["data"][0]), (&"found".into(), &"v=spf1 ip4:192.0.2.10 -all".into()));
    assert!(spf["asked"].as_str().is_some_and(|day| day.starts_with("20") && day.contains('T')), "{spf}");
    assert_eq!(server.asked("acme.example"), 1, "each question is asked once");
    drop(server);

    // The case judges again, with nobody to ask.
    assert_eq!(place.json(&look), live);
    // And so does another place, of the answers alone.
    let frozen =
        ["triage", "notice.eml", "forged.eml", "--context", "context.toml", "--format", "json", "--frozen", "dns.json"];
    assert_eq!(place.json(&frozen), live);
}

#[test]
fn an_old_answer_was_given_the_date_of_the_day_it_was_used_again() {
    let place = place();
    let old = r#"[{"name":"acme.example","kind":"TXT","status":"found","data":["v=spf1 ip4:192.0.2.10 -all"],"asked":"2020-02-03T04:05:06Z"}]"#;
    place.write("old.json", old);
    judge(&place, "notice.eml", &["--frozen", "old.json", "--freeze", "again.json"]);
    let again: serde_json::Value = serde_json::from_slice(&std::fs::read(place.path("again.json")).unwrap()).unwrap();
    let dated = |name: &str| again.as_array().unwrap().iter().find(|a| a["name"] == name).unwrap()["asked"].clone();
    assert_eq!(dated("acme.example"), "2020-02-03T04:05:06Z");
    assert_ne!(dated("_dmarc.acme.example"), "2020-02-03T04:05:06Z", "never answered before");
}

#[test]
fn what_a_server_may_do_is_answered_by_what_can_be_told() {
    let place = place();
    let server = NameServer::start();
    let address = server.address.to_string();
    for (domain, spf, basis) in [
        ("lied.example", "fail", "file"),
        ("long.example", "pass", "file"),
        ("chain.example", "pass", "file"),
        ("nothing.example", "none", "file"),
        ("failing.example", "unsure", "no-dns-answer"),
        ("refused.example", "unsure", "no-dns-answer"),
        ("circle.example", "unsure", "no-dns-answer"),
    ] {
        assert_eq!(spf_of(&place, &address, domain), (spf.to_owned(), basis.to_owned()), "{domain}");
    }
    assert_eq!(server.asked("tcp long.example"), 1);
    assert_eq!(server.asked("further.example"), 1, "an alias that the server did not follow");
}

#[test]
fn a_server_that_keeps_silent_is_waited_for_within_bounds() {
    let place = place();
    let server = NameServer::start();
    let address = server.address.to_string();
    for domain in ["silent.example", "garbage.example", "cut.example"] {
        let started = Instant::now();
        assert_eq!(spf_of(&place, &address, domain).0, "unsure", "{domain}");
        assert!(started.elapsed() < Duration::from_secs(20), "{domain}: {:?}", started.elapsed());
    }
    // A mailbox of many questions does not wait for each: the server is given up.
    let many: String = (0..40)
        .map(|n| mail("192.0.2.10", &format!("A <a@d{n}.example>"), "Hello", "Hello.").replace("\r\n", "\n"))
        .map(|text| format!("From x@y Mon Jun  8 09:00:00 2026\n{text}\n"))
        .collect();
    place.write("box", many);
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let nobody = socket.local_addr().unwrap().to_string();
    let started = Instant::now();
    let judged = judge(&place, "box", &["--lookup", "--resolver", &nobody]);
    assert!(judged.as_array().unwrap().iter().all(|mail| mail["identity"]["spf"] == "unsure"));
    assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
    // No answer is kept as one: asked again, the server is believed.
    let kept = judge(&place, "notice.eml", &["--lookup", "--resolver", &address]);
    assert_eq!(kept["identity"]["spf"], "pass");
}

#[test]
fn whom_to_ask_is_told_by_an_address_and_only_with_a_look_up() {
    let place = place();
    for (arguments, english, french) in [
        (&["--resolver", "127.0.0.1"][..], "nothing is asked without --lookup", "rien n’est interrogé sans --lookup"),
        (
            &["--lookup", "--resolver", "dns.example"],
            "is no address of a name server",
            "n’est pas l’adresse d’un serveur",
        ),
    ] {
        for (lang, words) in [("en", english), ("fr", french)] {
            let (code, _, err) = place.run(&[&["triage", "notice.eml", "--lang", lang], arguments].concat());
            assert_eq!(code, 2);
            assert!(err.contains(words), "{err}");
        }
    }
}
