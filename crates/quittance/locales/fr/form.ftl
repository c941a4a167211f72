# Le formulaire d’un auditeur : ce qu’il demande, ce qui est écrit, ce qu’il révèle.

form-title = Ce que le formulaire demande
form-advice = Une proposition à vérifier. Ce qui peut vous être demandé dépend de votre contrat ; ce n’est pas un avis juridique.
form-fingerprint = Mise en page { $hash }
form-heading-counts = En bref
form-counts = { $all } questions : { $answer } à répondre, { $unsure } à regarder d’abord, { $decline } à décliner, { $ask } à faire préciser.
form-heading-unsure = À regarder d’abord : rien n’y est écrit tant que vous ne confirmez pas
form-heading-decline = Déclinées, avec la raison
form-heading-ask = À faire préciser
form-heading-answer = Répondues

form-reason-unclear = La demande n’est pas claire ; demandez à quoi elle sert.
form-reason-competitor = Elle porte sur le produit d’un concurrent ; aucune licence de cet éditeur n’en dépend.
form-reason-finance = Chiffre d’affaires, prix et budgets n’ont rien à voir avec les licences.
form-reason-hardware-not-needed = Aucune licence ne se compte par cette propriété du matériel.
form-reason-mobile-devices = Téléphones et tablettes n’exécutent aucun des logiciels comptés ici.
form-reason-network-identifier = Les adresses du réseau identifient les machines et ne comptent rien.
form-reason-not-licensing = Elle n’a rien à voir avec les licences.
form-reason-other-publisher = Elle porte sur le produit d’un autre éditeur.
form-reason-personal-data = Elle nomme une personne ; un nombre suffit, et l’on ne donne pas de données personnelles sans nécessité (RGPD, article 5).
form-reason-plans = Plans et projets ne comptent aucune licence.
form-reason-product-key = Une clé identifie et peut servir ; la preuve d’achat suffit.
form-reason-secret = C’est un secret, et il ouvre des portes.
form-reason-security-posture = Elle dit comment vous êtes protégés et ne compte aucune licence.
form-reason-no-rule-depends = Aucune règle n’en dépend ; demandez à quoi elle sert.
form-reason-only-for-oem = Utile seulement si une licence est venue avec la machine ; demandez pour quelles machines.
form-reason-only-for-runtime = Utile seulement pour des licences liées à une application ; demandez à quoi elle sert.
form-reason-reserved = Une colonne en réserve : demandez ce qui doit y figurer.
form-reason-serial-identifies = Un numéro de série identifie la machine pour toujours ; une référence à vous suffit.

form-why-close = Presque la même que : { $what }.
form-why-kind-differs = Le formulaire attend une autre sorte de réponse : { $what }.
form-why-left-over = Mots non compris : { $what }.
form-why-outside = Elle se lit comme : { $what }.
form-why-unread = Non compris : { $what }.
form-why-weak = Peu de choses parlent pour cela : { $what }.
form-why-several-versions = Plusieurs versions sont nommées : { $what }.
form-why-two-products = Deux produits sont nommés : { $what }.

fill-no-site = (site non connu)
fill-needs-output = Dites avec --output où la copie remplie doit se trouver, ou regardez d’abord avec --preview.
fill-gives-away = La copie révélerait { $names }. Elle n’a pas été écrite. Si c’est voulu, dites --plain-names.
fill-written = { $path } : { $written } cellules écrites ; chaque autre octet est tel qu’il est venu. D’où vient chacune : { $side }
fill-rebuilt = { $path } : { $written } cellules écrites dans un nouveau classeur sans macros, car cette sorte de fichier ne se change pas sur place. D’où vient chacune : { $side }
fill-refused = Non écrit
fill-remarks = À savoir sur la copie
fill-declined = { $count ->
    [one] Une question est déclinée ou à faire préciser ; `quittance form` dit pourquoi.
   *[other] { $count } questions sont déclinées ou à faire préciser ; `quittance form` dit pourquoi.
 }
