"""The mailbox of a company as it arrives today, made up and signed here: nothing in it is anyone's mail.

`make(count, folder, corpus)` writes `box.mbox`, `zone.txt` and `context.toml` into a folder and gives back what the mailbox is
made of. The same count gives mails of the same shape; keys are new each time.

The make-up is that of an ordinary house with an Exchange or Google server before it: most mails are signed, bulk mail carries two
signatures (the brand's and the mailing service's), cloud offices seal with ARC, HTML is what people see, one mail in ten brings
a document. Shares are in KINDS, sizes in `describe`.
"""
import base64
import collections
import io
import pathlib
import quopri
import random
import re
import zipfile

import dkim
import dkim.crypto
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

# Kind, share in a thousand.
KINDS = [
    ("people", 300),  # between companies: Outlook-like HTML with its plain text, most of them answers that quote
    ("newsletter", 230),  # two signatures, 25 to 60 kB of HTML tables
    ("notice", 250),  # of services: tickets, invoices, calendars, alarms; half with two signatures
    ("document", 100),  # people with a PDF, DOCX or XLSX of 30 to 300 kB
    ("list", 40),  # by a list that adds a footer: author's signature broken, list's own holds, ARC
    ("unsigned", 40),  # printers, old servers, scanners
    ("junk", 30),  # unsigned or with a signature that does not hold
    ("audit", 10),  # the invented campaign of the corpus
]
SENTENCES = {
    "fr": """Merci de me confirmer la date de la réunion de lundi avant jeudi midi.
Je vous transmets le compte rendu de notre échange de ce matin.
Le fournisseur nous a répondu que la livraison aurait lieu le 14 avril 2026.
Pouvez-vous vérifier le montant de la facture 2026-0412, soit 1 284,50 euros HT ?
Nous avons bien reçu votre commande, elle sera traitée sous trois jours ouvrés.
La mise à jour du serveur est prévue dans la nuit de mardi à mercredi, de 22 h à 2 h.
Comme convenu, je reviens vers vous au sujet du contrat d'entretien des ascenseurs.
L'équipe projet se réunit chaque vendredi à 9 h 30 en salle Garonne.
Les tarifs ci-dessous s'entendent hors taxes et sont valables jusqu'au 30 juin 2026.
N'hésitez pas à m'appeler au 05 61 00 12 34 si vous avez la moindre question.
Le nouveau badge vous sera remis à l'accueil contre signature.
Votre demande de congés du 3 au 14 août a été acceptée.
Nous recherchons douze postes de travail supplémentaires pour l'atelier de Sorel.
Le rapport trimestriel est en ligne, la version imprimable suivra cette semaine.
Pensez à éteindre les lumières et à fermer les fenêtres avant de partir.
Le comité social se tiendra le 22 septembre, l'ordre du jour est joint.
Les comptes de la filiale ont été arrêtés sans réserve par le commissaire.
La visite médicale est fixée au lundi 8 juin à 10 h 15.
J'ai relu le cahier des charges, il manque encore le chapitre sur la reprise des données.
Bonne réception, et à bientôt sur le chantier.""".splitlines(),
    "en": """Please confirm the date of Monday's meeting before Thursday noon.
I am sending you the notes from our conversation this morning.
The supplier told us that the delivery will take place on April 14, 2026.
Could you check the amount on invoice 2026-0412, which comes to 1,284.50 EUR before tax?
We have received your order and will process it within three business days.
The server will be updated on Tuesday night between 10 pm and 2 am.
As agreed, I am coming back to you about the maintenance contract for the lifts.
The project team meets every Friday at 9:30 in room Garonne.
Prices below are net of tax and stay valid until June 30, 2026.
Do not hesitate to call me on +33 5 61 00 12 34 if you have any question.
Your new badge will be handed to you at the front desk.
Your leave from 3 to 14 August has been approved.
We are looking for twelve more workstations for the Sorel workshop.
The quarterly report is online, the printable version will follow this week.
Remember to switch off the lights and close the windows before you leave.
The works council will meet on 22 September, the agenda is attached.
The accounts of the subsidiary were closed without reservations.
Your medical check is on Monday 8 June at 10:15.
I have read the specification again, the chapter on data migration is still missing.
Kind regards, and see you soon on site.""".splitlines(),
}
SUBJECTS = {
    "fr": ["Réunion de lundi", "Facture 2026-0412", "Compte rendu", "Votre commande", "Planning d'avril", "Contrat d'entretien"],
    "en": ["Monday's meeting", "Invoice 2026-0412", "Meeting notes", "Your order", "April planning", "Maintenance contract"],
}
NAMES = "Anne Duval,Marc Petit,Julie Moreau,Paul Girard,Ines Caron,Louis Lambert,Nora Haddad,Tom Baker,Emma Clarke,Oliver Hughes".split(",")
HOUSE = "ateliers-brunoy.example"
SERVER = "mx1.ateliers-brunoy.example"


