"""An automation as a form: its fields, its steps as an outline, and what its buttons change."""
