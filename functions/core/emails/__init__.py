"""What authors write: emails, their drafts and their lists."""
