# Titles that no rule places, and what people decide about them.
titles-column-machines = Machines
titles-column-title = Title
titles-column-publisher = Publisher
titles-column-versions = Versions
titles-column-near = May be
titles-column-example = Seen in
titles-more = and { $count } more
titles-queue-none = Every title of the case is recognised.
titles-queue-how = { $count ->
        [one] One title waits for a word from you. Say what it is with `quittance titles --decide "TITLE" --product …` or `--as …`.
       *[other] { $count } titles wait for a word from you. Say what each is with `quittance titles --decide "TITLE" --product …` or `--as …`.
    }
titles-kept = Decision { $act }: { $what }
titles-not-borne = No machine of the case bears the title { $title } so far; the decision is kept for when one does.
titles-no-decision = Nothing was decided about titles in this case.
titles-from-file = { $count ->
        [one] one rule from { $file }
       *[other] { $count } rules from { $file }
    }
titles-exported = { $count ->
        [one] One decision was written to { $path }, without its author. Others take it in with `quittance titles --import`.
       *[other] { $count } decisions were written to { $path }, without their authors. Others take them in with `quittance titles --import`.
    }
titles-imported = { $count ->
        [one] One rule of { $file } is in force from now on (decision { $act }).
       *[other] { $count } rules of { $file } are in force from now on (decision { $act }).
    }
title-is-yes = { $title } is { $product }
title-is-component = { $title } is a part of something else
title-is-free = { $title } needs no licence
title-is-update = { $title } is a patch
title-is-trial = { $title } is an evaluation
title-is-no = { $title } is not a matter of these licences
decision-line = { $act }. { $day }, { $author }: { $what }
decision-undone = Decision { $act } is undone. It stays in the record, with your name and the time.
fail-title-what = Say what the title is: `--product PRODUCT`, with `--edition` and `--version` where you know them, or `--as component`, `free`, `update`, `trial`, `not-ours` or `no-licence`.
fail-title-product = The terms know no product { $product }. They know: { $known }.
fail-title-edition = { $product } has no edition { $edition }. Known are: { $known }; `unknown` is an answer too.
fail-title-version = { $product } has no version { $version }. Known are: { $known }; `unknown` is an answer too.
fail-title-decision = { $detail } cannot be decided: the title is empty.
fail-title-rules = These rules cannot be used: { $detail }
fail-no-decision = There is no decision { $number } of this kind in force. The list of decisions tells their numbers.

# Joins of records.
decision-rule = rule { $rule }, taken in from a file
explain-decisions = What was decided here
joins-none = No machine and no person has records that differ.
joins-how = A record that is none of these is taken out with `quittance joins --split NAME --records NUMBER`; what is missing is joined with `--join NAME NAME`.
joins-how-differ = These are the machines and people whose records bear different names or numbers; `--all` shows every join. A record that is none of these is taken out with `quittance joins --split NAME --records NUMBER`; what is missing is joined with `--join NAME NAME`.
joins-no-decision = Nothing was decided about joins in this case.
join-by-hand = { $records }: joined by hand
join-by-tool = { $records }: the same identifier of a tool, { $value }
join-by-uuid = { $records }: the same UUID, { $value }
join-by-serial = { $records }: the same serial number, { $value }
join-by-name = { $records }: the same name, { $value }, and nothing against it
join-by-upn = { $records }: the same principal name, { $value }
join-by-account = { $records }: the same account name, { $value }
join-machines-split = { $records ->
        [one] one record is not the machine { $of }
       *[other] { $records } records are not the machine { $of }
    }
join-machines-joined = { $of } are one machine
join-people-split = { $records ->
        [one] one record is not the person { $of }
       *[other] { $records } records are not the person { $of }
    }
join-people-joined = { $of } are one person
fail-join-nobody = No machine and no person of the case is called { $detail }. `quittance joins --all` lists them.
fail-join-record = There is no record { $detail }. `quittance joins NAME` numbers them.
fail-join-all = At least one record must stay and at least one must go.
fail-join-same = { $detail } mean the same already.
fail-join-kinds = { $detail }: a machine and a person cannot be one.
fail-join-by-hand = These records were joined by hand. Undo that decision: `quittance joins --decisions` tells its number.
fail-join-split = A decision keeps these apart. Undo it first: `quittance joins --decisions` tells its number.
fail-decision = This cannot be decided ({ $code }): { $detail }

# Lots.
lots-column-lot = Lot
lots-column-product = Product
lots-column-metric = Counted by
lots-column-quantity = Quantity
lots-column-channel = Channel
lots-column-bought = Bought
lots-column-until = Until
lots-none = The case holds no licence so far. Add statements and invoices with `quittance add`.
lots-written = { $count ->
        [one] One lot was written to { $path }.
       *[other] { $count } lots were written to { $path }.
    }
lots-not-held = Not written: where the evidence of each lot stands. Names of machines and people in it: { $names }.

# Rows that were not understood, mended.
row-mended = { $file }, row { $row }: read as { $text } instead of { $was }
rejects-how = A row is mended with `quittance rejects --mend NUMBER --with "cell;cell;…"`; the file keeps its bytes.
rejects-again = { $name }, read again: { $before ->
        [one] one reject before
       *[other] { $before } rejects before
    }, { $after } now; { $facts } facts
rejects-none-mended = No row of the case was mended.
fail-no-reject = There is no reject { $number }. `quittance rejects` numbers them.
fail-mend-still = The row is still not understood: { $detail }. Nothing was changed.
fail-mend-format = The rows of { $detail } cannot be mended one by one in this format. Mend the export, add it, and take this one back.
fail-mend-unread = The file could not be read again, and nothing was changed. { $detail }
