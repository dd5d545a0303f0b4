"""How an email did: its rates with their counts, its sends over time, its clicks on the mail itself, readers' programs, times, and what
was not sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from functions import wiring
from functions.core.emails.email import DRAFT, Email
from functions.core.errors import Rejected
from functions.core.statistics import click_map, latency
from functions.core.statistics.click_map import by_link
from functions.core.statistics.families import members
from functions.core.statistics.periods import Interval
from functions.core.statistics.ratios import ratios
from functions.http.responses import HtmlPage
from functions.i18n.marks import N_
from functions.pages.emails.email_page import EMAIL, READ, Tab, archived_or_not, email_of, email_page, path_of
from functions.pages.emails.mail_view import error_page, mail_page
from functions.pages.events import result_words
from functions.pages.page import get
from functions.pages.statistics.figures import counters, first_day, hour, now
from functions.pages.visit import PageVisit
from functions.steps.emails.preview import PreviewData

SPANS = {"7": Interval.DAY, "30": Interval.DAY, "90": Interval.WEEK, "365": Interval.MONTH}  # days
DEFAULT_SPAN = "30"
# Each counter with its label, and the ratio of RATIOS to show with it.
RATES = (
    ("delivered", N_("delivered"), "deliveredratio"),
    ("open", N_("opened"), "openratio"),
    ("click", N_("clicked"), "clickratio"),
    ("bounce", N_("bounced"), "bounceratio"),
    ("spamreport", N_("reported as spam"), "spamreportratio"),
    ("unsubscribed", N_("unsubscribed"), "unsubscribedratio"),
    ("notsent", N_("not sent"), "notsentratio"),
)
DEVICES = {"computer": N_("Computer"), "mobile": N_("Phone or tablet"), "unknown": N_("Unknown")}
STAGES = {
    latency.ACCEPT: N_("From the request until it is handed over"),
    latency.DELIVERY: N_("From there until it is delivered"),
    latency.ARRIVAL: N_("Together"),
}


def show(visit: PageVisit) -> HtmlPage:
    return visit.redirect(path_of(archived_or_not(visit).id, Tab.PERFORMANCE))


def show_performance(visit: PageVisit) -> HtmlPage:
    email, days = archived_or_not(visit), _days(visit)
    since = first_day(int(days))
    counted = counters([email.id], int(days))[email.id]
    intervals = wiring.get(wiring.statistics.histogram)(SPANS[days], since, None, [email.id])
    links = by_link(_links(email, since))
    rates = ratios(counted)
    return email_page(
        visit,
        "emails/performance.html",
        email,
        Tab.PERFORMANCE,
        spans=[(one, one == days) for one in SPANS],
        days=days,
        sent=counted.get("sent", 0),
        any=any(counted.values()),
        rates=[(label, counted.get(name, 0), rates[ratio]) for name, label, ratio in RATES],
        bars=[(f"{one.begin:%Y-%m-%d}", one.counters.get("sent", 0)) for one in intervals],
        rows=[(f"{one.begin:%Y-%m-%d}", one.counters) for one in intervals if one.counters],
        links=list(links.items()),
        opens=_devices(visit, "open", counted),
        clicks=_devices(visit, "click", counted),
        clients=_shares(members(counted, "client:")),
        not_sent=[
            (result_words.result_of(visit, result), count) for result, count in members(counted, "notsent:").items()
        ],
        stages=_latencies(counted),
        machines=(counted.get("machineopen", 0), counted.get("machineclick", 0)),
    )


def show_click_map(visit: PageVisit) -> HtmlPage:
    """The mail with the clicks of each link drawn on it, for a frame."""
    email = email_of(visit)
    links = by_link(_links(email, first_day(int(_days(visit)))))
    clicks = sum(counted["click"] for counted in links.values())

    def label(link: str) -> str:
        count = links.get(link, {}).get("click", 0)
        return f"{visit.percent(100 * count / clicks)} ({visit.number(count)})" if clicks else visit.number(0)

    try:
        number = email.published_revision or email.revisions or DRAFT
        rendered = wiring.get(wiring.emails.previews)(email.id, number, PreviewData()).rendered
    except Rejected as error:
        return error_page(visit, error.errors)
    page = mail_page(visit, rendered)
    return HtmlPage(click_map.drawn(page.html, label), page.headers, page.status)


PAGES = (
    get(EMAIL, show, *READ),
    get(f"{EMAIL}/performance", show_performance, *READ),
    get(f"{EMAIL}/click-map", show_click_map, *READ),
)


def _days(visit: PageVisit) -> str:
    days = visit.query.get("days", DEFAULT_SPAN)
    return days if days in SPANS else DEFAULT_SPAN


def _links(email: Email, since: datetime) -> Mapping[str, int]:
    read = wiring.get(wiring.statistics.read_statistics).links
    return read(hour(since), hour(now()), [email.id]).get(email.id, {})


def _devices(visit: PageVisit, name: str, counted: Mapping[str, int]) -> list[tuple[str, int, float]]:
    shares = _shares(members(counted, f"{name}:"))
    return [(visit.gettext(DEVICES.get(device, device)), count, share) for device, count, share in shares]


def _shares(counted: Mapping[str, int]) -> list[tuple[str, int, float]]:
    """Returns each name with its count and its share of all, in percent."""
    total = sum(counted.values())
    return [(name, count, 100 * count / total) for name, count in counted.items()]


def _latencies(counted: Mapping[str, int]) -> list[tuple[str, int, dict[str, float]]]:
    """Returns each stage with the number of its mails and its percentiles in seconds."""
    read = []
    for stage, label in STAGES.items():
        buckets = {int(number): count for number, count in members(counted, f"{stage}:").items()}
        if buckets:
            read.append((label, sum(buckets.values()), latency.percentiles(buckets)))
    return read
