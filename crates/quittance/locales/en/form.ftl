# An auditor's form: what it asks, what is written, what it gives away.

form-title = What the form asks
form-advice = A proposal for you to check. What may be asked of you depends on your contract; this is not legal advice.
form-fingerprint = Layout { $hash }
form-heading-counts = In short
form-counts = { $all } questions: { $answer } to answer, { $unsure } to look at first, { $decline } to decline, { $ask } to ask back.
form-heading-unsure = Look at these first: they are not written until you confirm them
form-heading-decline = Declined, with the reason
form-heading-ask = Asked back
form-heading-answer = Answered

form-reason-unclear = What is asked is not clear; ask what it is for.
form-reason-competitor = It is about a competitor’s product; no licence of this publisher depends on it.
form-reason-finance = Turnover, prices and budgets have nothing to do with licences.
form-reason-hardware-not-needed = No licence is counted by this property of the hardware.
form-reason-mobile-devices = Telephones and tablets run none of the software that is counted here.
form-reason-network-identifier = Addresses of the network identify machines and count nothing.
form-reason-not-licensing = It has nothing to do with licences.
form-reason-other-publisher = It is about another publisher’s product.
form-reason-personal-data = It names a person; a count does, and personal data are not to be given without need (GDPR, article 5).
form-reason-plans = Plans and projects count no licence.
form-reason-product-key = A key identifies and can be used; the proof of purchase does.
form-reason-secret = It is a secret and opens doors.
form-reason-security-posture = It tells how you are protected and counts no licence.
form-reason-no-rule-depends = No rule depends on it; ask what it is for.
form-reason-only-for-oem = Of use only where a licence came with the machine; ask for which machines.
form-reason-only-for-runtime = Of use only for licences bound to one application; ask what it is for.
form-reason-reserved = A column in reserve: ask what is to stand there.
form-reason-serial-identifies = A serial number identifies the machine for good; a reference of your own does.

form-why-close = Nearly the same as: { $what }.
form-why-kind-differs = The form takes another kind of answer: { $what }.
form-why-left-over = Words that were not understood: { $what }.
form-why-outside = It reads like: { $what }.
form-why-unread = Not understood: { $what }.
form-why-weak = Little speaks for it: { $what }.
form-why-several-versions = Several versions are named: { $what }.
form-why-two-products = Two products are named: { $what }.

fill-no-site = (site not known)
fill-needs-output = Say with --output where the filled copy is to stand, or look first with --preview.
fill-gives-away = The copy would give away { $names }. It was not written. If that is meant, say --plain-names.
fill-written = { $path }: { $written } cells written; every other byte is as it came. Where each comes from: { $side }
fill-rebuilt = { $path }: { $written } cells written into a new workbook without macros, since this kind of file cannot be changed in place. Where each comes from: { $side }
fill-refused = Not written
fill-remarks = To know about the copy
fill-declined = { $count ->
    [one] One question is declined or asked back; `quittance form` says why.
   *[other] { $count } questions are declined or asked back; `quittance form` says why.
 }
fill-unsure = { $count ->
    [one] One question waits for you to confirm its map; `quittance form` shows it.
   *[other] { $count } questions wait for you to confirm their map; `quittance form` shows them.
 }
fill-without-place = { $sheet }: the form has no row for { $names }. If it names a site otherwise, say so with --site.
fill-note-editions-unknown-left-out = Installations whose edition is not known were left out of the counts by edition; `quittance questions` names them.
fill-note-site-not-known = Machines whose site is not known stand in a row of their own.

fill-how-counted = counted: { $count }
fill-how-summed = summed over { $count } machines
fill-how-summed-over-physical-machines = summed over { $count } physical machines
fill-how-lots-summed = summed over { $count } lots
fill-how-told-by-inventory = told by the inventory
fill-how-told-by-purchases = told by the purchases
fill-how-newest-seen = newest day of the inventory
fill-how-told-by-you = told by you

fill-open-only-you-know = Only you know ({ $count } cells); say it with --set
fill-open-not-in-evidence = Not in the evidence ({ $count } cells)
fill-open-some-unknown = Unknown for some machines, so that no sum is honest ({ $count } cells)
fill-open-not-by-site = Owned by the company as a whole; say with --owner which site’s row bears it ({ $count } cells)
fill-open-several = Several answers, and the form takes one ({ $count } cells)
fill-open-does-not-apply = Does not apply to that row ({ $count } cells)
fill-open-no-such-product = The product is not known here ({ $count } cells)
fill-open-no-such-site = The form names a site that the case does not know; say with --site which it is ({ $count } cells)
fill-open-not-in-list = The form’s own list has no word for it ({ $count } cells)

