"""What several end-to-end tests do, by room."""
