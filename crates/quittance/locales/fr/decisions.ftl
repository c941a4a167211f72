# Les titres qu’aucune règle ne reconnaît, et ce que l’on décide à leur sujet.
titles-column-machines = Machines
titles-column-title = Titre
titles-column-publisher = Éditeur
titles-column-versions = Versions
titles-column-near = Peut-être
titles-column-example = Vu dans
titles-more = et { $count } de plus
titles-queue-none = Tous les titres du dossier sont reconnus.
titles-queue-how = { $count ->
        [one] Un titre attend votre avis. Dites ce qu’il est : `quittance titles --decide "TITRE" --product …` ou `--as …`.
       *[other] { $count } titres attendent votre avis. Dites ce qu’est chacun : `quittance titles --decide "TITRE" --product …` ou `--as …`.
    }
titles-kept = Décision { $act } : { $what }
titles-not-borne = Aucune machine du dossier ne porte pour l’instant le titre { $title } ; la décision est gardée pour le jour où il apparaîtra.
titles-no-decision = Rien n’a été décidé sur les titres de ce dossier.
titles-from-file = { $count ->
        [one] une règle tirée de { $file }
       *[other] { $count } règles tirées de { $file }
    }
titles-exported = { $count ->
        [one] Une décision a été écrite dans { $path }, sans son auteur. D’autres la reprennent avec `quittance titles --import`.
       *[other] { $count } décisions ont été écrites dans { $path }, sans leurs auteurs. D’autres les reprennent avec `quittance titles --import`.
    }
titles-imported = { $count ->
        [one] Une règle de { $file } s’applique désormais (décision { $act }).
       *[other] { $count } règles de { $file } s’appliquent désormais (décision { $act }).
    }
title-is-yes = { $title } est { $product }
title-is-component = { $title } fait partie d’un autre logiciel
title-is-free = { $title } ne demande pas de licence
title-is-update = { $title } est un correctif
title-is-trial = { $title } est une version d’évaluation
title-is-no = { $title } ne relève pas de ces licences
decision-line = { $act }. { $day }, { $author } : { $what }
decision-undone = La décision { $act } est annulée. Elle reste dans l’historique, avec votre nom et l’heure.
fail-title-what = Dites ce qu’est le titre : `--product PRODUIT`, avec `--edition` et `--version` si vous les connaissez, ou `--as component`, `free`, `update`, `trial`, `not-ours` ou `no-licence`.
fail-title-product = Les règles ne connaissent aucun produit { $product }. Elles connaissent : { $known }.
fail-title-edition = { $product } n’a pas d’édition { $edition }. Sont connues : { $known } ; `unknown` est aussi une réponse.
fail-title-version = { $product } n’a pas de version { $version }. Sont connues : { $known } ; `unknown` est aussi une réponse.
fail-title-decision = Impossible de décider pour { $detail } : le titre est vide.
fail-title-rules = Ces règles ne peuvent pas servir : { $detail }
fail-no-decision = Aucune décision { $number } de ce genre n’est en vigueur. La liste des décisions donne leurs numéros.

# Réunions d’enregistrements.
decision-rule = règle { $rule }, reprise d’un fichier
explain-decisions = Ce qui a été décidé ici
joins-none = Aucune machine et aucune personne n’a d’enregistrements qui diffèrent.
joins-how = Un enregistrement étranger se retire avec `quittance joins --split NOM --records NUMÉRO` ; ce qui manque se réunit avec `--join NOM NOM`.
joins-how-differ = Voici les machines et les personnes dont les enregistrements portent des noms ou des numéros différents ; `--all` montre toutes les réunions. Un enregistrement étranger se retire avec `quittance joins --split NOM --records NUMÉRO` ; ce qui manque se réunit avec `--join NOM NOM`.
joins-no-decision = Rien n’a été décidé sur les réunions dans ce dossier.
join-by-hand = { $records } : réunis à la main
join-by-tool = { $records } : le même identifiant d’outil, { $value }
join-by-uuid = { $records } : le même UUID, { $value }
join-by-serial = { $records } : le même numéro de série, { $value }
join-by-name = { $records } : le même nom, { $value }, et rien ne s’y oppose
join-by-upn = { $records } : le même nom principal, { $value }
join-by-account = { $records } : le même nom de compte, { $value }
join-machines-split = { $records ->
        [one] un enregistrement n’est pas la machine { $of }
       *[other] { $records } enregistrements ne sont pas la machine { $of }
    }
join-machines-joined = { $of } sont une seule machine
join-people-split = { $records ->
        [one] un enregistrement n’est pas la personne { $of }
       *[other] { $records } enregistrements ne sont pas la personne { $of }
    }
join-people-joined = { $of } sont une seule personne
fail-join-nobody = Aucune machine et aucune personne du dossier ne s’appelle { $detail }. `quittance joins --all` les énumère.
fail-join-record = Il n’y a pas d’enregistrement { $detail }. `quittance joins NOM` les numérote.
fail-join-all = Il faut qu’un enregistrement au moins reste et qu’un au moins parte.
fail-join-same = { $detail } désignent déjà la même chose.
fail-join-kinds = { $detail } : une machine et une personne ne peuvent pas être une seule chose.
fail-join-by-hand = Ces enregistrements ont été réunis à la main. Annulez cette décision : `quittance joins --decisions` donne son numéro.
fail-join-split = Une décision sépare ceux-ci. Annulez-la d’abord : `quittance joins --decisions` donne son numéro.
fail-decision = Cela ne peut pas être décidé ({ $code }) : { $detail }

# Lots.
lots-column-lot = Lot
lots-column-product = Produit
lots-column-metric = Compté par
lots-column-quantity = Quantité
lots-column-channel = Canal
lots-column-bought = Acheté le
lots-column-until = Jusqu’au
lots-none = Le dossier ne contient pour l’instant aucune licence. Ajoutez relevés et factures avec `quittance add`.
lots-written = { $count ->
        [one] Un lot a été écrit dans { $path }.
       *[other] { $count } lots ont été écrits dans { $path }.
    }
lots-not-held = Non écrit : l’endroit où se trouve la preuve de chaque lot. Noms de machines et de personnes contenus : { $names }.

# Lignes non comprises, corrigées.
row-mended = { $file }, ligne { $row } : lue comme { $text } au lieu de { $was }
rejects-how = Une ligne se corrige avec `quittance rejects --mend NUMÉRO --with "case;case;…"` ; le fichier garde ses octets.
rejects-again = { $name }, relu : { $before ->
        [one] un rejet avant
       *[other] { $before } rejets avant
    }, { $after } maintenant ; { $facts } faits
rejects-none-mended = Aucune ligne du dossier n’a été corrigée.
fail-no-reject = Il n’y a pas de rejet { $number }. `quittance rejects` les numérote.
fail-mend-still = La ligne n’est toujours pas comprise : { $detail }. Rien n’a changé.
fail-mend-format = Les lignes de { $detail } ne peuvent pas être corrigées une à une dans ce format. Corrigez l’export, ajoutez-le, et retirez celui-ci.
fail-mend-unread = Le fichier n’a pas pu être relu, et rien n’a changé. { $detail }