def quick_signing():
    """dkimpy signs with Python integers; signing is not what is measured, so it is done by a faster library."""
    known = {}

    def sign(digest, key):
        private = known.get(key["modulus"])
        if private is None:
            numbers = rsa.RSAPrivateNumbers(
                key["prime1"], key["prime2"], key["privateExponent"], key["exponent1"], key["exponent2"],
                key["coefficient"], rsa.RSAPublicNumbers(key["publicExponent"], key["modulus"]))
            private = known[key["modulus"]] = numbers.private_key()
        made = private.sign(digest.digest(), padding.PKCS1v15(), dkim.crypto and PREHASHED)
        return made

    from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
    PREHASHED = Prehashed(hashes.SHA256())
    dkim.RSASSA_PKCS1_v1_5_sign = sign


class Maker:
    def __init__(self, seed):
        self.chance = random.Random(seed)
        quick_signing()
        self.keys = []
        for _ in range(8):
            key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL,
                                       serialization.NoEncryption())
            public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
            self.keys.append((secret, base64.b64encode(public).decode()))
        self.zone = {}
        self.companies = [self.house(f"company-{n}.example", n) for n in range(240)]
        self.services = [self.house(f"service-{n}.example", n) for n in range(80)]
        self.brands = [self.house(f"brand-{n}.example", n) for n in range(120)]
        self.senders = [self.house(f"bulk-{n}.example", n) for n in range(12)]
        self.lists = [self.house(f"lists-{n}.example", n) for n in range(6)]
        self.cloud = self.house("cloud-office.example", 5)
        self.threads = collections.deque(maxlen=400)
        self.number = 0

    def house(self, domain, n):
        address = f"198.51.{100 + n // 200}.{n % 200 + 1}"
        self.zone[domain] = [f"v=spf1 ip4:{address} include:_spf.{domain} ~all"]
        self.zone[f"_spf.{domain}"] = [f"v=spf1 ip4:203.0.113.{n % 250} ~all"]
        self.zone[f"_dmarc.{domain}"] = [f"v=DMARC1; p={('none', 'quarantine', 'reject')[n % 3]}; rua=mailto:d@{domain}"]
        self.zone[f"s1._domainkey.{domain}"] = [f"v=DKIM1; k=rsa; p={self.keys[n % 8][1]}"]
        return domain, address, self.keys[n % 8][0]

    def words(self, lang, count):
        return [self.chance.choice(SENTENCES[lang]) for _ in range(count)]

    def day(self):
        # Spread over the spring of 2026, in the order of arrival.
        minute = self.number * 7
        return f"Mon, {minute // 1440 % 28 + 1} Jun 2026 {minute // 60 % 24:02}:{minute % 60:02}:00 +0200"

    def header(self, who, name, local, subject, extra=()):
        domain, address, _ = who
        self.number += 1
        ident = f"<{self.number}.{self.chance.randrange(10**9)}@{domain}>"
        top = [
            f"Return-Path: <{local}@{domain}>",
            f"Received: from mail.{domain} (mail.{domain} [{address}])\r\n\tby {SERVER} with ESMTPS id {self.chance.randrange(10**9)};\r\n\t{self.day()}",
        ]
        inner = [
            f"Received: from inner.{domain} (inner.{domain} [10.0.3.{self.number % 200}])\r\n\tby mail.{domain} with ESMTPS id {self.chance.randrange(10**9)}\r\n\tfor <post@{HOUSE}>; {self.day()}",
            f"From: {name} <{local}@{domain}>",
            f"To: Post <post@{HOUSE}>" + "".join(f",\r\n\tColleague {n} <c{n}@{HOUSE}>" for n in range(self.chance.randrange(4))),
            "Subject: " + (subject if subject.isascii() else f"=?utf-8?B?{base64.b64encode(subject.encode()).decode()}?="),
            f"Date: {self.day()}", f"Message-ID: {ident}", "MIME-Version: 1.0", *extra,
        ]
        return top, inner, ident

    def alternative(self, plain, html):
        mark = f"=_{self.chance.randrange(10**12)}"
        body = ""
        for kind, text in (("plain", plain), ("html", html)):
            coded = quopri.encodestring(text.encode()).decode().replace("\n", "\r\n")
            body += f"--{mark}\r\nContent-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{coded}\r\n"
        return f"Content-Type: multipart/alternative; boundary=\"{mark}\"", body + f"--{mark}--\r\n"

    def letter(self, lang, quoted):
        paragraphs = self.words(lang, self.chance.randint(3, 12))
        style = "margin:0cm;margin-bottom:.0001pt;font-size:11.0pt;font-family:\"Calibri\",sans-serif;mso-fareast-language:EN-US"
        css = "".join(f"p.Mso{n}, li.Mso{n} {{mso-style-priority:{n}; margin:0cm; font-size:11.0pt; font-family:\"Calibri\",sans-serif;}}\n" for n in range(30))
        plain = "\n\n".join(paragraphs) + "\n\n-- \nAnne Duval\n+33 5 61 00 12 34\n"
        rows = "".join(f"<p class=3DMsoNormal style='{style}'><span lang=FR style='font-size:10.0pt;color:#1F497D'>{p}<o:p></o:p></span></p>\n".replace("=3D", "=") for p in paragraphs)
        for depth in range(quoted):
            older = self.words(lang, self.chance.randint(4, 14))
            plain += f"\nDe : Marc Petit <m@{HOUSE}>\nEnvoyé : lundi {depth + 1} juin 2026\nÀ : Anne\nObjet : Re\n\n" + "\n\n".join(older)
            rows += "<div style='border:none;border-top:solid #E1E1E1 1.0pt'><p class=MsoNormal><b>De :</b> Marc Petit<br><b>Envoyé :</b> lundi<br><b>À :</b> Anne<br><b>Objet :</b> Re</p></div>\n"
            rows += "".join(f"<p class=MsoNormal style='{style}'><span style='color:black'>{p}</span></p>\n" for p in older)
        html = f"<html xmlns:o=\"urn:schemas-microsoft-com:office:office\"><head><style><!--\n{css}--></style></head><body lang=FR link=\"#0563C1\"><div class=WordSection1>\n{rows}</div></body></html>\n"
        return plain, html

    def table_page(self, lang, rows, who):
        cell = "font-family:Arial,Helvetica,sans-serif;font-size:14px;line-height:20px;color:#333333;padding:10px 20px 10px 20px;mso-line-height-rule:exactly"
        plain, out = [], []
        for n in range(rows):
            text = " ".join(self.words(lang, self.chance.randint(1, 3)))
            token = "%030x" % self.chance.randrange(16**30)
            link = f"https://click.{who[0]}/ls/click?upn={token}{token}"
            plain.append(f"{text}\n{link}\n")
            out.append(
                f"<table width=\"600\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" align=\"center\" style=\"border-collapse:collapse;mso-table-lspace:0pt\"><tr><td valign=\"top\" align=\"left\" style=\"{cell}\">"
                f"<a href=\"{link}\" style=\"color:#0055aa;text-decoration:none\" target=\"_blank\"><img src=\"https://img.{who[0]}/{token}.png\" width=\"560\" height=\"180\" alt=\"\" style=\"display:block;border:0\"></a>"
                f"</td></tr><tr><td style=\"{cell}\">{text}</td></tr></table>\n")
        style = "".join(f"@media only screen and (max-width:{600 + n}px){{.col{n}{{width:100%!important;display:block!important}}}}\n" for n in range(25))
        hidden = f"<div style=\"display:none;max-height:0;overflow:hidden\">{text[:60]}</div>"
        return "\n".join(plain), f"<!DOCTYPE html><html><head><meta charset=\"utf-8\"><style>{style}</style></head><body style=\"margin:0\">{hidden}{''.join(out)}</body></html>\n"

    def document(self):
        size = self.chance.randint(30_000, 300_000)
        kind = self.chance.choice(["pdf", "docx", "xlsx"])
        noise = self.chance.randbytes(size)
        if kind == "pdf":
            return "report.pdf", "application/pdf", b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\nstream\n" + noise + b"\nendstream\n%%EOF\n"
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
            out.writestr("[Content_Types].xml", "<Types/>")
            out.writestr("word/document.xml" if kind == "docx" else "xl/workbook.xml", "<w/>" * 4000)
            out.writestr("docProps/thumbnail.jpeg", noise)
        return f"report.{kind}", f"application/vnd.openxmlformats-officedocument.{'wordprocessingml.document' if kind == 'docx' else 'spreadsheetml.sheet'}", packed.getvalue()

    def signed(self, top, inner, kind, body, signers, seal=None):
        raw = ("\r\n".join([*inner, kind]) + "\r\n\r\n" + body).encode()
        fields = [b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type"]
        for domain, _, secret in signers:
            raw = dkim.sign(raw, b"s1", domain.encode(), secret, canonicalize=(b"relaxed", b"relaxed"), include_headers=fields) + raw
        if seal:
            domain, _, secret = seal
            saw = f"Authentication-Results: {domain}; dkim=pass header.d={signers[0][0] if signers else domain}; spf=pass; dmarc=pass\r\n".encode()
            raw = saw + raw
            sets = dkim.arc_sign(raw, b"s1", domain.encode(), secret, domain.encode(), include_headers=fields)
            raw = b"".join(sets) + raw.removeprefix(saw)
        return ("\r\n".join(top) + "\r\n").encode() + raw

    def mail(self, kind, corpus):
        lang = self.chance.choice(["fr", "fr", "en"])
        subject = self.chance.choice(SUBJECTS[lang])
        name = self.chance.choice(NAMES)
        local = name.lower().replace(" ", ".")
        if kind == "audit":
            return self.chance.choice(corpus)
        if kind in ("people", "document"):
            who = self.chance.choice(self.companies)
            extra = []
            answer = self.threads and self.chance.random() < 0.6
            if answer:
                earlier = self.chance.choice(self.threads)
                extra = [f"In-Reply-To: {earlier}", f"References: {earlier}"]
                subject = "RE: " + subject
            top, inner, ident = self.header(who, name, local, subject, extra)
            self.threads.append(ident)
            part, body = self.alternative(*self.letter(lang, self.chance.randint(1, 4) if answer else 0))
            if kind == "document":
                file, declared, data = self.document()
                coded = base64.encodebytes(data).decode().replace("\n", "\r\n")
                mark = f"=_o{self.chance.randrange(10**12)}"
                body = (f"--{mark}\r\n{part}\r\n\r\n{body}--{mark}\r\nContent-Type: {declared}; name=\"{file}\"\r\nContent-Transfer-Encoding: base64\r\n"
                        f"Content-Disposition: attachment; filename=\"{file}\"\r\n\r\n{coded}--{mark}--\r\n")
                part = f"Content-Type: multipart/mixed; boundary=\"{mark}\""
            return self.signed(top, inner, part, body, [who], self.cloud if self.chance.random() < 0.4 else None)
        if kind in ("newsletter", "notice"):
            bulk = kind == "newsletter"
            who = self.chance.choice(self.brands if bulk else self.services)
            extra = [f"List-Unsubscribe: <https://click.{who[0]}/u/{self.number}>", "Precedence: bulk"] if bulk else ["Auto-Submitted: auto-generated"]
            top, inner, _ = self.header(who, who[0].split(".")[0].title(), "news" if bulk else "no-reply", subject, extra)
            rows = self.chance.randint(16, 40) if bulk else self.chance.randint(3, 14)
            part, body = self.alternative(*self.table_page(lang, rows, who))
            two = bulk or self.chance.random() < 0.5
            return self.signed(top, inner, part, body, [who, self.chance.choice(self.senders)] if two else [who])
        if kind == "list":
            who, board = self.chance.choice(self.companies), self.chance.choice(self.lists)
            top, inner, _ = self.header(who, name, local, "[board] " + subject, [f"List-Id: <board.{board[0]}>"])
            text = "\r\n\r\n".join(self.words(lang, self.chance.randint(4, 20)))
            raw = self.signed([], inner, "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit", text + "\r\n", [who]).removeprefix(b"\r\n")
            head, body = raw.split(b"\r\n\r\n", 1)
            passed = head.decode().split("\r\n")
            return self.signed(top, passed, "X-List: board", body.decode() + f"-- \r\nboard@{board[0]}\r\n", [board], board)
        who = self.chance.choice(self.companies)
        top, inner, _ = self.header(who, name, local, subject)
        text = "\r\n\r\n".join(self.words(lang, self.chance.randint(2, 15))) + "\r\n"
        raw = self.signed(top, inner, "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit", text, [])
        if kind == "junk" and self.chance.random() < 0.5:
            raw = self.signed(top, inner, "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit", text, [who])
            raw = raw.replace(b"Subject: ", b"Subject: Re: ", 1)
        return raw


def make(count, folder, made):
    """Writes the mailbox; gives the mails (CRLF), the zone's TXT records by name, and lines that tell what it is made of."""
    folder = pathlib.Path(folder)
    maker = Maker(2026)
    corpus = [p.read_bytes() for p in sorted(made.glob("*.eml"))]
    kinds = [kind for kind, share in KINDS for _ in range(share)]
    mails, tally = [], collections.defaultdict(list)
    for _ in range(count):
        kind = maker.chance.choice(kinds)
        raw = maker.mail(kind, corpus)
        mails.append(raw)
        tally[kind].append(raw)
    lines = "".join(f"{name}. 3600 IN TXT {' '.join(chr(34) + t[n:n + 250] + chr(34) for n in range(0, len(t), 250))}\n"
                    for name, texts in maker.zone.items() for t in texts)
    (folder / "zone.txt").write_text((made / "zone.txt").read_text() + lines)
    (folder / "context.toml").write_text((made / "answers.toml").read_text())
    with open(folder / "box.mbox", "wb") as out:
        for raw in mails:
            out.write(b"From bench@bench.example Mon Jun  1 00:00:00 2026\n")
            out.write(re.sub(rb"(?m)^(>*From )", rb">\1", raw.replace(b"\r\n", b"\n")) + b"\n")
    return mails, records(folder / "zone.txt"), describe(mails, tally)


def records(path):
    """The TXT records of a zone file by name."""
    found = {}
    for line in path.read_text().splitlines():
        record = re.match(r"(\S+)\s+\d+\s+IN\s+TXT\s+(.*)", line)
        if record:
            found[record.group(1).lower()] = "".join(re.findall(r'"([^"]*)"', record.group(2))).encode()
    return found


def signatures(raw):
    """How many DKIM signatures a mail carries."""
    return len(re.findall(rb"(?mi)^dkim-signature:", raw.split(b"\r\n\r\n", 1)[0]))


def describe(mails, tally):
    size = sum(map(len, mails))
    middle = sorted(map(len, mails))[len(mails) // 2]
    counts = collections.Counter(min(signatures(m), 2) for m in mails)
    arc = sum(b"\r\nARC-Seal:" in b"\r\n" + m[:20_000] for m in mails)
    share = lambda n: f"{100 * n / len(mails):.0f} %"
    yield f"{len(mails)} mails, {size / 1e6:.0f} MB, all different; half are under {middle / 1e3:.0f} kB"
    yield f"signatures: none {share(counts[0])}, one {share(counts[1])}, two or more {share(counts[2])} (RSA 2048, relaxed/relaxed); ARC {share(arc)}"
    for kind, _ in KINDS:
        some = tally[kind]
        if some:
            yield f"  {kind:10} {share(len(some)):>5}, {sum(map(len, some)) / len(some) / 1e3:6.1f} kB a mail"