fill-refused-unknown-sheet = there is no such sheet
fill-refused-not-a-worksheet = the sheet has no cells
fill-refused-outside-sheet = the cell lies outside the sheet
fill-refused-two-answers = two answers for one cell
fill-refused-package-signed = the file bears a signature over its cells; --break-signature writes all the same
fill-refused-formula = a formula stands there
fill-refused-array-formula = an array formula stands there
fill-refused-table-heading = it is the heading of a table
fill-refused-pivot-table = it belongs to a pivot table
fill-refused-merged = it is within a merged cell ({ $what })
fill-refused-locked = the cell is locked; --into-locked writes all the same
fill-refused-too-long = the text is longer than a cell holds
fill-refused-too-many-digits = the number has more digits than a cell holds
fill-refused-impossible-date = there is no such day
fill-refused-not-in-list = the form’s list allows: { $what }
fill-refused-not-a-number = the form takes a number
fill-refused-not-whole = the form takes a whole number
fill-refused-not-a-time = the form takes a time
fill-refused-not-a-date = the form takes a date
fill-refused-out-of-range = out of the range that the form allows ({ $what })
fill-refused-date-out-of-range = out of the days that the form allows ({ $what })
fill-refused-text-length = not of the length that the form allows ({ $what })

fill-remark-stale-formulas = { $what }: formulas that show old results until the workbook is calculated anew
fill-remark-package-signature-broken = the signature over the cells no longer holds
fill-remark-custom-rule-unchecked = a rule of the form that could not be checked ({ $what }; { $cells } cells)
fill-remark-list-not-known = a list of the form that could not be read ({ $what }; { $cells } cells)
fill-remark-bound-not-known = a bound of the form that could not be read ({ $what }; { $cells } cells)
fill-remark-outside-validation = outside what the form expects, which only warns ({ $what }; { $cells } cells)
fill-remark-date-shown-as-number = days that the cell shows as numbers ({ $what }; { $cells } cells)
fill-remark-date-as-text = days written as text, since the cell takes text ({ $what }; { $cells } cells)

scrub-found = What the file gives away
scrub-removed = Taken out
scrub-kept = Stayed
scrub-nothing = Nothing was found that gives more away than the contents.
scrub-written = Written: { $path }
scrub-breaks-signature = taking it out breaks a signature
scrub-stays = cannot be taken out
scrub-no-names = { $count } names were looked for in every corner of the file; none stands there.
scrub-no-names-elsewhere = { $count } names were looked for everywhere else; none stands there.
scrub-product-key = product key ending in { $last }
scrub-unread = Not looked into, being encrypted, broken, too large or nested too deep; a name may stand there: { $parts }
scrub-whole-file = the file itself
scrub-names = These names stand in the file

scrub-trace-author = author
scrub-trace-last-modified-by = last saved by
scrub-trace-company = company
scrub-trace-manager = manager
scrub-trace-title = title and subject
scrub-trace-time = times
scrub-trace-path = paths
scrub-trace-user = names of users
scrub-trace-printer = printer
scrub-trace-comment-author = authors of comments
scrub-trace-comment = comments
scrub-trace-hidden-sheet = hidden sheets
scrub-trace-hidden-rows = hidden rows
scrub-trace-hidden-columns = hidden columns
scrub-trace-outside-name = names that point outside
scrub-trace-external-link = links to other files
scrub-trace-external-data = values copied from other files
scrub-trace-hyperlink = hyperlinks
scrub-trace-connection = data connections
scrub-trace-pivot-user = who refreshed a pivot table
scrub-trace-pivot-data = data kept by pivot tables
scrub-trace-data-model = data model
scrub-trace-revision = record of changes
scrub-trace-custom-xml = data of other programs
scrub-trace-custom-property = properties of your own
scrub-trace-thumbnail = picture of the first page
scrub-trace-embedded-file = embedded files
scrub-trace-document-id = identifiers of the document
scrub-trace-label = classification labels
scrub-trace-view = views and windows
scrub-trace-macro-project = macros
scrub-trace-macro-path = paths in the macros
scrub-trace-package-signature = signature over the cells
scrub-trace-property = other properties
scrub-trace-location = place where a picture was taken
scrub-trace-camera = camera
scrub-trace-text = texts in a picture
scrub-trace-metadata = other data about the file
scrub-trace-trailing-bytes = bytes after the end
scrub-trace-file-signature = signature of the file
scrub-trace-template = template
scrub-trace-not-read = could not be read
fill-remark-formulas-as-values = { $what }: formulas that stand as their results in the new workbook
who-none = This case has given no pseudonym yet.
who-unknown = { $name } is no pseudonym of this case.
