"""This room's part of the OpenAPI document."""

from __future__ import annotations

from functions.routes.account import cost_models, ip_models, models
from functions.routes.http.operation_doc import OperationDoc

OPERATION_DOCS = {
    "get_sending_status": OperationDoc(
        "Get SES's sending status, bounce and complaint rates, and pauses", models.SendingView
    ),
    "pause_sending": OperationDoc(
        "Pause an email, or all marketing mail: its sends are refused", models.PauseAnswer, models.PauseRequest
    ),
    "resume_sending": OperationDoc(
        "End a pause. Accepted sends that it refused are dead letters: see `staffetta redrive`",
        models.PauseAnswer,
        models.ResumeRequest,
    ),
    "get_cost": OperationDoc(
        "Estimate a month's cost, line by line, on each of SES's plans and pools and next to other services",
        cost_models.MonthlyCostView,
        query=cost_models.CostQuery,
    ),
    "get_dedicated_ips": OperationDoc(
        "Get the IP pool, its addresses with their warm-up, names and block lists, and the cost of a month",
        ip_models.DedicatedIpsView,
        query=ip_models.DedicatedIpsQuery,
    ),
}
