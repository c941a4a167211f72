//! Frauds that have nothing to do with licences, and the ordinary mails that look like them: what is asked is told either way,
//! and only a fraud is called one.

use message::triage::{Class, Verdict};

use crate::traps::{judge, mail};

/// A mail that nothing shows the origin of.
fn unshown(from: &str, subject: &str, body: &str) -> String {
    format!(
        "Received: from out.example (out.example [192.0.2.1]) by mx.client.example with ESMTPS; Mon, 8 Jun 2026 09:00:00 +0200\n\
         From: {from}\nTo: it@client.example\nSubject: {subject}\nDate: Mon, 8 Jun 2026 09:00:00 +0200\n\
         Content-Type: text/plain; charset=utf-8\n\n{body}\n"
    )
}

fn told(verdict: &Verdict) -> String {
    format!("{:?} {:?} {:?} {:?}", verdict.basis.class, verdict.asks, verdict.flags, verdict.basis.reasons)
}

#[test]
fn a_fraud_of_another_kind_was_told_as_asking_nothing() {
    let gmail = "Jean Martin <jean.martin.pdg@gmail.com>";
    for (mail, ask) in [
        (
            unshown(
                gmail,
                "Demande urgente",
                "Bonjour Claire,\n\nPeux-tu m’envoyer les bulletins de paie de mai de toute l’équipe avant midi ? Je suis en réunion, réponds-moi par mail.\n\nJean Martin\nDirecteur général",
            ),
            "staff-records",
        ),
        (
            mail(
                "Joshua Reed <ceo.office@gmail.com>",
                "Quick task",
                "Hi Ian, are you at your desk? Please send me the W-2 forms for our team as soon as possible.\n\nJoshua Reed\nCEO",
            ),
            "staff-records",
        ),
        (
            mail(
                "Jean Martin <direction@mail-pro.example>",
                "Dossier confidentiel",
                "Claire,\n\nJe vous charge d’une acquisition strictement confidentielle. Merci d’effectuer un virement de 48 200 euros aujourd’hui. N’en parlez à personne, je suis en conférence et ne peux pas parler.\n\nJean Martin, PDG",
            ),
            "payment",
        ),
        (
            unshown(
                "Finance <cfo@partner-mail.example>",
                "Wire today",
                "I need you to process a wire transfer today. Keep this between us until the deal is announced. I am in a meeting and cannot take calls.",
            ),
            "payment",
        ),
        (
            mail(
                "Transports Moreau <compta@transports-moreau.example>",
                "Nouveau RIB",
                "Bonjour,\n\nNotre compte bancaire a été modifié. Merci d’effectuer vos prochains règlements sur le nouveau RIB ci-joint ; l’ancien compte est clôturé. Restez discret sur ce point.",
            ),
            "payment",
        ),
        (
            unshown(
                "Chronopost <suivi@livraison-colis.example>",
                "Votre colis est en attente",
                "Votre colis n’a pas pu être livré. Vous devez régler les frais de douane de 2,99 euros : https://colis-frais.test/payer",
            ),
            "payment",
        ),
        (
            unshown(
                "DHL Express <notice@parcel-desk.example>",
                "Package on hold",
                "Your package is on hold. Pay the customs fee of 1.99 EUR here: https://parcel-fee.test/p",
            ),
            "payment",
        ),
        (
            unshown(
                "Service messagerie <admin@webmail-support.example>",
                "Boîte pleine",
                "Votre messagerie est saturée. Connectez-vous ci-dessous pour éviter la suspension et confirmez votre mot de passe : https://boite.test/login",
            ),
            "credentials",
        ),
        (
            unshown(
                "IT Desk <it@helpdesk-mail.example>",
                "Mailbox full",
                "Your mailbox is almost full. Verify your account within 24 hours: https://mailbox-check.test/owa",
            ),
            "credentials",
        ),
        (
            mail(
                "Marie <marie.directrice@gmail.com>",
                "Un service",
                "J’ai besoin de ton aide : peux-tu acheter des cartes cadeaux Apple de 100 euros et m’envoyer les codes par mail ?",
            ),
            "payment",
        ),
        (
            mail(
                "Paul <paul.ceo@gmail.com>",
                "Errand",
                "Can you get five Steam cards of 100 today? Scratch them and send me the codes.",
            ),
            "payment",
        ),
        (
            unshown(
                "x <x@y.example>",
                "Your device",
                "I have hacked your device and have a video of you. Send 900 USD in bitcoin to this wallet or it goes to all your contacts.",
            ),
            "payment",
        ),
    ] {
        let verdict = judge(&mail);
        let head = mail.lines().find(|l| l.starts_with("Subject")).unwrap_or_default();
        assert_eq!(verdict.basis.class, Class::Scam, "{head}: {}", told(&verdict));
        assert!(verdict.beware() && verdict.asks.iter().any(|a| a == ask), "{head}: {}", told(&verdict));
        assert!(!verdict.has("no-contract-cited"), "nothing here is about a contract: {}", told(&verdict));
    }
}

#[test]
fn a_supplier_who_is_shown_and_asks_for_money_is_told_without_being_called_a_fraud() {
    for (subject, body) in [
        (
            "Facture 2026-118",
            "Bonjour,\n\nMerci de régler la facture jointe par virement. IBAN FR76 3000 4000 0500 0012 3456 789.",
        ),
        (
            "Changement de coordonnées bancaires",
            "Bonjour,\n\nNos coordonnées bancaires ont changé. Merci d’effectuer vos règlements sur le nouveau compte bancaire.",
        ),
        (
            "New bank details",
            "Dear customer, our bank details have changed. Please send the payment for invoice 118 to the new account.",
        ),
    ] {
        let verdict = judge(&mail("Comptabilité <compta@fournisseur.example>", subject, body));
        assert_eq!(verdict.basis.class, Class::Discussion, "{}", told(&verdict));
        assert!(verdict.beware() && verdict.asks == ["payment"], "{}", told(&verdict));
        assert_eq!(verdict.next, "confirm-by-known-route");
    }
}

