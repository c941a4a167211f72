# La position de licences : titres, calculs en toutes lettres, raisons, questions.

position-title = Position de licences au { $date }
position-column-product = Produit
position-column-metric = Compté par
position-column-required = Requis
position-column-covered = Couvert
position-column-shortfall = Manque
position-column-surplus = En trop
position-column-money = À acheter
position-column-line = Ligne
position-no-lines = Rien, dans ce dossier, ne demande encore de licence. Ajoutez des inventaires avec `quittance add`.
position-total-short = { $count ->
    [0] Il ne manque aucune licence.
    [one] Il manque des licences sur une ligne.
   *[other] Il manque des licences sur { $count } lignes.
 }
position-total-money = Acheter ce qui manque coûterait de { $low } à { $high } aux prix de référence.
position-total-money-open = Acheter ce qui manque coûterait au moins { $low } aux prix de référence ; le plus haut montant n'est pas connu.
position-total-money-exact = Acheter ce qui manque coûterait { $amount } aux prix de référence.
position-total-unpriced = { $count ->
    [one] Une ligne où il manque des licences n'a pas de prix de référence et n'est pas dans cette somme.
   *[other] { $count } lignes où il manque des licences n'ont pas de prix de référence et ne sont pas dans cette somme.
 }
position-optimal = Aucun autre emploi des licences détenues ne coûterait moins.
position-not-optimal = Aucun emploi moins coûteux des licences détenues n'a été trouvé dans la limite de calcul ; s'il y en a un, il coûte au plus { $gap } de moins.
position-only-counted = Des grandes listes et archives, { $rows } lignes portant { $titles } titres qui ne demandent pas de licence ont été comptées par titre, sans être jugées une à une ; `quittance titles` montre ceux qui ne sont pas reconnus.
position-questions = Questions
position-questions-none = Rien d'important n'est inconnu.
position-questions-intro = Chaque réponse resserre l'intervalle d'une ligne. Les plus utiles d'abord.
position-question-worth = vaut jusqu'à { $worth }, { $units } unités
position-question-units = vaut jusqu'à { $units } unités
position-question-open = sans réponse, le besoin n'a pas de borne supérieure connue
position-breaches = Limites d'usage dépassées
position-unused = Licences restantes
position-set-aside = Installations qui ne demandent pas de licence, ou que l'on ne peut pas juger
position-findings = Ce qui ne s'accorde pas dans les faits
position-decisions = Ce qui a été décidé à la main
position-decisions-intro = Avec le numéro, le jour et l’auteur, et les lignes concernées. Chaque décision peut être annulée.
position-chart-title = Requis et détenu, par ligne
position-chart-required = Requis
position-chart-owned = Détenu et utilisable
position-chart-money = Ce qui manque, en argent
position-review = À vérifier avant de s'y fier
position-interval = { $low } à { $high }
position-at-least = au moins { $low }
position-open-end = sans borne connue
position-legal = C'est un calcul fait à partir des preuves du dossier et de règles citées avec leurs sources. Ce n'est pas un avis juridique. Les termes de la clause d'audit (souvent 5 % et 125 %) se lisent dans le contrat signé.
position-how-to-read = Un intervalle figure là où quelque chose est inconnu : ses bornes sont la lecture licite la plus basse et la plus haute. « Au moins » figure là où rien ne dit la plus haute.
position-price-note = Les prix sont des indications tirées de tarifs publics, pas les vôtres. Donnez votre liste avec --prices.
position-unknown-price = sans prix
position-evidence-rows = { $count ->
    [one] une ligne de preuve
   *[other] { $count } lignes de preuve
 }

metric-core = cœur
metric-processor_pair = deux processeurs
metric-processor = processeur
metric-server = serveur
metric-user_cal = utilisateur
metric-concurrent_user = utilisateur simultané
metric-device_cal = appareil
metric-external_connector = serveur (utilisateurs externes)
metric-device = poste
metric-device_upgrade = poste (mise à niveau)
metric-device_sub = poste (abonnement)
metric-user_sub = utilisateur (abonnement)
metric-client_ml = poste géré
metric-none = rien

