"""Webhooks: their endpoints, their events, and their signatures."""
