"""What readers see: the macros of the pages, a page for each claim, and claims.json. Only this package knows MkDocs."""
