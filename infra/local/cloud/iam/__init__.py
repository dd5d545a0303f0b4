"""IAM in the account: which permissions a call needs, and whether a role's or user's policies allow it."""
