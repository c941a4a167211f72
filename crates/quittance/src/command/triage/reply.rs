//! Questions to a name server as bytes, and what a reply says.

use message::dns::{Answer, Data, Kind, normal};
use simple_dns::rdata::{RData, TXT};
use simple_dns::{CLASS, Name, Packet, PacketFlag, QCLASS, QTYPE, Question, RCODE, ResourceRecord, TYPE};
use std::net::{Ipv4Addr, Ipv6Addr};

/// What a reply says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// An answer.
    Whole(Answer),
    /// The name stands for another, of which the reply says nothing.
    Alias(String),
    /// It did not fit.
    Cut,
    /// The server cannot or will not say.
    Refused,
}

/// Aliases followed within one reply.
const CHAIN: usize = 16;

fn kind_of(kind: Kind) -> QTYPE {
    QTYPE::TYPE(match kind {
        Kind::A => TYPE::A,
        Kind::Aaaa => TYPE::AAAA,
        Kind::Mx => TYPE::MX,
        Kind::Txt => TYPE::TXT,
        Kind::Ptr => TYPE::PTR,
    })
}

/// A question; `None` for a name that cannot be asked.
pub(super) fn question(id: u16, name: &str, kind: Kind) -> Option<Vec<u8>> {
    let mut packet = Packet::new_query(id);
    packet.set_flags(PacketFlag::RECURSION_DESIRED);
    packet.questions.push(Question::new(Name::new(name).ok()?, kind_of(kind), QCLASS::CLASS(CLASS::IN), false));
    packet.build_bytes_vec().ok()
}

/// Reads a reply to that very question; anything else is no reply. Records count that stand at the name asked, or at the end of the
/// aliases that lead on from it.
pub(super) fn read(bytes: &[u8], id: u16, name: &str, kind: Kind) -> Option<Reply> {
    let packet = Packet::parse(bytes).ok()?;
    let asked = packet.questions.first()?;
    let to_us = packet.id() == id
        && packet.has_flags(PacketFlag::RESPONSE)
        && asked.qtype == kind_of(kind)
        && normal(&asked.qname.to_string()) == normal(name);
    if !to_us {
        return None;
    }
    if packet.has_flags(PacketFlag::TRUNCATION) {
        return Some(Reply::Cut);
    }
    match packet.rcode() {
        RCODE::NameError => return Some(Reply::Whole(Answer::NoName)),
        RCODE::NoError => {}
        _ => return Some(Reply::Refused),
    }
    let mut at = normal(name);
    for _ in 0..CHAIN {
        let next = packet.answers.iter().find_map(|record| match &record.rdata {
            RData::CNAME(alias) if owner(record) == at => Some(normal(&alias.0.to_string())),
            _ => None,
        });
        match next {
            Some(next) if next != at => at = next,
            _ => break,
        }
    }
    let data: Vec<Data> =
        packet.answers.iter().filter(|record| owner(record) == at).filter_map(|record| data(record, kind)).collect();
    Some(if !data.is_empty() {
        Reply::Whole(Answer::Found(data))
    } else if at == normal(name) {
        Reply::Whole(Answer::NoData)
    } else {
        Reply::Alias(at)
    })
}

fn owner(record: &ResourceRecord<'_>) -> String {
    normal(&record.name.to_string())
}

fn data(record: &ResourceRecord<'_>, kind: Kind) -> Option<Data> {
    Some(match (&record.rdata, kind) {
        (RData::A(a), Kind::A) => Data::A(Ipv4Addr::from(a.address)),
        (RData::AAAA(a), Kind::Aaaa) => Data::Aaaa(Ipv6Addr::from(a.address)),
        (RData::MX(mx), Kind::Mx) => Data::Mx(mx.preference, normal(&mx.exchange.to_string())),
        (RData::PTR(ptr), Kind::Ptr) => Data::Ptr(normal(&ptr.0.to_string())),
        (RData::TXT(txt), Kind::Txt) => Data::Txt(strings(txt)?),
        _ => return None,
    })
}

