"""This room's part of the OpenAPI document."""

from __future__ import annotations

from functions.routes.emails import image_models, models, preview_models
from functions.routes.http.operation_doc import JSON, OperationDoc
from functions.routes.templates import models as templates_models

_IF_MATCH: JSON = {
    "name": "If-Match",
    "in": "header",
    "schema": {"type": "string"},
    "description": "the version that the change is based on: 409 if it is not the latest (a Staffetta extension)",
}
OPERATION_DOCS = {
    "list_emails": OperationDoc(
        "List the emails, or the archived emails", models.EmailList, query=models.EmailListQuery
    ),
    "create_email": OperationDoc("Create an email", models.EmailView, models.EmailCreateRequest),
    "get_email": OperationDoc(
        "Get the published email, or the draft of an unpublished one", models.EmailView, query=models.EmailQuery
    ),
    "update_email": OperationDoc(
        "Change the email's draft. Sends change when it is published",
        models.EmailView,
        models.EmailUpdateRequest,
        headers=[_IF_MATCH],
    ),
    "archive_email": OperationDoc("Archive an email: it is not listed or sent any longer", None, headers=[_IF_MATCH]),
    "clone_email": OperationDoc("Create an email with the same draft", models.EmailView, models.EmailCloneRequest),
    "publish_email": OperationDoc(
        "Check, compile and publish the draft: sends use it from now on", None, headers=[_IF_MATCH]
    ),
    "unpublish_email": OperationDoc(
        "Unpublish an email: new sends are refused, accepted ones are delivered", None, headers=[_IF_MATCH]
    ),
    "get_draft": OperationDoc("Get the draft", models.EmailView),
    "update_draft": OperationDoc("Change the draft", models.EmailView, models.EmailUpdateRequest, headers=[_IF_MATCH]),
    "reset_draft": OperationDoc("Reset the draft to the latest published revision", None, headers=[_IF_MATCH]),
    "list_revisions": OperationDoc(
        "List the published revisions, the latest first", models.EmailVersionList, query=models.VersionListQuery
    ),
    "get_revision": OperationDoc("Get a published revision", models.EmailVersion),
    "restore_revision": OperationDoc(
        "Publish an earlier revision again, under a new number", None, headers=[_IF_MATCH]
    ),
    "restore_revision_to_draft": OperationDoc(
        "Reset the draft to a published revision", models.EmailView, headers=[_IF_MATCH]
    ),
    "create_variation": OperationDoc(
        "Create the B of an A/B test, a copy of the A's draft", models.EmailView, models.VariationCreateRequest
    ),
    "get_variation": OperationDoc("Get the other email of an A/B test", models.EmailView),
    "get_email_contract": OperationDoc(
        "Get the contract of a published email: the properties that a send needs", templates_models.EmailContract
    ),
    "check_email": OperationDoc(
        "Check the draft as publishing does, without publishing it", templates_models.EmailCheck
    ),
    "list_images": OperationDoc(
        "List the uploaded images, the newest first", image_models.ImageList, query=image_models.ImageListQuery
    ),
    "upload_image": OperationDoc(
        "Upload an image for emails. The same file again has the same URL, and gets the new texts",
        image_models.ImageView,
        image_models.ImageUploadRequest,
    ),
    "delete_image": OperationDoc(
        "Delete an image that no published email uses. Mails that were sent no longer show it", None
    ),
    "preview_email": OperationDoc(
        "Preview an email: its draft or a published revision, for a contact, or with given or sample data",
        preview_models.EmailPreview,
        preview_models.EmailPreviewRequest,
        preview_models.EmailPreviewQuery,
    ),
    "send_test_email": OperationDoc(
        "Send a test of an email or its draft to up to 10 addresses. It is marked, and no statistics count it",
        preview_models.EmailTest,
        preview_models.EmailTestRequest,
    ),
    "diff_email": OperationDoc(
        "Compare two revisions, or one and the draft, rendered with the same data",
        preview_models.EmailDiff,
        query=preview_models.EmailDiffQuery,
    ),
}