explain-sum = Le calcul
explain-rules = Les règles
explain-lots = Les licences examinées
explain-subjects = Ce qui est concerné
explain-subject = { $what }, { $outcome } : { $names }
explain-evidence = Les preuves
explain-result = Requis { $required }, couvert { $covered }, manque { $shortfall }, en trop { $surplus }.
explain-rule = { $id } — { $question } { $answer } ({ $valid })
explain-rule-valid = en vigueur depuis le { $from }
explain-rule-valid-until = en vigueur du { $from } au { $until }
explain-rule-sources = Source : { $sources }. Vérifiée le { $checked }.
explain-rule-unverified = Le texte décisif n'a pas été lu dans une source primaire ; vérifiez-le avant de vous y fier.
explain-lot-used = { $lot } ({ $title }) : { $used } sur { $owned } employées ici
explain-lot-shared = { $lot } ({ $title }) : { $used } sur { $owned } employées ici, { $elsewhere } à d'autres lignes
explain-lot-because = { $used } : { $why }.
explain-lot-rest = { $used } ; pour le reste ({ $left }) : { $why }.
explain-no-lots = Aucune licence de ce produit ne figure au dossier.
explain-remedy = Autre moyen que l'achat : { $remedy }
explain-gap = Pour combler le manque : { $units } × { $product } { $edition } par { $metric }, environ { $amount }.
explain-gap-unpriced = Pour combler le manque : { $units } × { $product } { $edition } par { $metric } ; le tarif n'en donne pas le prix.
explain-no-such-line = Il n'y a pas de ligne { $line } dans cette position. Lignes : { $lines }
explain-evidence-row = { $place } : ligne { $row }
explain-evidence-rows = { $place } : lignes { $rows }
explain-evidence-more = … et { $count } autres

account-device = un poste
account-server = un serveur physique
account-virtual-machine = une machine virtuelle
account-person = une personne ou un compte
account-told = Ce que l'on en sait
account-told-came-with = livré avec : { $value }
account-told-used-by = employé par : { $value }
account-told-site = site : { $value }
account-told-retired = hors service : { $value }
account-told-processors = processeurs : { $value }
account-told-cores-each = cœurs par processeur : { $value }
account-told-processor-model = modèle : { $value }
account-told-hypervisor = hyperviseur : { $value }
account-told-cluster = grappe : { $value }
account-told-virtual-cores = cœurs virtuels : { $value }
account-told-host = sur l'hôte : { $value }
account-told-plan = abonnement : { $value }
account-told-channel = acheté par : { $value }
account-told-purchased = acheté le { $value }
account-told-sa-until = Software Assurance jusqu'au { $value }
account-entries = Ce qui s'y trouve, ou ce qu'elle détient
account-entry-line = { $what } : { $outcome }, compté dans { $line }
account-entry-aside = { $what } : { $outcome } ({ $why })
account-nothing = Rien qui demande une licence.
account-uncounted = { $name } est connu des preuves, et ne compte dans aucune ligne.
account-also = Les lignes dont le calcul en tient compte
account-lot-bought = { $quantity } achetées, comptées par { $metric }
account-lot-unproven = aucune preuve d'achat ne figure au dossier
account-lot-lines = Les lignes qui l'ont examinée
account-lot-used = { $line } : { $used } employées
account-lot-refused = { $line } : aucune employée : { $why }
account-lot-unused = { $units } que rien n'emploie : { $why }

step-core-minimum = { $host } : { $processors ->
    [one] Un processeur
   *[other] { $processors } processeurs
 } de { $cores ->
    [one] un cœur
   *[other] { $cores } cœurs
 } ; au moins { $per_processor } par processeur et { $per_server } par serveur, soit { $units } cœurs.
step-core-stack = { $host } : { $oses ->
    [one] Un système demande
   *[other] { $oses } systèmes demandent
 } { $sets ->
    [one] un jeu complet
   *[other] { $sets } jeux complets
 } de { $cores } cœurs : { $units }.
