//! Laws: whatever the bytes, no panic, and rows = facts + rejects.

use super::{read_all, sums_up};
use proptest::prelude::*;

const SEEDS: [&[u8]; 6] = [
    b"Poste;Logiciel;Version;Editeur\nPC1;Office;16;Microsoft\nPC2;\"Visio\nPro\";15;Microsoft\n",
    b"{\"action\":\"inventory\",\"deviceid\":\"PC-2024-01-01-00-00-00\",\"content\":{\"hardware\":{\"name\":\"PC\"},\"softwares\":[{\"name\":\"Office\"}]}}",
    b"<REQUEST><DEVICEID>PC</DEVICEID><QUERY>INVENTORY</QUERY><CONTENT><HARDWARE><NAME>PC</NAME></HARDWARE><SOFTWARES><NAME>Office</NAME></SOFTWARES></CONTENT></REQUEST>",
    b"dn: CN=PC1,DC=x\nobjectClass: computer\ncn: PC1\n\ndn:: !!\ncn: PC2\n",
    b"[[server]]\nid = \"a\"\nprocessors = 2\n\n[[entitlement]]\nid = \"e\"\nquantity = 3\n",
    b"Name=Office\nVersion=16\n\nName=Visio\nVersion=15\n",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn changed_files_never_panic_and_lose_no_row(
        seed in 0..SEEDS.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = SEEDS[seed].to_vec();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len()) + 1);
        for (_, outcome) in read_all("f", &bytes) {
            if let Ok(reading) = outcome {
                prop_assert!(sums_up(&reading));
            }
        }
    }

    #[test]
    fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for (_, outcome) in read_all("f", &bytes) {
            if let Ok(reading) = outcome {
                prop_assert!(sums_up(&reading));
            }
        }
    }
}
