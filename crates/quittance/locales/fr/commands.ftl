# Ce que disent les commandes qui touchent au dossier.

new-made = { $dir } est prêt. Ajoutez des pièces avec : quittance add FICHIER... --case { $dir }

add-taken = { $name } : reconnu comme { $kind } ; { $rows ->
    [0] aucune ligne
    [one] 1 ligne
   *[other] { $rows } lignes
 }, { $facts ->
    [0] aucun fait
    [one] 1 fait
   *[other] { $facts } faits
 }, { $rejects ->
    [0] aucun rejet
    [one] 1 rejet
   *[other] { $rejects } rejets
 }
add-walked = { $name } : archive lue fichier par fichier : { $kinds } ; { $known } déjà au dossier, { $refused } non pris ; { $rows ->
    [0] aucune ligne
    [one] 1 ligne
   *[other] { $rows } lignes
 }, { $facts ->
    [0] aucun fait
    [one] 1 fait
   *[other] { $facts } faits
 }, { $rejects ->
    [0] aucun rejet
    [one] 1 rejet
   *[other] { $rejects } rejets
 }
add-walked-kind = { $count ->
    [one] 1 fichier reconnu comme { $kind }
   *[other] { $count } fichiers reconnus comme { $kind }
 }
add-known = { $name } : déjà au dossier sous le nom { $known } ; rien n’a changé
add-refused = { $name } : non pris ; { $reason } ({ $detail })
add-refused-row = { $name }, ligne { $row } : non pris ; { $reason } ({ $detail })
add-unreadable = { $name } : non pris ; le système ne le donne pas ({ $detail })
add-more-rejects = … et { $count } de plus ; pour tout voir : quittance rejects
add-proposal = Cette correspondance paraît juste. Lisez-la, corrigez-la, enregistrez-la dans un fichier et lancez : quittance add { $name } --mapping FICHIER
add-undone = { $name } ({ $hash }) n’est plus au dossier ; ses faits sont partis avec lui
add-mapping-kept = La correspondance { $name } est gardée dans le dossier et sert dorénavant

mappings-none = Le dossier ne garde aucune correspondance. Pour en garder une : quittance add FICHIER --accept-mapping
mappings-column-name = nom
mappings-column-about = une ligne est
mappings-column-columns = colonnes
mappings-column-files = fichiers
mappings-column-author = gardée par
mappings-column-saved = le
mappings-about-software = un titre sur une machine
mappings-about-machines = une machine
mappings-about-people = une personne
mappings-about-purchases = un achat
mappings-forgotten = { $count ->
    [0] La correspondance { $name } est oubliée. Aucun fichier n’a été lu grâce à elle.
    [one] La correspondance { $name } est oubliée. Un fichier a été lu grâce à elle et garde ce qu’il a donné : { $files }
   *[other] La correspondance { $name } est oubliée. { $count } fichiers ont été lus grâce à elle et gardent ce qu’ils ont donné : { $files }
}
add-total = { $taken ->
    [0] aucun fichier pris
    [one] 1 fichier pris
   *[other] { $taken } fichiers pris
 }, { $known } déjà au dossier, { $refused } non pris ; { $facts ->
    [0] aucun fait
    [one] 1 fait
   *[other] { $facts } faits
 }, { $rejects ->
    [0] aucun rejet
    [one] 1 rejet
   *[other] { $rejects } rejets
 }
add-named = { $name } nomme { $machines ->
    [one] une machine
   *[other] { $machines } machines
 } et { $titles ->
    [one] un titre
   *[other] { $titles } titres différents
 } ; licence Microsoft demandée : { $licensable }, aucune demandée : { $others }, non reconnus : { $unrecognised } (`quittance titles`)
add-nothing-found = Il n’y a aucun fichier dans ce qui a été donné
add-none-taken = Aucun des fichiers n’a pu être pris ; le dossier est comme avant
add-not-confined = Ce système n’a pas pu tout retirer au processus qui lit les fichiers (fichiers : { $files }, réseau : { $network }, mémoire et temps : { $bounded }). N’ajoutez que des fichiers de sources sûres, ou travaillez sous un Linux plus récent.
add-progress = { $done } fichiers sur { $total }
add-walking = { $percent } %, encore { $left } ; { $count } fichiers, { $rate } par seconde ; { $name }
add-reading = { $percent } %, encore { $left } ; { $count } lignes, { $rate } par seconde ; { $name }
add-needs-file = Indiquez les fichiers ou répertoires à ajouter, un fichier à reprendre avec --undo, ou une correspondance avec --mapping

files-column-hash = Empreinte
files-column-name = Nom
files-column-kind = Reconnu comme
files-column-rows = Lignes
files-column-facts = Faits
files-column-rejects = Rejets
files-none = Le dossier ne contient encore aucune pièce. Pour en ajouter : quittance add FICHIER...
files-page = { $file }, page { $page }
files-pages = { $count ->
    [0] Aucune page d’une preuve ne contient { $words }. Les pages numérisées n’ont pas de texte et ne sont pas cherchées
    [one] 1 page contient { $words }
   *[other] { $count } pages contiennent { $words }
 }
files-total = { $count ->
    [one] 1 fichier
   *[other] { $count } fichiers
 }

rejects-none = Toutes les lignes des pièces ont été comprises
rejects-total = { $count ->
    [one] 1 ligne n’a pas été comprise. Corrigez le fichier et ajoutez-le de nouveau, ou laissez-la : elle est gardée ici et ne compte nulle part
   *[other] { $count } lignes n’ont pas été comprises. Corrigez les fichiers et ajoutez-les de nouveau, ou laissez-les : elles sont gardées ici et ne comptent nulle part
 }
place-row = { $file }, ligne { $row }
place-part-row = { $file }, { $part }, ligne { $row }

facts-none = Le dossier ne contient encore aucun fait. Ajoutez des pièces avec : quittance add FICHIER...
fact-machine = machines, telles que chaque outil les a vues
fact-title = titres trouvés sur des machines
fact-sql_instance = instances SQL Server
fact-person = personnes et comptes
fact-access = utilisations de serveurs
fact-subscription = abonnements du locataire
fact-purchase = lignes d’achat
fact-declared = déclarés par vous
fact-set_aside = compris, sans conséquence pour les licences

check-passed = réussi  { $id }
check-failed = ÉCHEC   { $id }
check-difference = { $what } : attendu { $expected }, trouvé { $found }
check-unread = { " " }(clés non lues : { $keys })
check-none = Il n’y a aucun exemple (.toml) dans { $dir }
