"""The routes of emails, their checks and their previews."""

from __future__ import annotations

from functions.core.access.scopes import CONTENT, MARKETING_EMAIL, TRANSACTIONAL_EMAIL
from functions.http.route import Route, routes_of
from functions.routes.statistics.table import EMAIL_BASES

EMAILS = routes_of(
    EMAIL_BASES,
    (
        ("GET", "", "list_emails", 200),
        ("POST", "", "create_email", 201),
        ("GET", "/{emailId}", "get_email", 200),
        ("PATCH", "/{emailId}", "update_email", 200),
        ("DELETE", "/{emailId}", "archive_email", 204),
        ("POST", "/clone", "clone_email", 200),
        ("POST", "/{emailId}/publish", "publish_email", 204),
        ("POST", "/{emailId}/unpublish", "unpublish_email", 204),
        ("GET", "/{emailId}/draft", "get_draft", 200),
        ("PATCH", "/{emailId}/draft", "update_draft", 200),
        ("POST", "/{emailId}/draft/reset", "reset_draft", 204),
        ("GET", "/{emailId}/revisions", "list_revisions", 200),
        ("GET", "/{emailId}/revisions/{revisionId}", "get_revision", 200),
        ("POST", "/{emailId}/revisions/{revisionId}/restore", "restore_revision", 204),
        ("POST", "/{emailId}/revisions/{revisionId}/restore-to-draft", "restore_revision_to_draft", 200),
        ("POST", "/ab-test/create-variation", "create_variation", 201),
        ("GET", "/{emailId}/ab-test/get-variation", "get_variation", 200),
    ),
    "api",
    (CONTENT, MARKETING_EMAIL),
)
EMAIL_CHECKS = (
    Route(
        "GET",
        "/staffetta/v1/emails/{emailId}/contract",
        "get_email_contract",
        "api",
        (CONTENT, MARKETING_EMAIL, TRANSACTIONAL_EMAIL),
    ),
    Route("GET", "/staffetta/v1/emails/{emailId}/check", "check_email", "api", (CONTENT, MARKETING_EMAIL)),
)
IMAGES = tuple(
    Route(method, f"/staffetta/v1/images{path}", operation, "api", (CONTENT,), success)
    for method, path, operation, success in (
        ("GET", "", "list_images", 200),
        ("POST", "", "upload_image", 201),
        ("DELETE", "/{imageId}", "delete_image", 204),
    )
)
EMAIL_PREVIEWS = (
    Route("POST", "/staffetta/v1/emails/{emailId}/preview", "preview_email", "api", (CONTENT, MARKETING_EMAIL)),
    Route(
        "POST",
        "/staffetta/v1/emails/{emailId}/test",
        "send_test_email",
        "api",
        (TRANSACTIONAL_EMAIL, MARKETING_EMAIL),
    ),
    Route("GET", "/staffetta/v1/emails/{emailId}/diff", "diff_email", "api", (CONTENT, MARKETING_EMAIL)),
)
