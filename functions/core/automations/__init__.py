"""Automations: what starts a run, its steps, and the rules by which a run goes from one step to the next."""
