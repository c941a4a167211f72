//! Lots of licences: papers of our own making, and laws that hold for any.

#![allow(clippy::expect_used, reason = "a test whose own dates and terms cannot be read must fail")]

use jiff::civil::Date;
use licensing::deployments::{Entitlement, Estate, Words};
use licensing::facts::{Fact, FactRow, Origin, Purchase, PurchaseSource, Subscription};
use licensing::terms::Terms;
use proptest::prelude::*;
use recognition::lots::{Lots, build, is_free_sku, papers_error, plan_of_sku};

fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

fn as_of() -> Date {
    day("2026-11-20")
}

fn row(evidence: &str, number: u64, fact: Fact) -> FactRow {
    FactRow { origin: Origin { evidence: evidence.into(), part: None, row: number }, fact, remarks: Vec::new() }
}

fn bought(source: PurchaseSource, title: &str, quantity: i64, date: &str) -> Purchase {
    Purchase { source, title: title.into(), quantity, date: Some(day(date)), ..Purchase::default() }
}

fn stated(title: &str, quantity: i64, date: &str, agreement: &str) -> Purchase {
    Purchase {
        agreement: Some(agreement.into()),
        ..bought(PurchaseSource::StatementTransaction, title, quantity, date)
    }
}

fn invoiced(title: &str, quantity: i64, date: &str, agreement: &str, invoice: &str) -> Purchase {
    Purchase {
        invoice: Some(invoice.into()),
        ..Purchase { source: PurchaseSource::Invoice, ..stated(title, quantity, date, agreement) }
    }
}

fn lots(papers: Vec<(&str, Purchase)>) -> Lots {
    let rows: Vec<FactRow> = papers
        .into_iter()
        .enumerate()
        .map(|(at, (paper, purchase))| row(paper, at as u64 + 1, Fact::Purchase(purchase)))
        .collect();
    build(&rows, &Terms::builtin().expect("terms"), as_of())
}

fn one(made: &Lots) -> &Entitlement {
    assert_eq!(made.entitlements.len(), 1, "{:?}", made.entitlements);
    &made.entitlements[0]
}

fn codes(made: &Lots) -> Vec<&str> {
    made.findings.iter().map(|found| found.code.as_str()).collect()
}

#[test]
fn the_table_of_papers_can_be_read() {
    assert_eq!(papers_error(), None);
    assert_eq!(plan_of_sku("spe_e3"), Some("Microsoft 365 E3"));
    assert_eq!(plan_of_sku("NO_SUCH_PLAN"), None);
    assert!(is_free_sku("FLOW_FREE") && !is_free_sku("SPE_E3"));
}

#[test]
fn two_statements_and_an_invoice_tell_one_purchase() {
    let title = "VisioPro 2016 SNGL OLP NL";
    let made = lots(vec![
        ("english", stated(title, 7, "2017-05-02", "71100220")),
        ("french", stated(title, 7, "2017-05-02", "71100220")),
        ("invoices", invoiced(title, 7, "2017-05-09", "7110-0220", "R-88")),
    ]);
    let lot = one(&made);
    assert_eq!((lot.product.as_str(), lot.quantity, lot.origins.len(), lot.proof), ("Visio", 7, 3, Some(true)));
    assert_eq!(lot.id, "71100220-visio-professional-2016");
    assert!(made.view[0].in_statement && made.view[0].in_invoices);
    assert!(made.findings.is_empty(), "{:?}", made.findings);
}

#[test]
fn equal_rows_of_one_paper_are_two_purchases() {
    let title = "VisioStd 2019 SNGL OLP NL";
    let made =
        lots(vec![("paper", stated(title, 3, "2020-01-02", "1")), ("paper", stated(title, 3, "2020-01-02", "1"))]);
    assert_eq!(made.entitlements.iter().map(|lot| lot.quantity).sum::<u64>(), 6);
}

#[test]
fn several_invoices_make_up_one_transaction() {
    let title = "OfficeStd 2019 SNGL OLP NL";
    let made = lots(vec![
        ("statement", stated(title, 30, "2019-10-01", "5")),
        ("invoices", invoiced(title, 10, "2019-10-03", "5", "A")),
        ("invoices", invoiced(title, 20, "2019-10-20", "5", "B")),
    ]);
    assert_eq!(one(&made).quantity, 30);
}

