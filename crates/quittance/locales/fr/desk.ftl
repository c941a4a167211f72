# Le bureau web et la démonstration.

desk-listens = Le bureau est à l'adresse { $address } (Ctrl-C l'arrête).
desk-other-language = English
desk-as-json = JSON
desk-as-workbook = Classeur
demo-where = Le dossier est dans { $case }, les exports qui l'ont fait dans { $exports }. Regardez de plus près avec `quittance explain LIGNE --case { $case } --as-of 2026-11-20`.
fail-listen = impossible d'écouter sur le port { $port } : { $detail }. Choisissez-en un autre avec --port, ou 0 pour un port libre.
fail-date = { $text } n'est pas un jour tel que 2026-11-20
fail-needs-output = { $format } n'est pas un format de terminal : nommez un fichier avec --output
