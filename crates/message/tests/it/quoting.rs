//! Who cites a threat does not make it; who makes it under marks still does.

use message::triage::Class;

use crate::traps::{judge, mail};

const LAWYER: &str = "Maître Claire Roche <roche@roche-avocats.example>";

fn quiet(body: &str) {
    let verdict = judge(&mail(LAWYER, "Votre dossier Acme / Your Acme file", body));
    assert_eq!(verdict.basis.class, Class::Discussion, "{body}\n{:?}", verdict.flags);
    for flag in ["threat", "urgency", "legal-words-without-basis"] {
        assert!(!verdict.has(flag), "{flag}: {body}");
    }
    assert_eq!(verdict.next, "none");
}

#[test]
fn a_lawyer_who_cites_a_threat_was_taken_for_the_one_who_threatens() {
    quiet(
        "Cher Monsieur,\n\nJ’ai lu la lettre d’Acme, qui vous écrit : « À défaut de réponse sous huit jours, nous transmettrons le \
         dossier de vérification de vos licences à notre service juridique et saisirons le tribunal. » Cette phrase n’a pas de \
         portée à mon sens. Je vous appelle lundi.\n\nBien à vous",
    );
    quiet(
        "Dear Paul,\n\nAcme's latest letter states: \u{201c}Failure to respond to this licence audit will lead to legal action for \
         copyright infringement.\u{201d} In my view this carries no weight. Could we speak on Monday?\n\nBest, Claire",
    );
    quiet(
        "Dear Paul,\n\nIn my view this carries no weight.\n\n> Failure to respond to this licence audit will lead to legal \
         action.\n> Acme\n",
    );
    quiet(
        "Bonjour,\n\nPas d’inquiétude, voyez ci-dessous.\n\nLe 2 juin 2026, Acme a écrit :\n\nÀ défaut de réponse sous huit \
         jours, nous saisirons le tribunal et engagerons une action en justice.\n",
    );
}

#[test]
fn a_threat_under_marks_stays_a_threat_of_whoever_asks_or_makes_it() {
    let asks = "Acme vous écrit : « À défaut de réponse sous huit jours, nous saisirons le tribunal. » Merci de nous retourner \
        l’inventaire de vos licences Acme sous huitaine.";
    assert!(judge(&mail("Audit <audit@contractor.example>", "Vérification de vos licences Acme", asks)).has("threat"));
    let own = "Nous vous avons écrit : « À défaut de réponse sous huit jours au sujet de la vérification de vos licences Acme, \
        nous saisirons le tribunal. »";
    assert!(judge(&mail("Acme France <audit@contractor.example>", "Vérification de vos licences", own)).has("threat"));
    let cited =
        "Acme writes: \"Failure to respond to this licence audit will lead to legal action.\" I am at your disposal.";
    assert!(
        judge(&mail("Vic <v-vic@acme.example>", "Licence audit", cited)).has("threat"),
        "a contractor of the publisher"
    );
    let hidden = "The administrator writes: \"Please log in with your password at once to keep your Acme licences.\"";
    let verdict = judge(&mail("Help <help@contractor.example>", "Acme licences", hidden));
    assert!(verdict.has("credential-request"), "{:?}", verdict.flags);
}

#[test]
fn what_german_spanish_and_italian_mail_programs_quote_was_taken_for_the_senders_own_words() {
    let quoted = "The list must contain the serial number of each licence. Please send it within ten days.";
    for above in [
        "-----Ursprüngliche Nachricht-----\nVon: Acme\nGesendet: Mittwoch, 3. Juni 2026\nBetreff: Licences\n",
        "Von: Acme <a@contractor.example>\nGesendet: Mittwoch, 3. Juni 2026\nAn: it@client.example\nBetreff: Licences\n",
        "Am 3. Juni 2026 um 10:00 schrieb Acme <a@contractor.example>:\n",
        "El 3 de junio de 2026, Acme escribió:\n",
        "Il giorno 3 giugno 2026 Acme ha scritto:\n",
        "Op 3 juni 2026 schreef Acme:\n",
    ] {
        let body = format!("Dear Paul,\n\nthank you, we have noted this for the Acme review.\n\n{above}\n{quoted}\n");
        let verdict = judge(&mail("Acme Review <a@contractor.example>", "AW: Licences", &body));
        assert!(verdict.asks.is_empty() && verdict.deadlines.is_empty(), "{above}: {:?}", verdict.asks);
    }
}
