# What the commands about the case say.

new-made = { $dir } is ready. Add evidence with: quittance add FILE... --case { $dir }

add-taken = { $name }: taken as { $kind }; { $rows ->
    [one] 1 row
   *[other] { $rows } rows
 }, { $facts ->
    [one] 1 fact
   *[other] { $facts } facts
 }, { $rejects ->
    [0] no reject
    [one] 1 reject
   *[other] { $rejects } rejects
 }
add-walked = { $name }: an archive, read file by file: { $kinds }; { $known } in the case already, { $refused } not taken; { $rows ->
    [one] 1 row
   *[other] { $rows } rows
 }, { $facts ->
    [one] 1 fact
   *[other] { $facts } facts
 }, { $rejects ->
    [0] no reject
    [one] 1 reject
   *[other] { $rejects } rejects
 }
add-walked-kind = { $count ->
    [one] 1 file taken as { $kind }
   *[other] { $count } files taken as { $kind }
 }
add-known = { $name }: in the case already as { $known }; nothing changed
add-refused = { $name }: not taken; { $reason } ({ $detail })
add-refused-row = { $name }, row { $row }: not taken; { $reason } ({ $detail })
add-unreadable = { $name }: not taken; the system does not give it ({ $detail })
add-more-rejects = … and { $count } more; to see all: quittance rejects
add-proposal = This mapping seems right. Read it, correct it, save it as a file and run: quittance add { $name } --mapping FILE
add-undone = { $name } ({ $hash }) is no longer in the case; its facts went with it
add-mapping-kept = The mapping { $name } is kept in the case and used from now on

mappings-none = The case keeps no mapping. One is kept with: quittance add FILE --accept-mapping
mappings-column-name = name
mappings-column-about = a row is
mappings-column-columns = columns
mappings-column-files = files
mappings-column-author = kept by
mappings-column-saved = on
mappings-about-software = a title on a machine
mappings-about-machines = a machine
mappings-about-people = a person
mappings-about-purchases = a purchase
mappings-forgotten = { $count ->
    [0] The mapping { $name } is forgotten. No file was read by it.
    [one] The mapping { $name } is forgotten. One file was read by it and keeps what it gave: { $files }
   *[other] The mapping { $name } is forgotten. { $count } files were read by it and keep what they gave: { $files }
}
add-total = { $taken ->
    [one] 1 file taken
   *[other] { $taken } files taken
 }, { $known } in the case already, { $refused } not taken; { $facts ->
    [one] 1 fact
   *[other] { $facts } facts
 }, { $rejects ->
    [0] no reject
    [one] 1 reject
   *[other] { $rejects } rejects
 }
add-named = { $name } names { $machines ->
    [one] one machine
   *[other] { $machines } machines
 } and { $titles ->
    [one] one title
   *[other] { $titles } different titles
 }; a Microsoft licence is asked for by: { $licensable }, none by: { $others }, not recognised: { $unrecognised } (`quittance titles`)
add-nothing-found = There is no file in what was given
add-none-taken = None of the files could be taken; the case is as before
add-not-confined = This system could not take everything away from the process that reads files (files: { $files }, network: { $network }, memory and time: { $bounded }). Add only files from sources that you trust, or work on a newer Linux.
add-progress = { $done } of { $total } files
add-walking = { $percent } %, { $left } left; { $count } files, { $rate } a second; { $name }
add-reading = { $percent } %, { $left } left; { $count } rows, { $rate } a second; { $name }
add-needs-file = Name the files or folders to add, a file to take back with --undo, or a mapping with --mapping

files-column-hash = Hash
files-column-name = Name
files-column-kind = Taken as
files-column-rows = Rows
files-column-facts = Facts
files-column-rejects = Rejects
files-none = The case holds no evidence yet. Add some with: quittance add FILE...
files-page = { $file }, page { $page }
files-pages = { $count ->
    [0] No page of a proof holds { $words }. Scanned pages have no text, and are not searched
    [one] 1 page holds { $words }
   *[other] { $count } pages hold { $words }
 }
files-total = { $count ->
    [one] 1 file
   *[other] { $count } files
 }

rejects-none = Every row of the evidence was understood
rejects-total = { $count ->
    [one] 1 row was not understood. Correct the file and add it again, or leave it: it is kept here and counted nowhere
   *[other] { $count } rows were not understood. Correct the files and add them again, or leave them: they are kept here and counted nowhere
 }
place-row = { $file }, row { $row }
place-part-row = { $file }, { $part }, row { $row }

facts-none = The case holds no facts yet. Add evidence with: quittance add FILE...
fact-machine = machines, as each tool saw them
fact-title = titles found on machines
fact-sql_instance = SQL Server instances
fact-person = people and accounts
fact-access = uses of servers
fact-subscription = subscriptions of the tenant
fact-purchase = purchase lines
fact-declared = declared by you
fact-set_aside = understood, of no consequence for licences

check-passed = pass  { $id }
check-failed = FAIL  { $id }
check-difference = { $what }: expected { $expected }, found { $found }
check-unread = { " " }(keys not read: { $keys })
check-none = There is no worked example (.toml) in { $dir }
