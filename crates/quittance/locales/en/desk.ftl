# The web desk and the demo.

desk-listens = The desk is at { $address } (Ctrl-C stops it).
desk-other-language = Français
desk-as-json = JSON
desk-as-workbook = Workbook
demo-where = The case is in { $case }, the exports that made it in { $exports }. Look closer with `quittance explain LINE --case { $case } --as-of 2026-11-20`.
fail-listen = cannot listen on port { $port }: { $detail }. Choose another with --port, or 0 for a free one.
fail-date = { $text } is no day such as 2026-11-20
fail-needs-output = { $format } is no format for a terminal: name a file with --output
