"""What is wrong with a deployed stage, in plain words, with what to do."""

from __future__ import annotations

from infra.health import running_checks, ses_checks
from infra.health.finding import Check, Report, run
from infra.health.stage_health import StageHealth

CHECKS: tuple[Check[StageHealth], ...] = (
    Check("stacks", "both stacks are deployed", running_checks.stacks),
    Check("version", "the stage runs this command's version", running_checks.versions),
    Check("plan", "", ses_checks.plan),
    Check("enforcement", "SES lets the account send", ses_checks.enforcement),
    Check("sandbox", "SES sends to all recipients", ses_checks.sandbox),
    Check("domains", "every domain is verified, and its DNS records are right", ses_checks.domains),
    Check("default set", "mail that names no set is recorded", ses_checks.default_set),
    Check("sets", "every configuration set sends and reports its events", ses_checks.sets),
    Check("shared delivery", "shared addresses deliver from the chosen regions", ses_checks.shared_delivery),
    Check("pool", "the pool has addresses", ses_checks.pool),
    Check("subscription", "SES's events reach the events queue", ses_checks.subscription),
    Check("events", "SES has reported events since the last mail", ses_checks.events),
    Check("mappings", "every event source is enabled", running_checks.mappings),
    Check("schedules", "every schedule is enabled", running_checks.schedules),
    Check("sweep", "the sweep has just run", running_checks.sweep),
    Check("alarms", "the address for alarms is confirmed", running_checks.alarms),
    Check("dead letters", "no queue has dead letters", running_checks.dead_letters),
    Check("tokens", "every SMTP token may send, and only as its domain", running_checks.tokens),
    Check("IAM users", "there is room for SMTP tokens", running_checks.iam_users),
    Check("concurrency", "Lambda's limit is enough", running_checks.concurrency),
    Check("hosts", "the API's host resolves, and each host of your own has its certificate", running_checks.hosts),
    Check("SMTP host", "the SMTP host resolves", running_checks.smtp),
)


def doctor(stage: StageHealth) -> Report:
    return run(CHECKS, stage)
