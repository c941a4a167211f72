# The licence position: headings, sums in words, reasons, questions.

position-title = Licence position on { $date }
position-column-product = Product
position-column-metric = Counted by
position-column-required = Required
position-column-covered = Covered
position-column-shortfall = Missing
position-column-surplus = Spare
position-column-money = To buy
position-column-line = Line
position-no-lines = Nothing in this case needs a licence so far. Add inventories with `quittance add`.
position-total-short = { $count ->
    [0] No line is short.
    [one] One line is short.
   *[other] { $count } lines are short.
 }
position-total-money = What is missing would cost { $low } to { $high } to buy at the reference prices.
position-total-money-open = What is missing would cost at least { $low } to buy at the reference prices; the most is not known.
position-total-money-exact = What is missing would cost { $amount } to buy at the reference prices.
position-total-unpriced = { $count ->
    [one] One line that is short has no reference price and is not in that sum.
   *[other] { $count } lines that are short have no reference price and are not in that sum.
 }
position-optimal = No other use of the licences held would cost less.
position-not-optimal = No cheaper use of the licences held was found within the bound of work; if there is one, it is cheaper by { $gap } at most.
position-only-counted = Of great lists and archives { $rows } rows with { $titles } titles that ask for no licence were counted by their titles, not judged one by one; `quittance titles` shows those that are not recognised.
position-questions = Questions
position-questions-none = Nothing that matters is unknown.
position-questions-intro = Each answer narrows the interval of a line. The most valuable first.
position-question-worth = worth up to { $worth }, { $units } units
position-question-units = worth up to { $units } units
position-question-open = until it is answered, what is required has no known upper end
position-breaches = Use limits exceeded
position-unused = Licences left over
position-set-aside = Installations that need no licence of their own, or cannot be judged
position-findings = What does not fit together in the facts
position-decisions = What people decided
position-decisions-intro = By number, day and author, with the lines that stand on it. Each can be undone.
position-chart-title = Required and owned, per line
position-chart-required = Required
position-chart-owned = Owned and usable
position-chart-money = What is missing, in money
position-review = To be checked before you rely on it
position-interval = { $low } to { $high }
position-at-least = at least { $low }
position-open-end = no known upper end
position-legal = This is a computation from the evidence in the case and from rules with their sources. It is not legal advice. Terms of the audit clause (often 5 % and 125 %) must be read in the signed contract.
position-how-to-read = An interval stands where something is unknown: its ends are the lowest and the highest lawful reading. “At least” stands where nothing tells the highest.
position-price-note = Prices are indications from public price sheets, not your own. Give your own list with --prices.
position-unknown-price = no price
position-evidence-rows = { $count ->
    [one] one evidence row
   *[other] { $count } evidence rows
 }

metric-core = core
metric-processor_pair = two processors
metric-processor = processor
metric-server = server
metric-user_cal = user
metric-concurrent_user = user at the same time
metric-device_cal = device
metric-external_connector = server (outside users)
metric-device = device
metric-device_upgrade = device (upgrade)
metric-device_sub = device (subscription)
metric-user_sub = user (subscription)
metric-client_ml = managed client
metric-none = nothing

explain-sum = The sum
explain-rules = The rules
explain-lots = The licences considered
explain-subjects = What it is for
explain-subject = { $what }, { $outcome }: { $names }
explain-evidence = The evidence
explain-result = Required { $required }, covered { $covered }, missing { $shortfall }, spare { $surplus }.
explain-rule = { $id } — { $question } { $answer } ({ $valid })
explain-rule-valid = valid from { $from }
explain-rule-valid-until = valid from { $from } to { $until }
explain-rule-sources = Source: { $sources }. Last checked { $checked }.
explain-rule-unverified = The deciding text was not read in a primary source; check it before you rely on it.
explain-lot-used = { $lot } ({ $title }): { $used } of { $owned } used here
explain-lot-shared = { $lot } ({ $title }): { $used } of { $owned } used here, { $elsewhere } in other lines
explain-lot-because = { $used }: { $why }.
explain-lot-rest = { $used }; the other { $left }: { $why }.
explain-no-lots = No licence of this product is in the case.
explain-remedy = Another way than buying: { $remedy }
explain-gap = To cover the gap: { $units } × { $product } { $edition } by { $metric }, about { $amount }.
explain-gap-unpriced = To cover the gap: { $units } × { $product } { $edition } by { $metric }; the price list has no price for it.
explain-no-such-line = There is no line { $line } in this position. Lines: { $lines }
explain-evidence-row = { $place }: row { $row }
explain-evidence-rows = { $place }: rows { $rows }
explain-evidence-more = … and { $count } more