step-processor-pair-standard = { $host } : { $processors ->
    [one] Un processeur
   *[other] { $processors } processeurs
 } et { $oses ->
    [one] un système
   *[other] { $oses } systèmes
 } ; une licence couvre deux processeurs et deux systèmes, le plus grand compte décide : { $units }.
step-processor-pair-datacenter = { $host } : { $processors ->
    [one] Un processeur
   *[other] { $processors } processeurs
 }, deux par licence : { $units } ; autant de systèmes que l'on veut.
step-server-licences = { $host } : { $oses ->
    [one] Un système
   *[other] { $oses } systèmes
 }, { $each } par licence : { $units }.
step-processor-licences = { $host } : une licence par processeur physique : { $units }.
step-virtual-cores = { $machines ->
    [one] Une machine virtuelle
   *[other] { $machines } machines virtuelles
 } par cœurs virtuels, au moins { $per_vm } par machine et { $per_customer } en tout : { $units }.
step-one-per-server = { $host } : une licence pour le serveur.
step-azure-cores = { $machine } dans Azure : { $vcpus ->
    [one] Un cœur virtuel compte
   *[other] { $vcpus } cœurs virtuels comptent
 } pour { $units }.
step-sql-cores = { $host } : { $processors ->
    [one] Un processeur
   *[other] { $processors } processeurs
 } de { $cores ->
    [one] un cœur
   *[other] { $cores } cœurs
 }, au moins { $least } par processeur : { $units }.
step-sql-core-factor = Le facteur de cœur de cette version de licence est de { $percent } % : { $units }.
step-sql-server-cal = Une licence serveur par système où SQL Server est installé : { $oses }. Les licences d'accès s'y ajoutent.
step-sql-enterprise-server = Une licence serveur Enterprise pour l'hôte et { $vms ->
    [one] sa machine
   *[other] ses { $vms } machines
 }.
step-sql-enterprise-servers = { $vms ->
    [one] Une machine
   *[other] { $vms } machines
 } avec SQL Server, { $each } par licence serveur Enterprise : { $units }.
step-sql-host-unlimited = Tous les cœurs de { $hosts ->
    [one] l'hôte
   *[other] { $hosts } hôtes
 } sous Software Assurance : { $units } ; autant de machines que l'on veut ({ $vms } aujourd'hui).
step-sql-host-per-core = Tous les cœurs de { $hosts ->
    [one] l'hôte
   *[other] { $hosts } hôtes
 }, et au moins une licence par machine ({ $vms }) : { $units }.
step-sql-vm-cores = { $machines ->
    [one] Une machine virtuelle
   *[other] { $machines } machines virtuelles
 }, cœurs virtuels : { $vcpus }, au moins { $least } par machine, sur { $hosts ->
    [one] un hôte
   *[other] { $hosts } hôtes accessibles
 } : { $units }.
step-sql-processor-shares = La part de processeur physique de chaque machine, arrondie au-dessus : { $units }.
step-sql-azure-cores = { $machine } dans Azure : { $units } cœurs normalisés.
step-one-per-instance = { $machine } : une licence par instance en service : { $units }.
step-licence-file = { $people ->
    [one] Une personne y accède
   *[other] { $people } personnes y accèdent
 } ; le fichier de licence dit si toutes comptent ou seulement celles qui sont connectées en même temps : { $units }.
step-operations-servers = Une licence pour chaque serveur : { $units }.
step-managed-servers = { $host } : { $oses ->
    [one] Un système géré
   *[other] { $oses } systèmes gérés
 } : { $units }.
step-managed-clients = { $systems ->
    [one] Un poste géré
   *[other] { $systems } postes gérés
 } ; utilisateurs connus : { $users }.
step-devices = { $devices ->
    [one] Un poste, compté
   *[other] { $devices } postes, chacun compté
 } une fois à sa version la plus haute ({ $version }).
step-devices-remote = { $devices ->
    [one] Un poste l'emploie
   *[other] { $devices } postes l'emploient
 } depuis un serveur de sessions ; chacun demande la même édition, en version { $version } ou plus récente.
step-windows-base = { $devices ->
    [one] Un poste livré avec
   *[other] { $devices } postes livrés avec
 } : { $oem }.
