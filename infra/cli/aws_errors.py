"""What a command's call to AWS may raise, for the reader."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError

from functions.adapters.aws.errors import AwsError, ConnectError, ReadTimeout

AWS_ERRORS = (AwsError, ConnectError, ReadTimeout, ClientError, BotoCoreError)


def described(error: BaseException) -> str:
    """Describes the first error of a chain, when undoing failed as well."""
    match _first(error):
        case AwsError() | ClientError() as refusal:
            return f"AWS refused. {refusal}"
        case ReadTimeout() as silence:
            return f"AWS did not answer, so it is unknown whether it was done: {silence}"
        case other:
            return f"AWS cannot be reached: {other}"


def _first(error: BaseException) -> BaseException:
    """An error's context is the error that was being handled. The SDK's own error is the context of ours."""
    chain = [error]
    while isinstance(chain[-1].__context__, AWS_ERRORS):
        chain.append(chain[-1].__context__)
    ours = [one for one in chain if not isinstance(one, (ClientError, BotoCoreError))]
    return (ours or chain)[-1]
