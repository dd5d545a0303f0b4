"""CloudFormation in the account: the life of a stack, and its resources."""