step-windows-guests = { $machines ->
    [one] Une machine virtuelle fait
   *[other] { $machines } machines virtuelles font
 } tourner Windows sur des postes en plus de leur propre copie : chacune compte comme un poste.
step-portable-copies = { $devices ->
    [one] Un portable n'est pas compté : sa copie est comprise
   *[other] { $devices } portables ne sont pas comptés : leurs copies sont comprises
 } dans la licence du poste fixe de l'utilisateur principal.
step-windows-upgrades = { $devices ->
    [one] Un poste
   *[other] { $devices } postes
 } sous Entreprise : une mise à niveau chacun.
step-windows-pro-upgrades = { $devices ->
    [one] Un poste
   *[other] { $devices } postes
 } sous Pro par des licences en volume : une mise à niveau chacun.
step-windows-users = { $users ->
    [one] Un utilisateur
   *[other] { $users } utilisateurs
 } pour { $devices ->
    [one] un poste
   *[other] { $devices } postes
 }, cinq au plus par utilisateur.
step-windows-devices = { $devices ->
    [one] Un poste livré avec
   *[other] { $devices } postes livrés avec
 } : { $oem }.
step-app-users = { $users ->
    [one] Un utilisateur connu
   *[other] { $users } utilisateurs connus
 } ; postes dont l'utilisateur est inconnu : { $devices } ; en tout : { $units }.
step-plan-users = { $units ->
    [one] Une personne l'a sur un poste.
   *[other] { $units } personnes l'ont sur un poste.
 }
step-plan-holders = { $units ->
    [one] Un utilisateur détient
   *[other] { $units } utilisateurs détiennent
 } le plan.
step-developers = { $units ->
    [one] Une personne développe ou teste.
   *[other] { $units } personnes développent ou testent.
 }
step-virtual-desktops = { $units ->
    [one] Une personne ou un appareil accède
   *[other] { $units } personnes ou appareils accèdent
 } à Windows par un bureau virtuel.
step-access-users = { $units ->
    [one] Une personne accède
   *[other] { $units } personnes accèdent
 } à des serveurs, dont le plus récent est en version { $version }.
step-access-devices = { $units ->
    [one] Un appareil accède
   *[other] { $units } appareils accèdent
 } à des serveurs, dont le plus récent est en version { $version }.
step-external-connectors = Utilisateurs externes : { $users } ; serveurs physiques auxquels ils accèdent : { $hosts }.

