//! Live DNS, asked only when told: a plain stub that asks name servers over UDP, and over TCP when an answer does not fit. Every
//! answer goes through the recorder, so that it is kept with its date.

use super::reply::{self, Reply};
use message::dns::{Answer, Dns, Kind};
use std::cell::Cell;
use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

/// How long one try may take, over UDP or over TCP.
const PATIENCE: Duration = Duration::from_millis(1500);
/// Tries over UDP: a packet may be lost.
const TRIES: usize = 2;
/// Servers asked at most, as every stub does it.
const SERVERS: usize = 3;
/// Questions in a row that a server may leave without a reply before it is no longer asked in this run: a mailbox asks
/// thousands.
const SILENCES: u32 = 3;
/// Aliases followed when the server does not follow them itself.
const ALIASES: usize = 8;

/// A stub resolver.
#[derive(Debug)]
pub(super) struct Resolver {
    servers: Vec<Server>,
}

#[derive(Debug)]
struct Server {
    address: SocketAddr,
    /// Questions in a row that it did not reply to.
    silent: Cell<u32>,
}

impl Resolver {
    /// The name servers of the system, from a text in the form of `resolv.conf`; `None` when it names none.
    pub(super) fn of_system(configuration: &str) -> Option<Self> {
        let named = configuration
            .lines()
            .filter_map(|line| line.trim().strip_prefix("nameserver"))
            .filter_map(|rest| rest.trim().parse::<IpAddr>().ok())
            .map(|ip| SocketAddr::new(ip, 53));
        let servers: Vec<Server> = named.take(SERVERS).map(Server::new).collect();
        (!servers.is_empty()).then_some(Resolver { servers })
    }

    /// The server at an address as people write it: `192.0.2.53`, `192.0.2.53:5353`, `2001:db8::53`, `[2001:db8::53]:5353`.
    /// `None` for anything else: a name would have to be looked up first.
    pub(super) fn at(address: &str) -> Option<Self> {
        let alone = || address.parse::<IpAddr>().ok().map(|ip| SocketAddr::new(ip, 53));
        let address = address.parse().ok().or_else(alone)?;
        Some(Resolver { servers: vec![Server::new(address)] })
    }

    /// The reply of the first server that has one.
    fn once(&self, name: &str, kind: Kind) -> Option<Reply> {
        self.servers.iter().filter(|server| server.silent.get() < SILENCES).find_map(|server| {
            let reply = server.exchange(name, kind);
            server.silent.set(if reply.is_some() { 0 } else { server.silent.get() + 1 });
            reply.filter(|reply| !matches!(reply, Reply::Refused))
        })
    }
}

impl Dns for Resolver {
    fn ask(&self, name: &str, kind: Kind) -> Answer {
        let mut wanted = name.to_owned();
        for _ in 0..=ALIASES {
            match self.once(&wanted, kind) {
                Some(Reply::Whole(answer)) => return answer,
                Some(Reply::Alias(other)) => wanted = other,
                Some(Reply::Cut | Reply::Refused) | None => break,
            }
        }
        Answer::Failed
    }
}

impl Server {
    fn new(address: SocketAddr) -> Self {
        Server { address, silent: Cell::new(0) }
    }

    /// The reply to one question, `None` when none came.
    fn exchange(&self, name: &str, kind: Kind) -> Option<Reply> {
        // A number that nobody can foresee who is not on the line.
        let mut number = [0; 2];
        getrandom::fill(&mut number).ok()?;
        let id = u16::from_be_bytes(number);
        let question = reply::question(id, name, kind)?;
        match (0..TRIES).find_map(|_| self.udp(&question, id, name, kind))? {
            Reply::Cut => self.tcp(&question, id, name, kind).or(Some(Reply::Refused)),
            other => Some(other),
        }
    }

    fn udp(&self, question: &[u8], id: u16, name: &str, kind: Kind) -> Option<Reply> {
        let local: SocketAddr =
            if self.address.is_ipv4() { (Ipv4Addr::UNSPECIFIED, 0).into() } else { (Ipv6Addr::UNSPECIFIED, 0).into() };
        let socket = UdpSocket::bind(local).ok()?;
        socket.connect(self.address).ok()?;
        socket.send(question).ok()?;
        let until = Instant::now() + PATIENCE;
        let mut buffer = vec![0; usize::from(u16::MAX)];
        // What is no reply to this question is passed over, not believed and not taken for the end: anyone may send it.
        loop {
            socket.set_read_timeout(Some(left(until)?)).ok()?;
            let length = socket.recv(&mut buffer).ok()?;
            if let Some(reply) = reply::read(buffer.get(..length)?, id, name, kind) {
                return Some(reply);
            }
        }
    }

    fn tcp(&self, question: &[u8], id: u16, name: &str, kind: Kind) -> Option<Reply> {
        let until = Instant::now() + PATIENCE;
        let mut stream = TcpStream::connect_timeout(&self.address, PATIENCE).ok()?;
        stream.set_write_timeout(Some(PATIENCE)).ok()?;
        stream.write_all(&u16::try_from(question.len()).ok()?.to_be_bytes()).ok()?;
        stream.write_all(question).ok()?;
        let mut size = [0; 2];
        fill(&mut stream, &mut size, until)?;
        let mut whole = vec![0; usize::from(u16::from_be_bytes(size))];
        fill(&mut stream, &mut whole, until)?;
        match reply::read(&whole, id, name, kind)? {
            // An answer that is cut where there is room for it is none.
            Reply::Cut => None,
            other => Some(other),
        }
    }
}

/// The time left; `None` when it is over.
fn left(until: Instant) -> Option<Duration> {
    until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
}

/// Fills a buffer before the time is over: a server that sends a byte now and then does not hold the run.
fn fill(stream: &mut TcpStream, mut buffer: &mut [u8], until: Instant) -> Option<()> {
    while !buffer.is_empty() {
        stream.set_read_timeout(Some(left(until)?)).ok()?;
        match stream.read(buffer) {
            Ok(0) => return None,
            Ok(read) => buffer = buffer.get_mut(read..)?,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(resolver: Option<Resolver>) -> Vec<String> {
        resolver.iter().flat_map(|r| &r.servers).map(|server| server.address.to_string()).collect()
    }

    #[test]
    fn servers_are_read_as_the_system_names_them() {
        let configuration = "# comment\nnameserver 192.0.2.53\nsearch example\nnameserver 2001:db8::53\n";
        assert_eq!(addresses(Resolver::of_system(configuration)), ["192.0.2.53:53", "[2001:db8::53]:53"]);
        assert!(Resolver::of_system("search example\n").is_none());
    }

    #[test]
    fn a_server_is_named_by_its_address_and_never_by_a_name() {
        for (written, meant) in [
            ("192.0.2.53", "192.0.2.53:53"),
            ("192.0.2.53:5353", "192.0.2.53:5353"),
            ("2001:db8::53", "[2001:db8::53]:53"),
            ("[2001:db8::53]:5353", "[2001:db8::53]:5353"),
        ] {
            assert_eq!(addresses(Resolver::at(written)), [meant]);
        }
        for other in ["", "dns.example", "192.0.2.53:", "192.0.2.53:99999", "https://192.0.2.53"] {
            assert!(Resolver::at(other).is_none(), "{other}");
        }
    }
}