#[test]
fn a_credit_note_takes_back_also_what_the_statement_shows_whole() {
    let title = "OfficeStd 2019 SNGL OLP NL";
    let made = lots(vec![
        ("statement", stated(title, 30, "2019-10-01", "5")),
        ("invoices", invoiced(title, 30, "2019-10-01", "5", "F1")),
        ("invoices", invoiced("AVOIR - OfficeStd 2019 SNGL OLP NL", -4, "2019-11-01", "5", "A1")),
    ]);
    assert_eq!(one(&made).quantity, 26);
    assert_eq!(codes(&made), ["credit-not-in-statement"]);
}

#[test]
fn a_credit_note_for_nothing_is_a_finding() {
    let made = lots(vec![("invoices", invoiced("Avoir VisioStd 2019 OLP NL", 4, "2019-11-01", "5", "A1"))]);
    assert!(made.entitlements.is_empty());
    assert_eq!(codes(&made), ["credit-without-purchase"]);
}

#[test]
fn software_assurance_prolongs_and_never_makes_a_lot() {
    let mut licence = stated("SQLSvrStdCore ALNG LicSAPk MVL 2Lic CoreLic", 8, "2020-02-01", "9");
    licence.coverage_end = Some(day("2023-01-31"));
    let mut renewal = stated("SQLSvrStdCore ALNG SA MVL 2Lic CoreLic", 6, "2023-02-01", "9");
    renewal.coverage_end = Some(day("2026-01-31"));
    let alone = lots(vec![("s", renewal.clone())]);
    assert!(alone.entitlements.is_empty());
    assert_eq!(codes(&alone), ["sa-without-licence"]);
    let made = lots(vec![("s", licence), ("s", renewal)]);
    let mut ends: Vec<(u64, Option<Date>)> = made.entitlements.iter().map(|lot| (lot.quantity, lot.sa_until)).collect();
    ends.sort();
    assert_eq!(ends, [(2, Some(day("2023-01-31"))), (6, Some(day("2026-01-31")))]);
}

#[test]
fn software_assurance_bought_after_a_gap_covers_nothing() {
    let mut licence = stated("WinSvrSTDCore ALNG LicSAPk MVL 2Lic CoreLic", 8, "2017-02-01", "9");
    licence.coverage_end = Some(day("2020-01-31"));
    let mut renewal = stated("WinSvrSTDCore ALNG SA MVL 2Lic CoreLic", 8, "2022-02-01", "9");
    renewal.coverage_end = Some(day("2025-01-31"));
    let made = lots(vec![("s", licence), ("s", renewal)]);
    assert_eq!(one(&made).sa_until, Some(day("2020-01-31")));
    assert!(codes(&made).contains(&"sa-renewed-after-lapse"));
}

#[test]
fn three_yearly_payments_are_one_licence() {
    let pay = |year: u8| {
        invoiced(
            &format!("OfficeStd SNGL LicSAPk OLV NL 1Y AqY{year} AP"),
            12,
            &format!("202{year}-03-01"),
            "V7",
            &format!("F{year}"),
        )
    };
    let made = lots(vec![("i", pay(1)), ("i", pay(2)), ("i", pay(3))]);
    let lot = one(&made);
    assert_eq!((lot.quantity, lot.purchased, lot.origins.len()), (12, Some(day("2021-03-01")), 3));
    // The last year that was paid is under Software Assurance, which brings what came out until then.
    assert_eq!(lot.sa_until, Some(day("2024-02-29")));
}

#[test]
fn yearly_payments_told_in_words_were_three_licences() {
    let pay = |year: u8| {
        let title = format!(
            "Microsoft Visio Professional - License & software assurance - Open Value - 1 Year Acquired Year {year}"
        );
        invoiced(&title, 5, &format!("202{year}-05-10"), "V8", &format!("G{year}"))
    };
    let made = lots(vec![("i", pay(1)), ("i", pay(2)), ("i", pay(3))]);
    assert_eq!((one(&made).quantity, one(&made).sa_until), (5, Some(day("2024-05-09"))));
}