why-older-version = elle est d'une version plus ancienne que celle qui est installée
why-sa-ended-before-version = sa Software Assurance a pris fin avant la mise à disposition de cette version
why-other-edition = elle est d'une autre édition
why-lower-edition = elle est d'une édition inférieure
why-no-downgrade-oem = une licence OEM de ce produit n'autorise pas une version antérieure
why-no-downgrade-retail = une licence de détail n'autorise pas une version antérieure
why-home-edition-no-downgrade = une édition familiale n'autorise pas une version antérieure
why-no-downgrade-path = ses termes ne nomment pas cette version antérieure
why-downgrade-ended-with-support = son droit à la version antérieure a pris fin avec le support de celle-ci
why-oem-terms-to-read = seuls les termes livrés avec cet exemplaire peuvent le dire ; lisez-les
why-oem-tied-elsewhere = une licence OEM reste avec la machine livrée
why-subscription-ended = l'abonnement est terminé
why-version-unknown = sa version n'est pas connue
why-metric-unknown = on ne sait pas en quoi elle se compte
why-edition-unknown = son édition n'est pas connue
why-not-needed = rien d'autre dans le dossier n'en a besoin
why-no-deployment = rien de ce produit n'est installé
why-no-active-sa = elle n'a pas de Software Assurance en cours
why-no-active-sa-for-azure = l'avantage hybride Azure demande une Software Assurance en cours
why-no-active-sa-for-secondary = un secondaire passif s'appuie sur ce serveur : seules des licences sous Software Assurance en cours peuvent le couvrir
why-channel-without-azure-local = les hôtes Azure Local n'acceptent que les licences d'un Contrat Entreprise ou d'un abonnement
why-needs-sa-for-virtual-machine = les licences de cette version ne couvrent une machine virtuelle seule qu'avec la Software Assurance
why-needs-sa-for-subscription-edition = l'édition par abonnement demande une Software Assurance en cours
why-other-version = les termes de son époque demandent la version même qui est employée
why-no-network-use-right = les licences OEM et de détail ne s'emploient pas à travers le réseau
why-no-qualifying-base = c'est une mise à niveau, et la machine n'a pas de licence admissible dessous
why-no-shared-computer-activation = le plan ne comprend pas l'activation sur ordinateur partagé
why-business-apps-only = le plan ne comprend que les applications « business »
why-plan-without-this-right = le plan ne comprend pas ce droit
why-plan-of-other-users = le plan est celui d'autres utilisateurs
why-suite-older-than-server = la suite a été achetée, ou sa Software Assurance a pris fin, avant la disponibilité de cette version
why-sa-ended-ltsb-only = sa Software Assurance a pris fin ; il reste la version à long terme
why-no-base = il n'y a pas de licence dessous
why-other-way = une autre façon de couvrir coûte moins
why-other-product = elle est d'un autre produit
why-is-the-device-licence = c'est la licence livrée avec la machine, comptée là
why-reassigned-too-soon = elle a été affectée ailleurs il y a moins de 90 jours
why-sa-ended-in-release-gap = sa Software Assurance a pris fin entre les deux dates que l'on donne pour cette version
why-step-up-without-base = c'est un step-up, et aucune licence de base sous Software Assurance ne la porte
why-bridge-without-plan = elle complète un plan en ligne, et aucun ne court
why-no-commercial-use = cette édition ne s'emploie pas en entreprise
why-hosters-only = elle vaut pour les clients d'un hébergeur, jamais pour un usage propre
why-home-use-only = elle vaut pour les ordinateurs personnels des salariés, à leur domicile
why-bought-later = elle n'a été achetée qu'après le jour de la position

