"""This room's part of the OpenAPI document."""

from __future__ import annotations

from functions.routes.domains import models
from functions.routes.http.operation_doc import OperationDoc

OPERATION_DOCS = {
    "list_domains": OperationDoc("List the sending domains, as their last checks left them", models.DomainList),
    "add_domain": OperationDoc(
        "Create a domain's identity at SES, and get the DNS records that it needs. A repeated call continues an interrupted one",
        models.DomainReportView,
        models.DomainAddRequest,
    ),
    "check_domain": OperationDoc(
        "Check a domain: what SES and DNS have now, what DNS should have, and what to do", models.DomainReportView
    ),
    "adopt_domain": OperationDoc(
        "Send as a domain that SES has already. Its DKIM, MAIL FROM and default set stay as they are",
        models.DomainReportView,
        models.DomainAdoptRequest,
    ),
    "remove_domain": OperationDoc(
        "Remove a domain, and its identity unless it was adopted. A domain that is in use is kept, unless forced",
        None,
        query=models.DomainRemovalQuery,
    ),
}
