"""The fields of an email's document: our own and HubSpot's. HubSpot's others are stored and returned unchanged."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from functions.core.emails.merge_patch import JSON
from functions.core.errors import FieldError
from functions.core.unknown_names import nearest

# Fields of a response that an author cannot set: a client may send them back unchanged.
READ_ONLY = frozenset(
    [
        "allEmailCampaignIds",
        "archived",
        "clonedFrom",
        "createdAt",
        "createdById",
        "deletedAt",
        "id",
        "isAb",
        "isPublished",
        "isTransactional",
        "primaryEmailCampaignId",
        "publishedAt",
        "publishedByEmail",
        "publishedById",
        "publishedByName",
        "state",
        "stats",
        "type",
        "unpublishedAt",
        "updatedAt",
        "updatedById",
        "version",
        "workflowNames",
    ]
)
# HubSpot's, with the types that HubSpot's clients read.
OBJECTS = ("rssData", "testing", "to", "webversion")
FLAGS = ("jitterSendTime", "sendOnPublish")
INSTANTS = ("publishDate",)
CONTENT_OBJECTS = ("flexAreas", "smartFields", "styleSettings", "themeSettingsValues", "widgetContainers", "widgets")

_OF_HUBSPOT = """activeDomain businessUnitId campaignName campaignUtm emailCampaignGroupId emailTemplateMode feedbackSurveyId folderId
    folderIdV2 previewKey teamPerms userPerms"""
_PUSHED = "staffetta"  # the mark of `staffetta emails push`
_EMAIL = frozenset(
    [
        *("name", "subject", "from", "content", "subcategory", "subscriptionDetails", "language", "campaign"),
        *(*READ_ONLY, *OBJECTS, *FLAGS, *INSTANTS, *_OF_HUBSPOT.split(), _PUSHED),
    ]
)
_TRANSLATION = frozenset(["subject", "previewText", "html", "mjml", "plainTextVersion"])
_CONTENT = frozenset(
    [
        *(_TRANSLATION - {"subject"}),
        *("templatePath", "trackOpens", "trackClicks", "sensitive", "sample", "translations"),
        *CONTENT_OBJECTS,
    ]
)
_SENDER = frozenset(["fromName", "replyTo", "customReplyTo"])
_SAMPLE = frozenset(["contactProperties", "customProperties"])
_SUBSCRIPTION = frozenset(["subscriptionId", "subscriptionName", "officeLocationId", "preferencesGroupId"])


def unknown_fields(document: JSON) -> list[FieldError]:
    """Returns a warning for each field that an email does not have."""
    content = _object(document, "content")
    translations = _object(content, "translations")
    return [
        *_warnings(document, "", _EMAIL),
        *_warnings(_object(document, "from"), "from", _SENDER),
        *_warnings(_object(document, "subscriptionDetails"), "subscriptionDetails", _SUBSCRIPTION),
        *_warnings(content, "content", _CONTENT),
        *_warnings(_object(content, "sample"), "content.sample", _SAMPLE),
        *(
            warning
            for language in translations
            for warning in _warnings(_object(translations, language), f"content.translations.{language}", _TRANSLATION)
        ),
    ]


def _warnings(fields: JSON, where: str, names: Collection[str]) -> Iterator[FieldError]:
    for name in fields:
        if name not in names:
            close = f"content.{name}" if not where and name in _CONTENT else nearest(name, names)
            meant = f"; did you mean {close}?" if close else ""
            path = f"{where}.{name}" if where else name
            yield FieldError(
                path, f"is not a field of an email: it is stored, and has no effect{meant}", "UNKNOWN_FIELD"
            )


def _object(parent: JSON, name: str) -> Mapping[str, Any]:
    value = parent.get(name)
    return value if isinstance(value, Mapping) else {}
