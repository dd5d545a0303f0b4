"""The grounds on which a person may be mailed, in HubSpot's words."""

from __future__ import annotations

from typing import Literal, get_args

LegalBasis = Literal[
    "LEGITIMATE_INTEREST_PQL",
    "LEGITIMATE_INTEREST_CLIENT",
    "PERFORMANCE_OF_CONTRACT",
    "CONSENT_WITH_NOTICE",
    "NON_GDPR",
    "PROCESS_AND_STORE",
    "LEGITIMATE_INTEREST_OTHER",
]
LEGAL_BASES: tuple[LegalBasis, ...] = get_args(LegalBasis)
EXPLANATION_MAX = 1000  # characters