#[test]
fn a_step_up_needs_its_base() {
    let step = stated("WinSvrDCCore ALNG SASU MVL 2Lic WinSvrSTDCore CoreLic", 8, "2024-05-02", "9");
    let without = lots(vec![("s", step.clone())]);
    assert!(without.entitlements.is_empty());
    assert_eq!(codes(&without), ["step-up-without-base"]);
    let mut base = stated("WinSvrSTDCore ALNG LicSAPk MVL 2Lic CoreLic", 8, "2023-05-02", "9");
    base.coverage_end = Some(day("2026-12-31"));
    let made = lots(vec![("s", base), ("s", step)]);
    let products: Vec<&str> = made.entitlements.iter().map(|lot| lot.product.as_str()).collect();
    assert_eq!(products, ["Windows Server", "Windows Server step-up Standard to Datacenter"]);
}

#[test]
fn a_plan_stepped_up_moves_its_seats() {
    let charge =
        |title: &str, q: i64| Purchase { coverage_end: Some(day("2027-04-30")), ..stated(title, q, "2026-05-01", "9") };
    let made = lots(vec![
        ("s", charge("M365 E3 ShrdSvr ALNG SubsVL MVL PerUsr", 50)),
        ("s", charge("M365 E5 SU M365 E3 ShrdSvr ALNG SubsVL MVL PerUsr", 20)),
    ]);
    let seats: Vec<(&str, u64)> = made.entitlements.iter().map(|lot| (lot.product.as_str(), lot.quantity)).collect();
    assert_eq!(seats, [("Microsoft 365 E3", 30), ("Microsoft 365 E5", 20)]);
}

fn charge(kind: &str, quantity: i64, start: &str, end: &str) -> Purchase {
    Purchase {
        source: PurchaseSource::Reconciliation,
        title: "Microsoft 365 E5".into(),
        purchase_type: Some(kind.into()),
        quantity,
        date: Some(day("2026-02-10")),
        coverage_start: Some(day(start)),
        coverage_end: Some(day(end)),
        agreement: Some("aa-bb".into()),
        programme: Some("CSP, One-Year commitment for monthly/yearly billing".into()),
        ..Purchase::default()
    }
}

#[test]
fn charges_are_a_state_and_agree_with_the_tenant() {
    let charges = vec![
        charge("new", 20, "2026-09-10", "2026-10-09"),
        charge("cycleFee", 20, "2026-10-10", "2026-11-09"),
        charge("cycleFee", 20, "2026-11-10", "2026-12-09"),
        charge("addQuantity", -20, "2026-11-15", "2026-12-09"),
        charge("addQuantity", 26, "2026-11-15", "2026-12-09"),
    ];
    let mut rows: Vec<FactRow> =
        charges.into_iter().enumerate().map(|(at, c)| row("csp", at as u64, Fact::Purchase(c))).collect();
    let tenant = Subscription {
        sku: "SPE_E5".into(),
        enabled: 26,
        consumed: 25,
        exported: Some(day("2026-11-20")),
        ..Subscription::default()
    };
    let free = Subscription { sku: "FLOW_FREE".into(), enabled: 10_000, ..Subscription::default() };
    let stopped = Subscription { sku: "SPB".into(), suspended: 9, ..Subscription::default() };
    rows.extend(
        [tenant, free, stopped].into_iter().enumerate().map(|(at, s)| row("tenant", at as u64, Fact::Subscription(s))),
    );
    let made = build(&rows, &Terms::builtin().expect("terms"), as_of());
    let lot = one(&made);
    assert_eq!((lot.quantity, lot.channel.as_str(), lot.metric.as_str()), (26, "csp_subscription", "user_sub"));
    assert_eq!(lot.sa_until, Some(day("2027-02-09")));
    assert_eq!(codes(&made), ["subscription-suspended"]);
}

#[test]
fn a_cancelled_subscription_is_none() {
    let made = lots(vec![
        ("csp", charge("new", 5, "2026-10-10", "2026-11-09")),
        ("csp", charge("cancelImmediate", -5, "2026-10-10", "2026-11-09")),
    ]);
    assert!(made.entitlements.is_empty());
    assert_eq!(codes(&made), ["subscription-taken-back"]);
}

#[test]
fn licences_of_machines_are_one_lot_tied_to_them() {
    let pc = |name: &str| Purchase {
        machine: Some(name.into()),
        invoice: Some("M-3".into()),
        ..bought(PurchaseSource::Invoice, "Windows 11 Pro OEM 64 bits", 1, "2024-01-05")
    };
    let made = lots(vec![("register", pc("PC-2")), ("register", pc("PC-1"))]);
    let lot = one(&made);
    assert_eq!((lot.quantity, lot.channel.as_str()), (2, "oem"));
    assert_eq!(lot.assigned_to, Words::Many(vec!["PC-1".into(), "PC-2".into()]));
    let rok = Purchase {
        machine: Some("SRV-9".into()),
        ..bought(PurchaseSource::Invoice, "Windows Server 2022 Standard ROK 16 coeurs", 1, "2024-01-05")
    };
    let made = lots(vec![("register", rok)]);
    assert_eq!((one(&made).metric.as_str(), one(&made).quantity), ("core_16pack", 1));
}