fill-unsure = { $count ->
    [one] Une question attend que vous en confirmiez la lecture ; `quittance form` la montre.
   *[other] { $count } questions attendent que vous en confirmiez la lecture ; `quittance form` les montre.
 }
fill-without-place = { $sheet } : le formulaire n’a pas de ligne pour { $names }. S’il nomme un site autrement, dites-le avec --site.
fill-note-editions-unknown-left-out = Les installations dont l’édition n’est pas connue sont laissées hors des comptes par édition ; `quittance questions` les nomme.
fill-note-site-not-known = Les machines dont le site n’est pas connu ont une ligne à part.

fill-how-counted = compté : { $count }
fill-how-summed = somme sur { $count } machines
fill-how-summed-over-physical-machines = somme sur { $count } machines physiques
fill-how-lots-summed = somme sur { $count } lots
fill-how-told-by-inventory = dit par l’inventaire
fill-how-told-by-purchases = dit par les achats
fill-how-newest-seen = jour le plus récent de l’inventaire
fill-how-told-by-you = dit par vous

fill-open-only-you-know = Vous seul le savez ({ $count } cellules) ; dites-le avec --set
fill-open-not-in-evidence = Absent des preuves ({ $count } cellules)
fill-open-some-unknown = Inconnu pour certaines machines : aucune somme ne serait honnête ({ $count } cellules)
fill-open-not-by-site = Détenu par l’entreprise entière ; dites avec --owner la ligne de quel site le porte ({ $count } cellules)
fill-open-several = Plusieurs réponses, et le formulaire n’en prend qu’une ({ $count } cellules)
fill-open-does-not-apply = Sans objet pour cette ligne ({ $count } cellules)
fill-open-no-such-product = Le produit n’est pas connu ici ({ $count } cellules)
fill-open-no-such-site = Le formulaire nomme un site que le dossier ne connaît pas ; dites avec --site lequel c’est ({ $count } cellules)
fill-open-not-in-list = La liste du formulaire n’a pas de mot pour cela ({ $count } cellules)

fill-refused-unknown-sheet = cette feuille n’existe pas
fill-refused-not-a-worksheet = la feuille n’a pas de cellules
fill-refused-outside-sheet = la cellule est hors de la feuille
fill-refused-two-answers = deux réponses pour une cellule
fill-refused-package-signed = le fichier porte une signature sur ses cellules ; --break-signature écrit malgré cela
fill-refused-formula = une formule s’y trouve
fill-refused-array-formula = une formule matricielle s’y trouve
fill-refused-table-heading = c’est l’en-tête d’un tableau
fill-refused-pivot-table = elle appartient à un tableau croisé
fill-refused-merged = elle est dans une cellule fusionnée ({ $what })
fill-refused-locked = la cellule est verrouillée ; --into-locked écrit malgré cela
fill-refused-too-long = le texte dépasse ce qu’une cellule contient
fill-refused-too-many-digits = le nombre a plus de chiffres qu’une cellule n’en contient
fill-refused-impossible-date = ce jour n’existe pas
fill-refused-not-in-list = la liste du formulaire permet : { $what }
fill-refused-not-a-number = le formulaire attend un nombre
fill-refused-not-whole = le formulaire attend un nombre entier
fill-refused-not-a-time = le formulaire attend une heure
fill-refused-not-a-date = le formulaire attend une date
fill-refused-out-of-range = hors de ce que le formulaire permet ({ $what })
fill-refused-date-out-of-range = hors des jours que le formulaire permet ({ $what })
fill-refused-text-length = pas de la longueur que le formulaire permet ({ $what })

