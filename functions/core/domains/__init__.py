"""Sending domains: the DNS records that each needs, and what DNS and SES answer about them."""