#[test]
fn hardware_media_and_work_are_no_lots() {
    let made = lots(vec![
        ("i", bought(PurchaseSource::Invoice, "Écran 27 pouces", 6, "2024-01-05")),
        ("i", bought(PurchaseSource::Invoice, "Frais de port", 1, "2024-01-05")),
        ("i", bought(PurchaseSource::Invoice, "SQLSvrStd 2019 ENG DiskKit MVL DVD", 1, "2024-01-05")),
        ("i", bought(PurchaseSource::Invoice, "Prestation installation Windows Server", 1, "2024-01-05")),
        ("i", bought(PurchaseSource::Invoice, "WinRmtDsktpSrvcsSAL ALNG LicSAPk MVL", 40, "2024-01-05")),
    ]);
    assert!(made.entitlements.is_empty(), "{:?}", made.entitlements);
    assert_eq!(codes(&made), ["licence-of-a-service-provider", "media-is-no-licence"]);
}

#[test]
fn a_summary_is_compared_and_never_added() {
    let summary = |quantity| Purchase {
        family: Some("Windows Server Standard Core".into()),
        ..bought(PurchaseSource::StatementSummary, "Windows Server Standard Core", quantity, "2026-01-01")
    };
    let line = stated("WinSvrSTDCore 2016 SNGL OLP 2Lic NL CoreLic", 12, "2017-01-05", "4");
    for agrees in [12, 24] {
        let made = lots(vec![("s", line.clone()), ("s", summary(agrees))]);
        assert_eq!(one(&made).quantity, 12);
        assert!(made.findings.is_empty(), "{:?}", made.findings);
    }
    let made = lots(vec![("s", line), ("s", summary(30))]);
    assert_eq!(codes(&made), ["statement-summary-differs"]);
}

#[test]
fn own_lists_and_declarations_prove_nothing() {
    let made = lots(vec![("list", bought(PurchaseSource::OwnList, "Licence Office Standard 2021", 4, "2022-01-05"))]);
    assert_eq!(one(&made).proof, Some(false));
    let estate = Estate {
        entitlements: vec![Entitlement { id: "X".into(), quantity: 3, ..Entitlement::default() }],
        ..Estate::default()
    };
    let made = build(&[row("said", 1, Fact::Declared(Box::new(estate)))], &Terms::builtin().expect("terms"), as_of());
    assert_eq!((one(&made).proof, one(&made).origins.len()), (Some(false), 1));
}

