"""The rules hold for the agents of Matomo's device detector: some 37,000 devices of people, and over a thousand machines."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
import yaml
from crawleruseragents import CRAWLER_USER_AGENTS_DATA

from functions.core.events import bots

CORPUS = files("device_detector") / "tests" / "fixtures" / "upstream"
# They are pictures that a reader looks at, through the proxy of the mail service.
IMAGE_PROXIES = ("ImageProxy", "ailProxy", "mail.ukr.net proxy")


def entries(path: Any) -> Iterator[dict[str, Any]]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C is ten times as fast
    return iter(yaml.load(path.read_text("utf-8"), loader))  # noqa: S506 - both are safe


def is_machine(agent: str) -> bool:
    return bool(bots.of([{"kind": "OPENED", "at": "2026-11-29T12:00:00.000Z", "agent": agent}]))


@pytest.fixture(scope="module")
def devices() -> set[str]:
    paths = [path for path in CORPUS.iterdir() if path.name.endswith(".yml") and path.name != "bots.yml"]
    return {entry["user_agent"] for path in paths for entry in entries(path)}


@pytest.fixture(scope="module")
def bots_of_corpus() -> set[str]:
    return {entry["user_agent"] for entry in entries(CORPUS / "bots.yml")}


@pytest.fixture(scope="module")
def proxies(bots_of_corpus: set[str]) -> set[str]:
    return {agent for agent in bots_of_corpus if any(proxy in agent for proxy in IMAGE_PROXIES)}


@pytest.fixture(scope="module")
def machines(bots_of_corpus: set[str], proxies: set[str]) -> set[str]:
    return bots_of_corpus - proxies


def test_hardly_any_device_of_a_person_is_a_machine(devices: set[str]) -> None:
    wrong = sorted(agent for agent in devices if is_machine(agent))
    assert len(devices) > 30_000
    assert len(wrong) / len(devices) < 0.001, wrong


def test_no_phone_is_a_machine_by_its_model(devices: set[str]) -> None:
    models = ("CUBOT", "XBot", "M bot", "VR BOT", "Spider 8", "ViewSonic", "HTC Butterfly", "Fever", "AP3A.240617.008")
    phones = [agent for agent in devices if any(model in agent for model in models) and "Android" in agent]
    assert len(phones) > 50
    assert [agent for agent in phones if is_machine(agent)] == []


def test_most_machines_name_themselves(machines: set[str]) -> None:
    """The rest are agents without a name, HTTP libraries, and jokes."""
    recognised = sum(map(is_machine, machines))
    assert len(machines) > 1_000
    assert recognised / len(machines) > 0.75


@pytest.mark.parametrize("name", ["Googlebot", "bingbot", "Google-Safety", "Yahoo Link Preview", "BingPreview", "SkypeUriPreview", "HeadlessChrome"])  # fmt: skip
def test_every_agent_with_a_machines_name_is_one(machines: set[str], name: str) -> None:
    listed = {agent for crawler in CRAWLER_USER_AGENTS_DATA for agent in crawler["instances"]}
    of_name = [agent for agent in machines | listed if name in agent]
    assert of_name
    assert [agent for agent in of_name if not is_machine(agent)] == []


def test_a_picture_through_a_mail_services_proxy_is_a_persons(proxies: set[str]) -> None:
    assert len(proxies) > 3
    assert [agent for agent in proxies if is_machine(agent)] == []
