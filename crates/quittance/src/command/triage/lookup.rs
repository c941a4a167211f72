//! Live DNS, asked only when told: a plain stub that asks the system's name servers over UDP, and over TCP when an answer
//! does not fit. Every answer goes through the recorder, so that it is kept with its date.

use message::dns::{Answer, Data, Dns, Kind};
use simple_dns::rdata::RData;
use simple_dns::{CLASS, Name, Packet, PacketFlag, QTYPE, Question, RCODE, TYPE};
use std::cell::Cell;
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

/// How long one server may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// A stub resolver.
#[derive(Debug)]
pub(super) struct Resolver {
    servers: Vec<SocketAddr>,
    next: Cell<u16>,
}

impl Resolver {
    /// The name servers of the system, from a text in the form of `resolv.conf`; at most three, as every stub does it.
    pub(super) fn new(configuration: &str) -> Self {
        let servers = configuration
            .lines()
            .filter_map(|line| line.trim().strip_prefix("nameserver"))
            .filter_map(|rest| rest.trim().parse::<IpAddr>().ok())
            .map(|ip| SocketAddr::new(ip, 53))
            .take(3)
            .collect();
        // Numbers of questions start anywhere; they only have to be hard to foresee for one who is not on the line.
        let seed = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(1, |d| d.subsec_nanos() ^ std::process::id());
        Resolver { servers, next: Cell::new((seed & 0xffff) as u16) }
    }

    fn exchange(&self, server: SocketAddr, name: &str, kind: Kind) -> Option<Answer> {
        let id = self.next.get().wrapping_mul(25173).wrapping_add(13849);
        self.next.set(id);
        let question = question(id, name, kind)?;
        let local: SocketAddr =
            if server.is_ipv4() { (Ipv4Addr::UNSPECIFIED, 0).into() } else { (Ipv6Addr::UNSPECIFIED, 0).into() };
        let socket = UdpSocket::bind(local).ok()?;
        socket.set_read_timeout(Some(PATIENCE)).ok()?;
        socket.connect(server).ok()?;
        socket.send(&question).ok()?;
        let mut buffer = vec![0; 4096];
        let length = socket.recv(&mut buffer).ok()?;
        match read(buffer.get(..length)?, id, name, kind)? {
            Reply::Whole(answer) => Some(answer),
            Reply::Cut => {
                let mut stream = TcpStream::connect_timeout(&server, PATIENCE).ok()?;
                stream.set_read_timeout(Some(PATIENCE)).ok()?;
                stream.write_all(&u16::try_from(question.len()).ok()?.to_be_bytes()).ok()?;
                stream.write_all(&question).ok()?;
                let mut size = [0; 2];
                stream.read_exact(&mut size).ok()?;
                let mut whole = vec![0; usize::from(u16::from_be_bytes(size))];
                stream.read_exact(&mut whole).ok()?;
                match read(&whole, id, name, kind)? {
                    Reply::Whole(answer) => Some(answer),
                    Reply::Cut => None,
                }
            }
        }
    }
}

impl Dns for Resolver {
    fn ask(&self, name: &str, kind: Kind) -> Answer {
        self.servers.iter().find_map(|server| self.exchange(*server, name, kind)).unwrap_or(Answer::Failed)
    }
}

enum Reply {
    Whole(Answer),
    Cut,
}

fn question(id: u16, name: &str, kind: Kind) -> Option<Vec<u8>> {
    let kind = match kind {
        Kind::A => TYPE::A,
        Kind::Aaaa => TYPE::AAAA,
        Kind::Mx => TYPE::MX,
        Kind::Txt => TYPE::TXT,
        Kind::Ptr => TYPE::PTR,
    };
    let mut packet = Packet::new_query(id);
    packet.set_flags(PacketFlag::RECURSION_DESIRED);
    packet.questions.push(Question::new(Name::new(name).ok()?, QTYPE::TYPE(kind), CLASS::IN.into(), false));
    packet.build_bytes_vec().ok()
}

/// Reads a reply to that very question; anything else is no reply.
fn read(bytes: &[u8], id: u16, name: &str, kind: Kind) -> Option<Reply> {
    let packet = Packet::parse(bytes).ok()?;
    let asked = packet.questions.first()?;
    if packet.id() != id
        || !packet.has_flags(PacketFlag::RESPONSE)
        || !asked.qname.to_string().eq_ignore_ascii_case(name)
    {
        return None;
    }
    if packet.has_flags(PacketFlag::TRUNCATION) {
        return Some(Reply::Cut);
    }
    match packet.rcode() {
        RCODE::NameError => return Some(Reply::Whole(Answer::NoName)),
        RCODE::NoError => {}
        _ => return None,
    }
    let mut data = Vec::new();
    for record in &packet.answers {
        // Names of aliases on the way are passed over; the server follows them itself.
        match (&record.rdata, kind) {
            (RData::A(a), Kind::A) => data.push(Data::A(Ipv4Addr::from(a.address))),
            (RData::AAAA(a), Kind::Aaaa) => data.push(Data::Aaaa(Ipv6Addr::from(a.address))),
            (RData::MX(mx), Kind::Mx) => data.push(Data::Mx(mx.preference, mx.exchange.to_string())),
            (RData::PTR(ptr), Kind::Ptr) => data.push(Data::Ptr(ptr.0.to_string())),
            (RData::TXT(txt), Kind::Txt) => {
                let mut text = Vec::new();
                for (key, value) in txt.iter_raw() {
                    text.extend_from_slice(key);
                    if let Some(value) = value {
                        text.push(b'=');
                        text.extend_from_slice(value);
                    }
                }
                data.push(Data::Txt(text));
            }
            _ => {}
        }
    }
    Some(Reply::Whole(if data.is_empty() { Answer::NoData } else { Answer::Found(data) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_to_another_question_is_none() {
        let asked = question(7, "example.org", Kind::Txt).unwrap();
        let mut reply = Packet::parse(&asked).unwrap().into_reply();
        assert!(matches!(
            read(&reply.build_bytes_vec().unwrap(), 7, "example.org", Kind::Txt),
            Some(Reply::Whole(Answer::NoData))
        ));
        assert!(read(&reply.build_bytes_vec().unwrap(), 8, "example.org", Kind::Txt).is_none());
        assert!(read(&reply.build_bytes_vec().unwrap(), 7, "example.net", Kind::Txt).is_none());
        assert!(read(&asked, 7, "example.org", Kind::Txt).is_none(), "a question is no reply");
        *reply.rcode_mut() = RCODE::NameError;
        assert!(matches!(
            read(&reply.build_bytes_vec().unwrap(), 7, "example.org", Kind::Txt),
            Some(Reply::Whole(Answer::NoName))
        ));
    }

    #[test]
    fn servers_are_read_as_the_system_names_them() {
        let resolver = Resolver::new("# comment\nnameserver 192.0.2.53\nsearch example\nnameserver 2001:db8::53\n");
        assert_eq!(resolver.servers, ["192.0.2.53:53".parse().unwrap(), "[2001:db8::53]:53".parse().unwrap()]);
        assert_eq!(Resolver::new("").ask("example.org", Kind::A), Answer::Failed);
    }
}