ask-edition-unknown = Quelle est l'édition de { $subject } ({ $product }) ?
ask-edition-unknown-how = SQL Server : SELECT SERVERPROPERTY('Edition'). Windows Server : systeminfo. Office : le nom du produit dans « Compte ».
ask-version-unknown = Quelle est la version de { $subject } ({ $product }) ?
ask-version-unknown-how = Lisez-la sur la machine, ou déclarez-la dans un fichier TOML et ajoutez-le.
ask-title-unrecognised = Qu’est-ce que le titre { $subject } ? Aucune règle ne le reconnaît, et il demande peut-être une licence.
ask-title-unrecognised-how = `quittance titles` montre les machines et les preuves ; `quittance titles --decide "TITRE"` garde votre réponse.
ask-cluster-movement = Les machines passent-elles d'elles-mêmes d'un hôte à l'autre dans { $subject } ?
ask-cluster-movement-how = Dans vCenter : le cluster, Configurer, vSphere DRS. Un export RVTools avec l'onglet vCluster le dit aussi.
ask-processor-unknown = Combien de processeurs et de cœurs a { $subject } ?
ask-processor-unknown-how = RVTools vHost, ou sur la machine : wmic cpu get NumberOfCores,SocketDesignation ; sous Linux : lscpu.
ask-host-unknown = Sur quel hôte tourne { $subject } ({ $product }) ?
ask-host-unknown-how = Exportez l'hyperviseur : RVTools, ou Get-VM sous Hyper-V.
ask-physical-role-unknown = { $subject } fait-il autre chose qu'héberger ses machines virtuelles ?
ask-physical-role-unknown-how = Get-WindowsFeature sur l'hôte liste ses rôles ; déclarez physical_ose_role.
ask-datacenter-minimum = { $subject } n'a qu'un processeur : les termes des licences Datacenter en demandent-ils deux au moins ?
ask-datacenter-minimum-how = Lisez les droits d'usage de la version achetée ; les sources divergent.
ask-virtual-cores-unknown = Combien de cœurs virtuels a { $subject } ?
ask-virtual-cores-unknown-how = RVTools vInfo, colonne CPUs.
ask-oem-second-hand = { $subject } a-t-elle été achetée d'occasion, sans son ordinateur ?
ask-oem-second-hand-how = La facture et l'attestation du vendeur. Dans l'Union européenne, le droit permet parfois ce que les termes refusent : prenez conseil.
ask-oem-terms-to-read = Quelles versions antérieures les termes de { $subject } permettent-ils ?
ask-oem-terms-to-read-how = Les termes ont été livrés avec la machine ; le site du constructeur les garde par modèle.
ask-remote-devices-unknown = Depuis quels postes ouvre-t-on une session sur { $subject } ({ $product }) ?
ask-remote-devices-unknown-how = Le journal de la passerelle ou de l'hôte de sessions, ou la liste des postes autorisés ; déclarez-les comme accès.
ask-suite-for-application = { $subject } est-il installé comme partie de la suite que vous détenez ?
ask-suite-for-application-how = Le nom du produit dans « Compte » ; l'application d'une suite peut être employée sous celle-ci.
ask-windows-base-unknown = Avec quel Windows les machines ont-elles été livrées ?
ask-windows-base-unknown-how = La clé du micrologiciel : wmic path SoftwareLicensingService get OA3xOriginalProductKeyDescription ; ou les factures des machines.
ask-board-replaced = La carte mère de { $subject } a-t-elle été remplacée parce qu'elle était défectueuse, par l'équivalent du constructeur ?
ask-board-replaced-how = Le bon de réparation du constructeur.
ask-users-of-apps-unknown = Qui emploie les machines où se trouve Microsoft 365 Apps ?
ask-users-of-apps-unknown-how = Le rapport d'activation du centre d'administration liste utilisateurs et appareils.
ask-connector-mobility = Y a-t-il une Software Assurance sur les connecteurs externes, pour qu'ils puissent suivre les machines ?
ask-connector-mobility-how = Le relevé de licences, ou la facture des connecteurs.
ask-access-unknown = Combien de personnes ou d'appareils accèdent à { $subject } ({ $product }) ?
ask-access-unknown-how = Les utilisateurs de l'annuaire, ou Get-UalUserAccess sur le serveur ; déclarez-les comme accès.
ask-sa-ended-in-release-gap = Quand exactement la Software Assurance de { $subject } a-t-elle pris fin, et la version de { $product } était-elle alors disponible ?
ask-sa-ended-in-release-gap-how = Le relevé de licences, et le jour du premier téléchargement sur le portail de volume.
ask-lot-version-unknown = De quelle version de { $product } est le lot { $subject } ?
ask-lot-version-unknown-how = La facture ou le relevé de licences la nomme ; la date d'achat suffit aussi : on achète la version alors en vente.
ask-lot-metric-unknown = En quoi le lot { $subject } de { $product } se compte-t-il : cœurs, processeurs, serveurs, utilisateurs ou appareils ?
ask-lot-metric-unknown-how = La facture ou le relevé de licences le dit, souvent dans l'intitulé de la ligne ou avec la référence. D'ici là, il ne couvre rien dans la lecture la plus haute.
ask-lot-edition-unknown = De quelle édition de { $product } est le lot { $subject } ?
ask-lot-edition-unknown-how = La facture ou le relevé de licences la nomme ; la référence la donne aussi. D'ici là, il ne couvre rien dans la lecture la plus haute.
ask-web-edition-for-hosters = { $subject } emploie-t-il SQL Server Web pour des sites hébergés pour des tiers ?
ask-web-edition-for-hosters-how = Seuls les hébergeurs et les fournisseurs de services web peuvent employer l'édition Web. Présentez le contrat d'hébergement, ou changez d'édition.
ask-secondary-activity-unknown = Le secondaire { $subject } sert-il quelqu'un, ou se tient-il seulement prêt ?
ask-secondary-activity-unknown-how = Sauvegardes, contrôles de cohérence et surveillance le laissent passif ; états et requêtes, non. Déclarez son activité.
ask-core-factor-unknown = Le processeur de { $subject } est-il dans le tableau des facteurs de l'éditeur ?
ask-core-factor-unknown-how = Le modèle exact : wmic cpu get Name ; le tableau nomme des séries AMD Opteron.
ask-upgrade-given = Les postes livrés avec { $subject } ont-ils pris la mise à niveau qui leur était offerte ?
ask-upgrade-given-how = Le jour de la mise à niveau dans l'historique d'activation ; l'offre pour 7 et 8.1 courait jusqu'au 29 juillet 2016.
ask-licence-file-unread = Qu'autorise le fichier de licence de { $subject }, et combien de personnes l'emploient en même temps ?
ask-licence-file-unread-how = Les informations de licence du produit indiquent les utilisateurs autorisés et s'ils sont nommés ; sa liste de sessions montre combien sont connectés à la fois. Déclarez-les comme accès.
ask-licence-terms-unread = Que disent les termes de { $subject } des versions et des personnes à qui il faut une licence d'accès ?
ask-licence-terms-unread-how = Le contrat sous lequel il a été acheté ; seuls ses serveurs et ses utilisateurs sont comptés ici.

