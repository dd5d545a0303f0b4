"""This room's part of the OpenAPI document."""

from __future__ import annotations

from functions.routes.automations import models
from functions.routes.http.operation_doc import OperationDoc

OPERATION_DOCS = {
    "send_event": OperationDoc(
        "Send a custom event of a contact, which starts automations and ends their waits",
        None,
        models.CustomEventRequest,
    ),
    "send_events": OperationDoc("Send custom events", None, models.CustomEventBatchRequest),
    "create_automation": OperationDoc(
        "Create an automation as a draft", models.AutomationView, models.AutomationCreateRequest
    ),
    "list_automation_starters": OperationDoc(
        "List the starters: automations that are ready to publish", models.AutomationStarterList
    ),
    "create_automation_from_starter": OperationDoc(
        "Create an automation from a starter, and publish those of its emails that do not exist",
        models.AutomationFromStarter,
        models.StarterRequest,
    ),
    "list_automations": OperationDoc("List the automations", models.AutomationList),
    "check_automation": OperationDoc(
        "Check a definition as publishing would: every error and warning, with its line and column",
        models.AutomationCheck,
        models.AutomationCheckRequest,
    ),
    "get_automation_schema": OperationDoc("Get the JSON Schema of a definition", None),
    "get_automation": OperationDoc("Get an automation with its draft and its counts", models.AutomationDetails),
    "update_automation": OperationDoc(
        "Replace an automation's draft", models.AutomationView, models.AutomationUpdateRequest
    ),
    "delete_automation": OperationDoc("Delete an automation that is not active", None),
    "publish_automation": OperationDoc(
        "Publish the draft. Who is inside finishes on their version",
        models.AutomationPublished,
        query=models.AutomationChangeQuery,
    ),
    "pause_automation": OperationDoc(
        "Pause an automation: no contact enters, and the runs in it go on", models.AutomationView
    ),
    "resume_automation": OperationDoc("Let contacts enter again", models.AutomationView),
    "stop_automation_runs": OperationDoc("Pause an automation, and stop every run in it", models.RunsStopping),
    "list_automation_versions": OperationDoc(
        "List the published versions, the latest first", models.AutomationVersionList
    ),
    "get_automation_version": OperationDoc("Get a published version", models.AutomationVersionView),
    "get_automation_diagram": OperationDoc("Draw an automation as SVG, with its counts", None, drawing=True),
    "list_automation_runs": OperationDoc("List the runs of an automation", models.RunList, query=models.RunsQuery),
    "list_contact_runs": OperationDoc("List the runs of a contact, the latest first", models.RunList),
    "stop_run": OperationDoc("Stop a run", models.RunView),
    "stop_contact_runs": OperationDoc("Stop every run of a contact", models.RunList),
}
