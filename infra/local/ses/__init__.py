"""Amazon SES on this machine: its v2 API, its SMTP endpoint, its checks, its tracking and its events.

No library serves: moto and ministack store sent mail, without events of event destinations, tracking, or an SMTP endpoint that checks
IAM policies; PyPI has no simulator of SES.
"""

from infra.local.ses.errors import SesError
from infra.local.ses.sending import SendingIdentity, Submission
from infra.local.ses.simulator import SesSimulator
from infra.local.ses.smtp.smtp_server import SmtpServer

__all__ = ["SendingIdentity", "SesError", "SesSimulator", "SmtpServer", "Submission"]
