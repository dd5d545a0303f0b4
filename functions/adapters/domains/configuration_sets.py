"""ports.ConfigurationSets on SES's API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

_OPTIONS = ("DeliveryOptions", "ReputationOptions", "SendingOptions", "SuppressionOptions", "TrackingOptions")


class SesConfigurationSets(Struct, frozen=True):
    client: SESV2Client

    def copy(self, names: Mapping[str, str]) -> None:
        """SES's answer has times in its reputation options, which a request cannot have."""
        for name, other in names.items():
            described: Mapping[str, Any] = self.client.get_configuration_set(ConfigurationSetName=other)
            options: Any = {option: dict(described[option]) for option in _OPTIONS if option in described}
            options.get("ReputationOptions", {}).pop("LastFreshStart", None)
            with suppress(self.client.exceptions.AlreadyExistsException):
                self.client.create_configuration_set(ConfigurationSetName=name, **options)
            self._copy_destinations(name, other)

    def delete(self, names: Iterable[str]) -> None:
        for name in names:
            with suppress(self.client.exceptions.NotFoundException):
                self.client.delete_configuration_set(ConfigurationSetName=name)

    def _copy_destinations(self, name: str, other: str) -> None:
        """Without a destination, SES reports nothing about a mail."""
        answer = self.client.get_configuration_set_event_destinations(ConfigurationSetName=other)
        for original in answer["EventDestinations"]:
            destination: Any = {key: value for key, value in original.items() if key != "Name"}
            with suppress(self.client.exceptions.AlreadyExistsException):
                self.client.create_configuration_set_event_destination(
                    ConfigurationSetName=name, EventDestinationName=original["Name"], EventDestination=destination
                )
