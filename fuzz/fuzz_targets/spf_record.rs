//! Any bytes as an SPF record, evaluated against a zone that answers everything with it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use message::auth::spf::{Delivery, check};
use message::dns::{Answer, Data, Dns, Kind};

struct Echo<'b>(&'b [u8]);

impl Dns for Echo<'_> {
    fn ask(&self, name: &str, kind: Kind) -> Answer {
        match kind {
            Kind::Txt => Answer::Found(vec![Data::Txt(self.0.to_vec())]),
            Kind::Ptr => Answer::Found(vec![Data::Ptr(name.to_owned())]),
            Kind::Mx => Answer::Found(vec![Data::Mx(1, name.to_owned())]),
            Kind::A | Kind::Aaaa => Answer::NoData,
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let delivery = Delivery {
        ip: "2001:db8::1".parse().unwrap_or(std::net::Ipv6Addr::LOCALHOST.into()),
        helo: "h.example",
        mail_from: "a.b+c@d.example",
        receiver: "r.example",
        received_at: 0,
    };
    let _ = check(&delivery, &Echo(bytes));
});
