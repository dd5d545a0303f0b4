"""The blocks of an email: what a visual editor shows of a source, and the changes that it makes to it."""
