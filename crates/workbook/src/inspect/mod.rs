//! What a workbook would do if it were opened: calls, entry points, links, and the verdict.