aside-evaluation = une copie d'évaluation
aside-development-under-subscription = du développement, couvert par les abonnements de ceux qui l'emploient
aside-free-edition = une édition gratuite
aside-developer-edition = l'édition Developer, qui ne peut servir en production
aside-with-developer-subscription = est comprise dans l'abonnement Visual Studio Enterprise de l'utilisateur
aside-team-foundation-runtime = ne sert que Team Foundation ou Azure DevOps Server, sous des abonnements Visual Studio
aside-system-center-runtime = ne sert que System Center
aside-passive-secondary = un secondaire passif
aside-portable-copy = la copie de l'utilisateur principal sur un portable
aside-host-unknown = l'hôte n'est pas connu
aside-edition-unknown = l'édition n'est pas connue : elle est peut-être gratuite
aside-metric-unknown = la façon de compter à cette époque n'a pas été lue dans une source
aside-licence-file-unread = le fichier de licence du client dit comment il se compte, et rien ne dit qui y accède
aside-out-of-service = la machine est hors service
aside-same-machine = c'est un second relevé d'une machine déjà comptée
aside-free-component = une visionneuse, un moteur d'exécution, un outil ou une partie qui ne demande pas de licence propre
aside-not-modelled = Quittance ne compte pas ce produit
aside-machine-not-listed = la machine ne figure dans aucun inventaire
aside-counted-otherwise = compté par ceux qui l'emploient, ou porté par la licence d'une autre machine ou d'un autre produit

outcome-licensed = couvert
outcome-partly = couvert en partie
outcome-not-licensed = non couvert
outcome-not-licensable = sans licence requise
outcome-cannot-tell = on ne peut pas dire

remedy-full-pro-licence = une licence Pro complète pour la machine (OEM, détail ou accord de régularisation) ; une mise à niveau Pro n'y suffit pas
remedy-reinstall-standard = réinstaller l'édition Standard et la couvrir
remedy-uninstall-current-branch = désinstaller la branche courante ; la version à long terme peut être employée
remedy-upgrade-to-licensed-version = passer à la version qui est couverte

breach-user-limit = { $subject } : plus de { $limit } utilisateurs
breach-device-limit = { $subject } : plus de { $limit } postes par utilisateur
breach-devices-of-server = { $subject } : plus de { $limit } appareils y accèdent
breach-socket-limit = { $subject } : plus de { $limit } processeur(s) pour cette édition
breach-core-limit = { $subject } : plus de { $limit } cœurs pour cette licence
breach-vm-limit = { $subject } : plus de { $limit } machines virtuelles dessus
breach-database-limit = { $subject } : plus de { $limit } bases montées pour cette édition
breach-evaluation_expired = { $subject } : la période d'évaluation est passée
breach-other = { $subject } : { $code }