fill-remark-stale-formulas = { $what } : formules qui montrent d’anciens résultats jusqu’au prochain calcul du classeur
fill-remark-package-signature-broken = la signature sur les cellules ne tient plus
fill-remark-custom-rule-unchecked = une règle du formulaire qui n’a pas pu être vérifiée ({ $what } ; { $cells } cellules)
fill-remark-list-not-known = une liste du formulaire qui n’a pas pu être lue ({ $what } ; { $cells } cellules)
fill-remark-bound-not-known = une borne du formulaire qui n’a pas pu être lue ({ $what } ; { $cells } cellules)
fill-remark-outside-validation = hors de ce que le formulaire attend, qui ne fait qu’avertir ({ $what } ; { $cells } cellules)
fill-remark-date-shown-as-number = jours que la cellule montre comme des nombres ({ $what } ; { $cells } cellules)
fill-remark-date-as-text = jours écrits en texte, car la cellule attend du texte ({ $what } ; { $cells } cellules)

scrub-found = Ce que le fichier révèle
scrub-removed = Retiré
scrub-kept = Resté
scrub-nothing = Rien n’a été trouvé qui révèle plus que le contenu.
scrub-written = Écrit : { $path }
scrub-breaks-signature = le retirer rompt une signature
scrub-stays = ne peut être retiré
scrub-no-names = { $count } noms ont été cherchés dans chaque recoin du fichier ; aucun ne s’y trouve.
scrub-no-names-elsewhere = { $count } noms ont été cherchés partout ailleurs ; aucun ne s’y trouve.
scrub-product-key = clé de produit finissant par { $last }
scrub-unread = Non examiné, car chiffré, abîmé, trop grand ou emboîté trop profond ; un nom peut s’y trouver : { $parts }
scrub-whole-file = le fichier lui-même
scrub-names = Ces noms se trouvent dans le fichier

scrub-trace-author = auteur
scrub-trace-last-modified-by = enregistré en dernier par
scrub-trace-company = entreprise
scrub-trace-manager = responsable
scrub-trace-title = titre et sujet
scrub-trace-time = heures
scrub-trace-path = chemins
scrub-trace-user = noms d’utilisateurs
scrub-trace-printer = imprimante
scrub-trace-comment-author = auteurs des commentaires
scrub-trace-comment = commentaires
scrub-trace-hidden-sheet = feuilles masquées
scrub-trace-hidden-rows = lignes masquées
scrub-trace-hidden-columns = colonnes masquées
scrub-trace-outside-name = noms qui renvoient au-dehors
scrub-trace-external-link = liens vers d’autres fichiers
scrub-trace-external-data = valeurs copiées d’autres fichiers
scrub-trace-hyperlink = liens hypertextes
scrub-trace-connection = connexions de données
scrub-trace-pivot-user = qui a actualisé un tableau croisé
scrub-trace-pivot-data = données gardées par des tableaux croisés
scrub-trace-data-model = modèle de données
scrub-trace-revision = suivi des modifications
scrub-trace-custom-xml = données d’autres programmes
scrub-trace-custom-property = propriétés personnalisées
scrub-trace-thumbnail = image de la première page
scrub-trace-embedded-file = fichiers incorporés
scrub-trace-document-id = identifiants du document
scrub-trace-label = étiquettes de classification
scrub-trace-view = vues et fenêtres
scrub-trace-macro-project = macros
scrub-trace-macro-path = chemins dans les macros
scrub-trace-package-signature = signature sur les cellules
scrub-trace-property = autres propriétés
scrub-trace-location = lieu où une image a été prise
scrub-trace-camera = appareil photo
scrub-trace-text = textes dans une image
scrub-trace-metadata = autres données sur le fichier
scrub-trace-trailing-bytes = octets après la fin
scrub-trace-file-signature = signature du fichier
scrub-trace-template = modèle
scrub-trace-not-read = n’a pas pu être lu
fill-remark-formulas-as-values = { $what } : formules qui figurent par leur résultat dans le nouveau classeur
who-none = Ce dossier n’a encore donné aucun pseudonyme.
who-unknown = { $name } n’est pas un pseudonyme de ce dossier.