/// The strings of a text record, glued together. The library tells them as keys and values and leaves out one that begins with `=`,
/// as a key cut in two may; so they are taken from the bytes of the record.
fn strings(txt: &TXT<'_>) -> Option<Vec<u8>> {
    let mut alone = Packet::new_reply(0);
    alone.answers.push(ResourceRecord::new(Name::new_unchecked(""), CLASS::IN, 0, RData::TXT(txt.clone())));
    let bytes = alone.build_bytes_vec().ok()?;
    // Header, the root as owner, then type, class, lifetime and length.
    let mut rest = bytes.get(12 + 1 + 10..)?;
    let mut text = Vec::new();
    while let Some((length, after)) = rest.split_first() {
        let (string, after) = after.split_at_checked(usize::from(*length))?;
        text.extend_from_slice(string);
        rest = after;
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use simple_dns::CharacterString;
    use simple_dns::rdata::CNAME;

    fn reply_to(name: &str, kind: Kind) -> Vec<u8> {
        question(7, name, kind).unwrap()
    }

    fn said(reply: &Packet<'_>, name: &str) -> Option<Reply> {
        read(&reply.build_bytes_vec().unwrap(), 7, name, Kind::Txt)
    }

    #[test]
    fn a_reply_to_another_question_is_none() {
        let asked = reply_to("example.org", Kind::Txt);
        let mut reply = Packet::parse(&asked).unwrap().into_reply();
        assert_eq!(said(&reply, "example.org"), Some(Reply::Whole(Answer::NoData)));
        let bytes = reply.build_bytes_vec().unwrap();
        assert_eq!(read(&bytes, 8, "example.org", Kind::Txt), None, "another number");
        assert_eq!(read(&bytes, 7, "example.net", Kind::Txt), None, "another name");
        assert_eq!(read(&bytes, 7, "example.org", Kind::A), None, "another kind");
        assert_eq!(read(&asked, 7, "example.org", Kind::Txt), None, "a question is no reply");
        *reply.rcode_mut() = RCODE::NameError;
        assert_eq!(said(&reply, "example.org"), Some(Reply::Whole(Answer::NoName)));
        *reply.rcode_mut() = RCODE::ServerFailure;
        assert_eq!(said(&reply, "example.org"), Some(Reply::Refused));
    }

    #[test]
    fn a_key_cut_before_its_equals_sign_lost_that_part() {
        let asked = reply_to("s._domainkey.example.org", Kind::Txt);
        let mut reply = Packet::parse(&asked).unwrap().into_reply();
        let mut txt = TXT::new();
        for part in [&b"v=DKIM1; p"[..], b"=MIIB", b"", b"\xff=", b"="] {
            txt.add_char_string(CharacterString::new(part).unwrap());
        }
        let name = Name::new_unchecked("s._domainkey.example.org");
        reply.answers.push(ResourceRecord::new(name, CLASS::IN, 60, RData::TXT(txt)));
        let whole = Answer::Found(vec![Data::Txt(b"v=DKIM1; p=MIIB\xff==".to_vec())]);
        assert_eq!(said(&reply, "s._domainkey.example.org"), Some(Reply::Whole(whole)));
    }

    #[test]
    fn records_of_another_name_were_taken_for_an_answer() {
        let asked = reply_to("a.example", Kind::Txt);
        let mut reply = Packet::parse(&asked).unwrap().into_reply();
        let text = |name, text| {
            let name = Name::new_unchecked(name);
            ResourceRecord::new(name, CLASS::IN, 60, RData::TXT(TXT::new().with_string(text).unwrap()))
        };
        let alias = |from, to| {
            let to = RData::CNAME(CNAME(Name::new_unchecked(to)));
            ResourceRecord::new(Name::new_unchecked(from), CLASS::IN, 60, to)
        };
        reply.answers.push(text("evil.example", "v=spf1 +all"));
        assert_eq!(said(&reply, "a.example"), Some(Reply::Whole(Answer::NoData)));
        // In any order, an alias leads to its end.
        reply.answers.push(text("c.example", "v=spf1 -all"));
        reply.answers.push(alias("b.example", "c.example"));
        assert_eq!(said(&reply, "a.example"), Some(Reply::Whole(Answer::NoData)));
        reply.answers.push(alias("a.example", "b.example"));
        let found = Answer::Found(vec![Data::Txt(b"v=spf1 -all".to_vec())]);
        assert_eq!(said(&reply, "a.example"), Some(Reply::Whole(found)));
    }

    #[test]
    fn aliases_that_lead_on_or_round_in_a_circle_end() {
        let asked = reply_to("a.example", Kind::Txt);
        let mut reply = Packet::parse(&asked).unwrap().into_reply();
        let alias = |from, to| {
            let to = RData::CNAME(CNAME(Name::new_unchecked(to)));
            ResourceRecord::new(Name::new_unchecked(from), CLASS::IN, 60, to)
        };
        reply.answers.push(alias("a.example", "b.example"));
        assert_eq!(said(&reply, "a.example"), Some(Reply::Alias("b.example".to_owned())));
        reply.answers.push(alias("b.example", "a.example"));
        assert!(said(&reply, "a.example").is_some());
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600), head in any::<bool>()) {
            let mut packet = if head { reply_to("example.org", Kind::Txt) } else { Vec::new() };
            if let Some(flags) = packet.get_mut(2) {
                *flags |= 0x80;
            }
            // Answers are announced, so that what follows is read as records.
            if let Some(count) = packet.get_mut(7) {
                *count = 9;
            }
            packet.extend_from_slice(&bytes);
            for kind in [Kind::A, Kind::Aaaa, Kind::Mx, Kind::Txt, Kind::Ptr] {
                let _ = read(&packet, 7, "example.org", kind);
            }
        }
    }
}