account-device = a device
account-server = a physical server
account-virtual-machine = a virtual machine
account-person = a person or account
account-told = What is known of it
account-told-came-with = came with: { $value }
account-told-used-by = used by: { $value }
account-told-site = site: { $value }
account-told-retired = out of service: { $value }
account-told-processors = processors: { $value }
account-told-cores-each = cores of each processor: { $value }
account-told-processor-model = model: { $value }
account-told-hypervisor = hypervisor: { $value }
account-told-cluster = cluster: { $value }
account-told-virtual-cores = virtual cores: { $value }
account-told-host = on the host: { $value }
account-told-plan = plan: { $value }
account-told-channel = bought as: { $value }
account-told-purchased = bought on { $value }
account-told-sa-until = Software Assurance until { $value }
account-entries = What stands on it or is held by it
account-entry-line = { $what }: { $outcome }, counted in { $line }
account-entry-aside = { $what }: { $outcome } ({ $why })
account-nothing = Nothing that needs a licence.
account-uncounted = { $name } is known from the evidence, and counted in no line.
account-also = Lines whose sum it is part of
account-lot-bought = { $quantity } bought, counted by { $metric }
account-lot-unproven = no proof of purchase is in the case
account-lot-lines = Lines that considered it
account-lot-used = { $line }: { $used } used
account-lot-refused = { $line }: none used: { $why }
account-lot-unused = { $units } that no line uses: { $why }

step-core-minimum = { $host }: { $processors ->
    [one] One processor
   *[other] { $processors } processors
 } of { $cores ->
    [one] one core
   *[other] { $cores } cores
 }; at least { $per_processor } a processor and { $per_server } a server make { $units } cores.
step-core-stack = { $host }: { $oses ->
    [one] One system needs
   *[other] { $oses } systems need
 } { $sets ->
    [one] one full set
   *[other] { $sets } full sets
 } of { $cores } cores: { $units }.
step-processor-pair-standard = { $host }: { $processors ->
    [one] One processor
   *[other] { $processors } processors
 } and { $oses ->
    [one] one system
   *[other] { $oses } systems
 }; one licence covers two of each, the greater count decides: { $units }.
step-processor-pair-datacenter = { $host }: { $processors ->
    [one] One processor
   *[other] { $processors } processors
 }, two a licence: { $units }; any number of systems.
step-server-licences = { $host }: { $oses ->
    [one] One system
   *[other] { $oses } systems
 }, { $each } a licence: { $units }.
step-processor-licences = { $host }: one licence a physical processor: { $units }.
step-virtual-cores = { $machines ->
    [one] One virtual machine
   *[other] { $machines } virtual machines
 } by virtual cores, at least { $per_vm } a machine and { $per_customer } in all: { $units }.
step-one-per-server = { $host }: one licence for the server.
step-azure-cores = { $machine } in Azure: { $vcpus ->
    [one] One virtual core counts
   *[other] { $vcpus } virtual cores count
 } as { $units }.
step-sql-cores = { $host }: { $processors ->
    [one] One processor
   *[other] { $processors } processors
 } of { $cores ->
    [one] one core
   *[other] { $cores } cores
 }, at least { $least } a processor: { $units }.
step-sql-core-factor = The core factor of this licence version is { $percent } %: { $units }.
step-sql-server-cal = One server licence for each system with SQL Server: { $oses }. Access licences come on top.
step-sql-enterprise-server = One Enterprise server licence for the host and { $vms ->
    [one] its machine
   *[other] its { $vms } machines
 }.
step-sql-enterprise-servers = { $vms ->
    [one] One machine
   *[other] { $vms } machines
 } with SQL Server, { $each } to an Enterprise server licence: { $units }.
step-sql-host-unlimited = All cores of { $hosts ->
    [one] one host
   *[other] { $hosts } hosts
 } under Software Assurance: { $units }; any number of machines ({ $vms } now).
step-sql-host-per-core = All cores of { $hosts ->
    [one] one host
   *[other] { $hosts } hosts
 }, and at least one licence for each machine ({ $vms }): { $units }.
