# Why a command could not do it: what, where, and what to do.

fail-file = { $path }: { $detail }. Nothing was changed there. Check the path and the permissions.
fail-output = The answer cannot be written: { $detail }
fail-no-case = { $dir } is not a case. Make one with: quittance new { $dir }
fail-which-case = No case is named and the current folder is not one. Name it with --case DIR or QUITTANCE_CASE, or make one with: quittance new CASE
fail-case-exists = { $dir } is there already and is not empty. Choose another name for the case.
fail-case-busy = Another process is changing the case { $dir }. Wait until it has ended, then try again. Nothing was changed.
fail-case-newer = The case { $dir } has format { $found }; this program knows formats up to { $known }. Use the newer program that made it.
fail-store = The database of the case { $dir } cannot be used: { $detail }
fail-case-damaged = In the case { $dir }, { $what } is not as this program writes it: { $detail }. Work on a copy, and restore the case from a backup.
fail-not-in-case = { $name } is not in the case. To see what is: quittance files
fail-ambiguous = { $name } means several files of the case. Say which by the start of its hash: { $hashes }
fail-reader = The process that reads files cannot be started ({ $detail }). Nothing was added.
fail-knowledge = The rules that the program carries cannot be read: { $detail }
fail-no-mapping = The case keeps no mapping { $name }. To see those that it keeps: quittance mappings
fail-mapping = { $path }: { $detail }. A mapping is a TOML file with `name`, `about` and the table `columns`.
fail-table = { $path }: { $detail }

usage-intro = quittance: from a licence audit letter to the discharge that ends it.
usage-outro = For one command: quittance help COMMAND. The case is --case DIR, else QUITTANCE_CASE, else the current folder. Languages: --lang en, --lang fr.
usage-no-such-command = There is no command { $name }. To see all: quittance help
usage-unknown-argument = { $argument } is not known here. For what is: quittance help
usage-missing = { $argument } is missing. For what the command needs: quittance help COMMAND
usage-conflict = { $argument } and { $other } do not go together.
usage-value = { $argument }: “{ $value }” cannot be read.
usage-value-of = { $argument }: “{ $value }” is none of { $valid }.
usage-value-missing = { $argument } needs a value.
usage-other = The arguments cannot be read: { $detail }
fail-changes = { $path } is no list of changes: { $detail }. `quittance help position` shows how one is written.
fail-side = { $text } is neither a day (2026-11-24) nor the folder of a case.
fail-compare-format = A comparison is told as table or json, not as { $format }.
fail-trust = The roots, lists or answers beside the workbook cannot be used: { $detail }.
fail-too-large = { $path } is larger than what is read.
fail-workbook = { $path } could not be read: { $reason }.
fail-map = The map of the form cannot be used: { $detail }.
fail-pair = { $text } has no equals sign; write NAME=VALUE.
