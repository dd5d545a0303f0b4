"""What others are told, where, and signed how."""
