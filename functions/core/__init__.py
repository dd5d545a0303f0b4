"""Nouns and rules of transactional email: pure and typed. No AWS, no environment, no clock, no chance, no logging."""
