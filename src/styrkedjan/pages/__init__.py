"""Pages: a folder per noun. A page is a query, a view of a few lines and a template; it never touches the ORM."""