/// Any purchase of a few kinds, with little choice, so that papers often speak of the same thing.
fn any_purchase() -> impl Strategy<Value = (u8, Purchase)> {
    let titles = [
        "OfficeStd 2019 SNGL OLP NL",
        "SQLSvrStdCore ALNG LicSAPk MVL 2Lic CoreLic",
        "SQLSvrStdCore ALNG SA MVL 2Lic CoreLic",
        "VisioPro ALNG SASU MVL VisioStd",
        "VisioStd ALNG LicSAPk MVL",
        "Avoir OfficeStd 2019 SNGL OLP NL",
        "OfficeStd SNGL LicSAPk OLV NL 1Y AqY2 AP",
        "Microsoft 365 E3",
        "Écran",
    ];
    let source = prop_oneof![
        Just(PurchaseSource::StatementTransaction),
        Just(PurchaseSource::Invoice),
        Just(PurchaseSource::Reconciliation),
        Just(PurchaseSource::OwnList)
    ];
    (0u8..3, prop::sample::select(titles.to_vec()), source, -20i64..40, 1i16..4, 0u8..3, any::<bool>()).prop_map(
        |(paper, title, source, quantity, month, agreement, ends)| {
            let date = Date::new(2024, i8::try_from(month).unwrap_or(1), 5).expect("a date");
            let purchase = Purchase {
                agreement: (agreement > 0).then(|| agreement.to_string()),
                coverage_end: ends.then(|| day("2027-01-31")),
                ..Purchase { date: Some(date), ..bought(source, title, quantity, "2024-01-05") }
            };
            (paper, purchase)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn order_of_papers_does_not_matter(papers in prop::collection::vec(any_purchase(), 0..12), turn in 0usize..12) {
        let rows: Vec<FactRow> = papers.iter().enumerate().map(|(at, (paper, p))| row(&format!("p{paper}"), at as u64, Fact::Purchase(p.clone()))).collect();
        let mut other = rows.clone();
        other.reverse();
        let turned = turn.min(other.len());
        other.rotate_left(turned);
        let terms = Terms::builtin().expect("terms");
        prop_assert_eq!(build(&rows, &terms, as_of()), build(&other, &terms, as_of()));
    }

    #[test]
    fn never_more_than_was_bought(papers in prop::collection::vec(any_purchase(), 0..12)) {
        let rows: Vec<FactRow> = papers.iter().enumerate().map(|(at, (paper, p))| row(&format!("p{paper}"), at as u64, Fact::Purchase(p.clone()))).collect();
        let made = build(&rows, &Terms::builtin().expect("terms"), as_of());
        let paid: u64 = papers.iter().filter(|(_, p)| p.quantity > 0).map(|(_, p)| p.quantity.unsigned_abs()).sum();
        let owned: u64 = made.entitlements.iter().map(|lot| lot.quantity).sum();
        prop_assert!(owned <= paid, "{owned} of {paid}");
        prop_assert!(made.entitlements.iter().all(|lot| lot.quantity > 0 && !lot.origins.is_empty()));
        let mut ids: Vec<&str> = made.entitlements.iter().map(|lot| lot.id.as_str()).collect();
        ids.sort_unstable();
        let count = ids.len();
        ids.dedup();
        prop_assert_eq!(ids.len(), count);
    }

    #[test]
    fn software_assurance_alone_makes_no_lot(quantity in 1i64..500, ends in any::<bool>()) {
        for title in ["SQLSvrEntCore ALNG SA MVL 2Lic CoreLic", "Renouvellement SA Windows Server Standard 16 cœurs"] {
            let purchase = Purchase { coverage_end: ends.then(|| day("2027-01-31")), ..stated(title, quantity, "2024-01-05", "1") };
            prop_assert!(lots(vec![("s", purchase)]).entitlements.is_empty());
        }
    }
}

#[test]
fn a_renewal_is_a_purchase_of_its_own_and_prolongs_the_lot() {
    let with_sa = |title: &str, kind: &str, from: &str, to: &str, order: &str| Purchase {
        purchase_type: Some(kind.into()),
        coverage_start: Some(day(from)),
        coverage_end: Some(day(to)),
        order: Some(order.into()),
        ..stated(title, 8, from, "91734410")
    };
    let made = lots(vec![
        (
            "mls",
            with_sa(
                "WinSvrSTDCore ALNG LicSAPk OLV 2Lic CoreLic",
                "License & Software Assurance",
                "2018-04-08",
                "2021-04-30",
                "PO-1",
            ),
        ),
        (
            "mls",
            with_sa("WinSvrSTDCore ALNG SA OLV 2Lic CoreLic", "Software Assurance", "2021-05-01", "2024-04-30", "PO-2"),
        ),
    ]);
    let lot = one(&made);
    assert_eq!((lot.quantity, lot.sa_until), (8, Some(day("2024-04-30"))));
    let rows: Vec<_> = made.view.iter().map(|v| (v.purchase_type.as_str(), v.sa_end, v.rows.len())).collect();
    assert!(rows.contains(&("LSA", Some(day("2021-04-30")), 1)), "{rows:?}");
    assert!(rows.contains(&("SA", Some(day("2024-04-30")), 1)), "{rows:?}");
    let licence = made.view.iter().find(|v| v.purchase_type == "LSA").expect("the licence");
    assert_eq!(licence.effective_version, "2022");
    assert_eq!(licence.id, lot.id);
}

#[test]
fn a_long_term_windows_of_a_paper_is_the_edition_that_the_rules_know() {
    let made = lots(vec![("s", stated("Windows 11 Enterprise LTSC 2024 Upgrade", 5, "2025-02-01", "9"))]);
    let lot = one(&made);
    assert_eq!((lot.edition.as_str(), lot.version.as_str()), ("Enterprise LTSC", "LTSC 2024"));
}
