# Pourquoi une commande n'a pas abouti : quoi, où, et que faire.

fail-file = { $path } : { $detail }. Rien n’y a été modifié. Vérifiez le chemin et les droits d’accès.
fail-output = La réponse ne peut pas être écrite : { $detail }
fail-no-case = { $dir } n’est pas un dossier d’affaire. Pour en créer un : quittance new { $dir }
fail-which-case = Aucun dossier n’est indiqué et le répertoire courant n’en est pas un. Indiquez-le avec --case DIR ou QUITTANCE_CASE, ou créez-en un : quittance new DOSSIER
fail-case-exists = { $dir } existe déjà et n’est pas vide. Choisissez un autre nom pour le dossier.
fail-case-busy = Un autre processus est en train de modifier le dossier { $dir }. Attendez qu’il ait fini, puis recommencez. Rien n’a été modifié.
fail-case-newer = Le dossier { $dir } est au format { $found } ; ce programme connaît les formats jusqu’à { $known }. Utilisez le programme plus récent qui l’a créé.
fail-store = La base du dossier { $dir } est inutilisable : { $detail }
fail-case-damaged = Dans le dossier { $dir }, { $what } n’est pas tel que ce programme l’écrit : { $detail }. Travaillez sur une copie et restaurez le dossier depuis une sauvegarde.
fail-not-in-case = { $name } n’est pas dans le dossier. Pour voir ce qui s’y trouve : quittance files
fail-ambiguous = { $name } désigne plusieurs fichiers du dossier. Précisez par le début de l’empreinte : { $hashes }
fail-reader = Le processus qui lit les fichiers ne peut pas démarrer ({ $detail }). Rien n’a été ajouté.
fail-knowledge = Les règles embarquées dans le programme sont illisibles : { $detail }
fail-no-mapping = Le dossier ne garde aucune correspondance { $name }. Pour voir celles qu’il garde : quittance mappings
fail-mapping = { $path } : { $detail }. Une correspondance est un fichier TOML avec `name`, `about` et la table `columns`.
fail-table = { $path } : { $detail }

usage-intro = quittance : de la lettre d’audit de licences à la décharge qui le clôt.
usage-outro = Pour une commande : quittance help COMMANDE. Le dossier est --case DIR, sinon QUITTANCE_CASE, sinon le répertoire courant. Langues : --lang fr, --lang en.
usage-no-such-command = La commande { $name } n’existe pas. Pour voir toutes les commandes : quittance help
usage-unknown-argument = { $argument } n’est pas connu ici. Pour voir ce qui l’est : quittance help
usage-missing = Il manque { $argument }. Pour voir ce que la commande attend : quittance help COMMANDE
usage-conflict = { $argument } et { $other } ne vont pas ensemble.
usage-value = { $argument } : « { $value } » est illisible.
usage-value-of = { $argument } : « { $value } » n’est pas l’une de ces valeurs : { $valid }.
usage-value-missing = { $argument } attend une valeur.
usage-other = Les arguments sont illisibles : { $detail }
fail-changes = { $path } n'est pas une liste de changements : { $detail }. `quittance help position` montre comment en écrire une.
fail-side = { $text } n'est ni un jour (2026-11-24) ni le dossier d'une affaire.
fail-compare-format = Une comparaison se donne en table ou en json, pas en { $format }.
fail-trust = Les racines, listes ou réponses données avec le classeur ne peuvent servir : { $detail }.
fail-too-large = { $path } dépasse ce qui est lu.
fail-workbook = { $path } n'a pas pu être lu : { $reason }.
fail-map = La carte du formulaire ne peut servir : { $detail }.
fail-pair = { $text } n'a pas de signe égal ; écrivez NOM=VALEUR.