step-sql-vm-cores = { $machines ->
    [one] One virtual machine
   *[other] { $machines } virtual machines
 }, virtual cores { $vcpus }, at least { $least } a machine, on { $hosts ->
    [one] one host
   *[other] { $hosts } hosts that may be reached
 }: { $units }.
step-sql-processor-shares = Each machine's share of a physical processor, rounded up: { $units }.
step-sql-azure-cores = { $machine } in Azure: { $units } normalized cores.
step-one-per-instance = { $machine }: one licence for each running instance: { $units }.
step-licence-file = { $people ->
    [one] One person reaches it
   *[other] { $people } people reach it
 }; the licence file says whether all of them count or those at the same time: { $units }.
step-operations-servers = One licence for each server: { $units }.
step-managed-servers = { $host }: { $oses ->
    [one] One managed system
   *[other] { $oses } managed systems
 }: { $units }.
step-managed-clients = { $systems ->
    [one] One managed client system
   *[other] { $systems } managed client systems
 }; known users: { $users }.
step-devices = { $devices ->
    [one] One device, counted
   *[other] { $devices } devices, each counted
 } once at its highest version ({ $version }).
step-devices-remote = { $devices ->
    [one] One device uses
   *[other] { $devices } devices use
 } it from a terminal server; each needs the same edition, version { $version } or newer.
step-windows-base = { $devices ->
    [one] One device came with
   *[other] { $devices } devices came with
 }: { $oem }.
step-windows-guests = { $machines ->
    [one] One virtual machine runs
   *[other] { $machines } virtual machines run
 } Windows on devices beside their own copy: each counts like a device.
step-portable-copies = { $devices ->
    [one] One portable device is not counted: its copy comes
   *[other] { $devices } portable devices are not counted: their copies come
 } with the licence of the main user's device at the desk.
step-windows-upgrades = { $devices ->
    [one] One device runs
   *[other] { $devices } devices run
 } Enterprise: one upgrade each.
step-windows-pro-upgrades = { $devices ->
    [one] One device runs
   *[other] { $devices } devices run
 } Pro under volume licences: one upgrade each.
step-windows-users = { $users ->
    [one] One user
   *[other] { $users } users
 } with { $devices ->
    [one] one device
   *[other] { $devices } devices
 }, five a user at most.
step-windows-devices = { $devices ->
    [one] One device came with
   *[other] { $devices } devices came with
 }: { $oem }.
step-app-users = { $users ->
    [one] One known user
   *[other] { $users } known users
 }; devices whose user is unknown: { $devices }; in all: { $units }.
step-plan-users = { $units ->
    [one] One person has it on a device.
   *[other] { $units } people have it on a device.
 }
step-plan-holders = { $units ->
    [one] One user holds
   *[other] { $units } users hold
 } the plan.
step-developers = { $units ->
    [one] One person develops or tests.
   *[other] { $units } people develop or test.
 }
step-virtual-desktops = { $units ->
    [one] One person or device reaches
   *[other] { $units } people or devices reach
 } Windows in a virtual desktop.
step-access-users = { $units ->
    [one] One person reaches
   *[other] { $units } people reach
 } servers, the newest of version { $version }.
step-access-devices = { $units ->
    [one] One device reaches
   *[other] { $units } devices reach
 } servers, the newest of version { $version }.
step-external-connectors = Users from outside: { $users }; physical servers that they reach: { $hosts }.