#[test]
fn an_invoice_with_an_account_number_was_called_a_fraud() {
    let body = "Bonjour,\n\nVeuillez trouver notre facture. Merci de payer la facture sous 30 jours sur notre compte bancaire, IBAN FR76 3000 4000 0500 0012 3456 789.";
    let verdict = judge(&unshown("Garage Petit <garage.petit@orange.fr>", "Facture mai", body));
    assert_eq!(verdict.basis.class, Class::Discussion, "{}", told(&verdict));
    assert!(verdict.has("payment-request") && verdict.has("bank-details"), "{}", told(&verdict));
}

#[test]
fn ordinary_mails_are_left_alone() {
    for (from, subject, body) in [
        (
            "Claire <claire@fournisseur.example>",
            "Réunion",
            "Je suis en réunion jusqu’à midi, je vous rappelle ensuite. Êtes-vous disponible à 14 h ?",
        ),
        (
            "Anna <anna@partner.example>",
            "Call",
            "I am in a meeting until noon. Do you have a moment at two? I need your help with the figures.",
        ),
        (
            "Chronopost <suivi@chronopost.fr>",
            "Votre colis",
            "Votre colis est en attente de retrait au bureau de poste. Suivi : https://www.chronopost.fr/suivi",
        ),
        (
            "DHL <noreply@dhl.com>",
            "Shipment",
            "Your shipment could not be delivered today. We will try again tomorrow: https://www.dhl.com/track",
        ),
        (
            "Boutique <news@boutique.example>",
            "Noël",
            "Nos cartes cadeaux font plaisir à tous. Offrez-les dès 20 euros.",
        ),
        ("Shop <news@shop.example>", "Gift ideas", "Gift cards make everyone happy. Order yours before Friday."),
        (
            "Paie <paie@cabinet.example>",
            "Bulletin de paie",
            "Votre bulletin de paie de mai est disponible dans votre coffre-fort.",
        ),
        ("HR <hr@provider.example>", "Payslip", "Your payslip for May is available in your safe."),
        (
            "Service <no-reply@service.example>",
            "Mot de passe modifié",
            "Votre mot de passe a été modifié le 8 juin. Si c’est vous, rien à faire.",
        ),
        (
            "Banque <info@bank.example>",
            "Nouvelle agence",
            "Notre agence change d’adresse. Vos coordonnées bancaires restent les mêmes.",
        ),
        (
            "Hôtel <resa@hotel.example>",
            "Confirmation",
            "Nous confirmons votre réservation ; le paiement sera effectué sur place.",
        ),
        (
            "Dev <dev@list.example>",
            "crypto",
            "The crypto library needs a new release before we update the wallet page.",
        ),
        ("Lucas <lucas@fournisseur.example>", "Virement reçu", "Nous avons bien reçu votre virement, merci."),
        ("Tom <tom@partner.example>", "Payment received", "We have received your payment. Thank you."),
        ("RH <rh@partenaire.example>", "Confidentiel", "Cet accord est confidentiel entre nos deux sociétés."),
        ("Amazon <shipment@amazon.fr>", "Expédition", "Votre commande a été expédiée."),
    ] {
        let verdict = judge(&mail(from, subject, body));
        assert_eq!(verdict.basis.class, Class::Discussion, "{subject}: {}", told(&verdict));
        assert!(!verdict.beware() && verdict.asks.is_empty(), "{subject}: {}", told(&verdict));
    }
}

#[test]
fn who_asks_whether_a_mail_is_a_fraud_commits_none() {
    let body =
        "Bonjour, j’ai reçu ça, c’est une arnaque ? Ils nous demandent d’effectuer un virement sur un nouveau RIB.";
    let verdict = judge(&mail("Luc <luc@partner.example>", "Arnaque ?", body));
    assert_eq!(verdict.basis.class, Class::Discussion, "{}", told(&verdict));
    assert!(verdict.asks.is_empty() && !verdict.beware(), "{}", told(&verdict));
}

#[test]
fn a_known_name_from_another_domain_is_noticed_whatever_it_says() {
    let verdict = judge(&mail("PayPal Service <service@account-notices.example>", "Notice", "See you soon."));
    assert!(verdict.has("brand-of-another") && verdict.beware(), "{}", told(&verdict));
    let verdict = judge(&mail("Robinhood <support@xn--robnhood-e2a.com>", "Order", "Your order has been placed."));
    assert_eq!(verdict.basis.class, Class::Scam, "{}", told(&verdict));
    for (from, why) in
        [("PayPal <service@paypal.fr>", "its own domain"), ("Dr Ameline <ameline@clinic.example>", "part of a word")]
    {
        let verdict = judge(&mail(from, "Notice", "See you soon."));
        assert!(!verdict.has("brand-of-another"), "{why}: {}", told(&verdict));
    }
}

#[test]
fn an_unsigned_mail_of_one_s_own_house_was_taken_for_a_review() {
    let verdict = judge(&unshown("Claire <claire@client.example>", "Midi", "On déjeune à midi ?"));
    assert_eq!(verdict.basis.class, Class::Discussion, "{}", told(&verdict));
}
