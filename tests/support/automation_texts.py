"""Definitions of automations, as their authors write them, and a time after the scenario's clock."""

from __future__ import annotations

LATER = "2026-11-23T13:00:00.000Z"
ORDER = """
name: Order confirmation
trigger: {type: event, event: order_placed}
enrollment: every_event
steps:
  - {id: confirm, type: send_email, email: 1001}
  - {id: ten_days, type: wait, time: 10d}
  - {id: review, type: send_email, email: 1002}
"""
OFFER = """
name: Offer
trigger: {type: event, event: offer_made}
enrollment: %s
goal: {event: bought}
steps:
  - {id: three_days, type: wait, time: 3d}
  - {id: remind, type: send_email, email: 1001}
"""
BIRTHDAY = "name: Birthday\ntrigger: {type: date, property: birthday, yearly: true}\nsteps: [{id: mail, type: send_email, email: 1001}]"
