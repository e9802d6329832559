"""A kind of record that only tests know: its declaration, its columns, its migration, and a walk through the site."""