why-older-version = it is of an older version than what is installed
why-sa-ended-before-version = its Software Assurance ended before that version was made available
why-other-edition = it is of another edition
why-lower-edition = it is of a lower edition
why-no-downgrade-oem = an OEM licence of this product may not run an older version
why-no-downgrade-retail = a retail licence may not run an older version
why-home-edition-no-downgrade = a Home edition may not run an older version
why-no-downgrade-path = its terms do not name that older version
why-downgrade-ended-with-support = its right to the older version ended with the support of that version
why-oem-terms-to-read = only the licence terms that came with that copy can tell; read them
why-oem-tied-elsewhere = an OEM licence stays with the machine it came with
why-subscription-ended = the subscription has ended
why-version-unknown = its version is not known
why-metric-unknown = what it counts by is not known
why-edition-unknown = its edition is not known
why-not-needed = nothing else in the case needs it
why-no-deployment = nothing of this product is installed
why-no-active-sa = it has no active Software Assurance
why-no-active-sa-for-azure = Azure Hybrid Benefit needs active Software Assurance
why-no-active-sa-for-secondary = a passive secondary leans on this server: only licences under active Software Assurance may serve it
why-channel-without-azure-local = hosts of Azure Local take licences of an Enterprise Agreement or subscriptions only
why-needs-sa-for-virtual-machine = licences of this version may cover a single virtual machine only with Software Assurance
why-needs-sa-for-subscription-edition = the Subscription Edition needs active Software Assurance
why-other-version = the terms of its time ask for the very version that is used
why-no-network-use-right = OEM and retail licences may not be used over the network
why-no-qualifying-base = it is an upgrade, and the machine has no qualifying licence underneath
why-no-shared-computer-activation = the plan does not include shared computer activation
why-business-apps-only = the plan includes the business apps only
why-plan-without-this-right = the plan does not include this right
why-plan-of-other-users = the plan belongs to other users
why-suite-older-than-server = the suite was bought, or its Software Assurance ended, before that version was available
why-sa-ended-ltsb-only = its Software Assurance ended; what remains is the long-term build
why-no-base = there is no licence underneath
why-other-way = another way to license this costs less
why-other-product = it is of another product
why-is-the-device-licence = it is the licence that the machine came with, counted there
why-reassigned-too-soon = it was assigned elsewhere less than 90 days ago
why-sa-ended-in-release-gap = its Software Assurance ended between the two dates that are told for that version
why-step-up-without-base = it is a step-up, and no base licence under Software Assurance stands beneath it
why-bridge-without-plan = it completes an online plan, and none runs
why-no-commercial-use = that edition may not be used in a company
why-hosters-only = it is for the customers of a hoster, never for own use
why-home-use-only = it is for the own computers of the people at home
why-bought-later = it was bought only after the day of the position

