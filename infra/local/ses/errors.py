"""SES's own refusals: every error that a caller can get is one `SesError`, named and worded as in SES."""

from http import HTTPStatus

_STATUS = {
    "NotFoundException": HTTPStatus.NOT_FOUND,
    "ConflictException": HTTPStatus.CONFLICT,
    "TooManyRequestsException": HTTPStatus.TOO_MANY_REQUESTS,
    "InternalServiceErrorException": HTTPStatus.INTERNAL_SERVER_ERROR,
    "NotImplementedException": HTTPStatus.NOT_IMPLEMENTED,
    "UnknownOperationException": HTTPStatus.NOT_FOUND,
}


class SesError(Exception):
    """A refusal with SES's error type (`code`) and text. The API and SMTP each send it in their protocol."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message

    @property
    def status(self) -> int:
        return _STATUS.get(self.code, HTTPStatus.BAD_REQUEST)


def bad_request(message: str) -> SesError:
    return SesError("BadRequestException", message)


def not_found(message: str) -> SesError:
    return SesError("NotFoundException", message)


def already_exists(message: str) -> SesError:
    return SesError("AlreadyExistsException", message)
