"""Sends, and what an account does with them."""