ask-edition-unknown = Which edition is { $subject } ({ $product })?
ask-edition-unknown-how = SQL Server: SELECT SERVERPROPERTY('Edition'). Windows Server: systeminfo. Office: the product name in Account.
ask-version-unknown = Which version is { $subject } ({ $product })?
ask-version-unknown-how = Read it on the machine, or declare it in a TOML file and add it.
ask-title-unrecognised = What is the title { $subject }? No rule recognises it, and it may need a licence.
ask-title-unrecognised-how = `quittance titles` shows the machines and the evidence; `quittance titles --decide "TITLE"` keeps your answer.
ask-cluster-movement = Do machines move by themselves between the hosts of { $subject }?
ask-cluster-movement-how = In vCenter: cluster, Configure, vSphere DRS. An RVTools export with the vCluster tab says it too.
ask-processor-unknown = How many processors and cores has { $subject }?
ask-processor-unknown-how = RVTools vHost, or on the machine: wmic cpu get NumberOfCores,SocketDesignation; on Linux: lscpu.
ask-host-unknown = On which host does { $subject } run ({ $product })?
ask-host-unknown-how = Export the hypervisor: RVTools, or Get-VM on Hyper-V.
ask-physical-role-unknown = Does { $subject } do anything besides hosting its virtual machines?
ask-physical-role-unknown-how = Get-WindowsFeature on the host lists its roles; declare physical_ose_role.
ask-datacenter-minimum = { $subject } has one processor: do the terms of the Datacenter licences ask for two at least?
ask-datacenter-minimum-how = Read the use rights of the version bought; sources differ.
ask-virtual-cores-unknown = How many virtual cores has { $subject }?
ask-virtual-cores-unknown-how = RVTools vInfo, column CPUs.
ask-oem-second-hand = Was { $subject } bought second hand, apart from its computer?
ask-oem-second-hand-how = The invoice and the seller's statement. In the European Union the law may allow what the terms do not: take advice.
ask-oem-terms-to-read = Which older versions do the terms of { $subject } allow?
ask-oem-terms-to-read-how = The licence terms came with the machine; the maker's site keeps them by model.
ask-remote-devices-unknown = From which devices do people open a session on { $subject } ({ $product })?
ask-remote-devices-unknown-how = The gateway's or session host's log, or a list of the devices that may connect; declare them as access.
ask-suite-for-application = Is { $subject } installed as a part of the suite that you own?
ask-suite-for-application-how = The product name in Account; a suite's own application may be run under it.
ask-windows-base-unknown = With which Windows did the machines come?
ask-windows-base-unknown-how = The firmware key: wmic path SoftwareLicensingService get OA3xOriginalProductKeyDescription; or the invoices of the machines.
ask-board-replaced = Was the main board of { $subject } replaced because it was defective, by the maker's equivalent?
ask-board-replaced-how = The repair note of the maker.
ask-users-of-apps-unknown = Who uses the machines with Microsoft 365 Apps?
ask-users-of-apps-unknown-how = The activation report of the admin centre lists users and devices.
ask-connector-mobility = Is there Software Assurance on the external connectors, so that they may follow the machines?
ask-connector-mobility-how = The licence statement, or the invoice of the connectors.
ask-access-unknown = How many people or devices reach { $subject } ({ $product })?
ask-access-unknown-how = Active directory users, or Get-UalUserAccess on the server; declare them as access.
ask-sa-ended-in-release-gap = When exactly did the Software Assurance of { $subject } end, and was the version of { $product } available then?
ask-sa-ended-in-release-gap-how = The licence statement, and the day of the first download in the volume portal.
ask-lot-version-unknown = Which version of { $product } is the lot { $subject }?
ask-lot-version-unknown-how = The invoice or the licence statement names it; the day of purchase alone tells it too: bought is the version then on sale.
ask-lot-metric-unknown = By what is the lot { $subject } of { $product } counted: cores, processors, servers, users or devices?
ask-lot-metric-unknown-how = The invoice or the licence statement names it, often in the title of the line or with the part number. Until then it covers nothing in the highest reading.
ask-lot-edition-unknown = Which edition of { $product } is the lot { $subject }?
ask-lot-edition-unknown-how = The invoice or the licence statement names it; the part number tells it too. Until then it covers nothing in the highest reading.
ask-web-edition-for-hosters = Does { $subject } run SQL Server Web for sites that are hosted for others?
ask-web-edition-for-hosters-how = Only web hosters and value-added web providers may use the Web edition. Show the hosting agreement, or replace the edition.
ask-secondary-activity-unknown = Does the secondary { $subject } serve anybody, or only keep itself ready?
ask-secondary-activity-unknown-how = Backups, consistency checks and monitoring keep it passive; reports and queries do not. Declare its activity.
ask-core-factor-unknown = Is the processor of { $subject } one of the publisher's core factor table?
ask-core-factor-unknown-how = The exact model: wmic cpu get Name; the table names AMD Opteron series.
ask-upgrade-given = Did the machines that came with { $subject } take the upgrade that was given to them?
ask-upgrade-given-how = The day of the upgrade in the activation history; the offer for 7 and 8.1 ran until 29 July 2016.
ask-licence-file-unread = What does the licence file of { $subject } allow, and how many use it at the same time?
ask-licence-file-unread-how = The licence information of the product shows the users allowed and whether they are named; its session list shows how many are in at once. Declare them as access.
ask-licence-terms-unread = What do the terms of { $subject } say of versions and of who needs an access licence?
ask-licence-terms-unread-how = The agreement under which it was bought; only its number of servers and people is counted here.

aside-evaluation = an evaluation copy
aside-development-under-subscription = development, covered by the subscriptions of those who use it
aside-free-edition = a free edition
aside-developer-edition = the Developer edition, which may not serve production
aside-with-developer-subscription = comes with the user's subscription to Visual Studio Enterprise
aside-team-foundation-runtime = serves Team Foundation or Azure DevOps Server only, under Visual Studio subscriptions
aside-system-center-runtime = serves System Center only
aside-passive-secondary = a passive secondary
aside-portable-copy = the main user's copy on a portable machine
aside-host-unknown = the host is not known
aside-edition-unknown = the edition is not known: it may be a free one
aside-metric-unknown = how it was counted at that time was not read in a source
aside-licence-file-unread = the customer's own licence file tells how it is counted, and nobody is told who reaches it
aside-out-of-service = the machine is out of service
aside-same-machine = it is another record of a machine that is counted
aside-free-component = a viewer, runtime, tool or part that needs no licence of its own
aside-not-modelled = this product is not counted by Quittance
aside-machine-not-listed = the machine is in no inventory
aside-counted-otherwise = counted by those who use it, or carried by the licence of another machine or product

outcome-licensed = licensed
outcome-partly = partly licensed
outcome-not-licensed = not licensed
outcome-not-licensable = needs no licence
outcome-cannot-tell = cannot tell

remedy-full-pro-licence = a full Pro licence for the machine (OEM, retail or a legalisation agreement); a Pro upgrade does not help
remedy-reinstall-standard = reinstall the Standard edition and license that
remedy-uninstall-current-branch = uninstall the current branch; the long-term build may be used
remedy-upgrade-to-licensed-version = upgrade to the version that is licensed

