"""The words of pages for what SES reports of the account and its IP addresses."""

from __future__ import annotations

from functions.core.account.dedicated_ips import WarmUp
from functions.core.account.prices import IpPoolType
from functions.i18n.marks import N_
from functions.pages.visit import PageVisit

ENFORCEMENT = {"HEALTHY": N_("healthy"), "PROBATION": N_("under review by SES"), "SHUTDOWN": N_("stopped by SES")}
WARM_UP = {
    WarmUp.IN_PROGRESS: N_("under way"),
    WarmUp.DONE: N_("done"),
    WarmUp.NOT_APPLICABLE: N_("not needed: SES warms the pool up by itself"),
}
POOLS = {
    IpPoolType.MANAGED: N_("managed: SES adds and removes addresses of your own"),
    IpPoolType.STANDARD: N_("standard: addresses of your own"),
    IpPoolType.SHARED: N_("shared: addresses that SES uses for many accounts"),
}


def enforcement_of(visit: PageVisit, status: str) -> str:
    """Returns SES's own word for a status that is not listed."""
    return visit.gettext(ENFORCEMENT[status]) if status in ENFORCEMENT else status