finding-machine-not-listed = { $subject } : quelque chose est installé sur une machine absente de l'inventaire
finding-product-not-modelled = { $subject } : ce produit n'est pas encore compté par Quittance
finding-verifier = { $subject } : la vérification de l'affectation s'y oppose ({ $code }) ; ne vous fiez pas à ces chiffres
finding-suite-used-by-different-people = { $subject } : ses droits servent à des personnes différentes, plus nombreuses en tout que ses unités. Chaque droit est compté à part : il peut manquer plus que ne le disent les lignes ; comparez les listes de personnes
finding-other = { $subject } : { $code }
finding-change-names-nothing = { $subject } : le dossier ne connaît rien de ce nom
finding-change-exceeds-lot = { $subject } : le lot a moins d'unités que le changement n'en convertit
finding-change-lot-exists = { $subject } : un lot de ce nom est déjà dans le dossier ; donnez un autre nom au nouveau

compare-title-same-day = Au { $before }, avant et après
changes-left-out = Laissé de côté
changes-none = il ne nomme aucun changement
compare-title = Du { $before } au { $after }
compare-same = Toutes les lignes ont les mêmes chiffres.
compare-others = { $count ->
    [0] Aucune autre ligne.
    [one] Une autre ligne est inchangée.
   *[other] { $count } autres lignes sont inchangées.
 }
compare-money = Ce qui manque : de { $before } à { $after } aux prix de référence (lecture la plus haute).
compare-more = { $count ->
    [one] et une autre cause
   *[other] et { $count } autres causes
 }
cause-deployed = { $subject } est venu s'ajouter ({ $units })
cause-retired = { $subject } est parti ({ $units })
cause-outcome-changed = { $subject } est compté autrement : { $why }
cause-lot-added = le lot { $subject } est venu s'ajouter ({ $units ->
    [one] une unité
   *[other] { $units } unités
 })
cause-lot-gone = le lot { $subject } est parti, ou ne sert plus ({ $units ->
    [one] une unité
   *[other] { $units } unités
 })
cause-lot-grew = le lot { $subject } a { $units ->
    [one] une unité
   *[other] { $units } unités
 } de plus
cause-lot-shrank = le lot { $subject } a { $units ->
    [one] une unité
   *[other] { $units } unités
 } de moins
cause-lot-no-longer-serves = le lot { $subject } couvre ici { $units ->
    [one] une unité
   *[other] { $units } unités
 } de moins : { $why }
cause-lot-serves-now = le lot { $subject } couvre ici { $units ->
    [one] une unité
   *[other] { $units } unités
 } de plus
cause-rule-began = la règle { $subject } s'applique désormais
cause-rule-ended = la règle { $subject } ne s'applique plus
cause-question-answered = répondu : { $question }
cause-question-raised = désormais inconnu : { $question }
cause-price-changed = un autre prix
cause-none-found = aucune cause n'a été trouvée ; comparez les deux explications de la ligne
why-used-elsewhere = un autre emploi coûte moins
why-licensed = sous licence
why-partly = en partie sous licence
why-not-licensed = sans licence

cluster-title = Grappes : trois chiffres chacune
cluster-intro = Les licences que chaque grappe demande, sans aucune de celles que vous détenez : telle qu'elle est, telle que ses machines peuvent bouger, et au moins cher dans les règles. La capacité des hôtes n'est pas regardée.
cluster-heading = { $name } au { $date } : { $hosts } hôtes, { $machines } machines virtuelles, { $moves }
cluster-column-licence = Licences demandées
cluster-column-stands = Telle quelle
cluster-column-moves = Si tout bouge
cluster-column-cheapest = Au moins cher
cluster-row = { $name }, par { $metric }
cluster-row-to-buy = D'aujourd'hui : { $name }, par { $metric }
cluster-row-cost = Coût en licences d'aujourd'hui
cluster-by-stopping = Au moins cher : sans déplacements.
cluster-by-keeping = Au moins cher : en gardant les déplacements.
cluster-by-gathering = Au moins cher : machines réunies sur { $hosts }.
cluster-moves = qui bougent d'elles-mêmes
cluster-stays = qui restent où elles sont
cluster-movement-unknown = dont on ne sait si elles bougent
position-clause = Seulement si le contrat signé a la clause connue de tels accords ({ $rule } ; cherchez-la) : à partir de { $share } % d'usage sans licence, le coût de l'audit est à vous et ce qui manque coûte { $percent } %, soit de { $low } à { $high }.
