"""The grounds on which a person may be mailed, in HubSpot's words."""

from __future__ import annotations

from typing import Literal

LegalBasis = Literal[
    "LEGITIMATE_INTEREST_PQL",
    "LEGITIMATE_INTEREST_CLIENT",
    "PERFORMANCE_OF_CONTRACT",
    "CONSENT_WITH_NOTICE",
    "NON_GDPR",
    "PROCESS_AND_STORE",
    "LEGITIMATE_INTEREST_OTHER",
]
EXPLANATION_MAX = 1000  # characters
