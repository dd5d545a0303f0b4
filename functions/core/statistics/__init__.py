"""Messages counted: once, people and machines apart."""