breach-user-limit = { $subject }: more than { $limit } users
breach-device-limit = { $subject }: more than { $limit } devices for each user
breach-devices-of-server = { $subject }: more than { $limit } devices reach it
breach-socket-limit = { $subject }: more than { $limit } processors for this edition
breach-core-limit = { $subject }: more than { $limit } cores for this licence
breach-vm-limit = { $subject }: more than { $limit } virtual machines on it
breach-database-limit = { $subject }: more than { $limit } mounted databases for this edition
breach-evaluation_expired = { $subject }: the evaluation period is over
breach-other = { $subject }: { $code }

finding-machine-not-listed = { $subject }: something is installed on a machine that is not in the inventory
finding-product-not-modelled = { $subject }: this product is not counted by Quittance yet
finding-verifier = { $subject }: the check of the assignment objects ({ $code }); do not rely on these figures
finding-suite-used-by-different-people = { $subject }: different people use its rights, and more people in all than it has units. Each right is counted by itself, so more may be missing than the lines say; compare the lists of people
finding-other = { $subject }: { $code }
finding-change-names-nothing = { $subject }: the case knows nothing of that name
finding-change-exceeds-lot = { $subject }: the lot has fewer units than the change turns
finding-change-lot-exists = { $subject }: a lot of that name is in the case already; give the new one another name

compare-title-same-day = On { $before }, before and after
changes-left-out = Left out
changes-none = it names no change
compare-title = From { $before } to { $after }
compare-same = Every line has the same figures.
compare-others = { $count ->
    [0] No other line.
    [one] One other line is the same.
   *[other] { $count } other lines are the same.
 }
compare-money = What is missing: from { $before } to { $after } at the reference prices (highest reading).
compare-more = { $count ->
    [one] and one more cause
   *[other] and { $count } more causes
 }
cause-deployed = { $subject } came in ({ $units })
cause-retired = { $subject } went ({ $units })
cause-outcome-changed = { $subject } is counted otherwise: { $why }
cause-lot-added = lot { $subject } came in ({ $units ->
    [one] one unit
   *[other] { $units } units
 })
cause-lot-gone = lot { $subject } went, or serves no more ({ $units ->
    [one] one unit
   *[other] { $units } units
 })
cause-lot-grew = lot { $subject } has { $units ->
    [one] one unit more
   *[other] { $units } units more
 }
cause-lot-shrank = lot { $subject } has { $units ->
    [one] one unit fewer
   *[other] { $units } units fewer
 }
cause-lot-no-longer-serves = lot { $subject } covers { $units ->
    [one] one unit fewer
   *[other] { $units } units fewer
 } here: { $why }
cause-lot-serves-now = lot { $subject } covers { $units ->
    [one] one unit more
   *[other] { $units } units more
 } here
cause-rule-began = rule { $subject } applies now
cause-rule-ended = rule { $subject } applies no more
cause-question-answered = answered: { $question }
cause-question-raised = now unknown: { $question }
cause-price-changed = another price
cause-none-found = no cause was found; compare both explanations of the line
why-used-elsewhere = another use of it costs less
why-licensed = licensed
why-partly = partly licensed
why-not-licensed = not licensed

cluster-title = Clusters: three figures each
cluster-intro = What licences each cluster asks for, without any that you hold: as its machines stand, as they may move, and as it would be cheapest within the rules. Whether hosts can bear the load is not looked at.
cluster-heading = { $name } on { $date }: { $hosts } hosts, { $machines } virtual machines, { $moves }
cluster-column-licence = Asked for
cluster-column-stands = As it stands
cluster-column-moves = As it may move
cluster-column-cheapest = Cheapest
cluster-row = { $name }, by { $metric }
cluster-row-to-buy = Of today: { $name }, by { $metric }
cluster-row-cost = Licences of today would cost
cluster-by-stopping = The cheapest: with movement stopped.
cluster-by-keeping = The cheapest: with movement kept.
cluster-by-gathering = The cheapest: with the machines gathered on { $hosts }.
cluster-moves = which move by themselves
cluster-stays = which stay where they are
cluster-movement-unknown = whose movement is not known
position-clause = Only if the signed contract has the clause known from such agreements ({ $rule }; look for it there): from { $share } % of use without licence on, the cost of the audit is yours and what is missing costs { $percent } %, { $low } to { $high }.
