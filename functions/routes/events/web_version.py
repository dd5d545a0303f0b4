"""The web version of a mail: the page of a mail's own link, which shows the mail as it was sent."""

from __future__ import annotations

from functions import wiring
from functions.core.errors import NotFound
from functions.http.html import page
from functions.http.mail_document import mail_document
from functions.http.responses import HtmlPage
from functions.i18n import languages
from functions.routes.http.gate import ApiRequest


def get_web_version(request: ApiRequest) -> HtmlPage:
    try:
        mail = wiring.get(wiring.sending.rebuild_mail).web_version(request.path_parameters["link"])
    except NotFound:
        language = languages.negotiated((), request.headers.get("accept-language", ""))
        return page("web_version_expired.html", language, 404)
    return mail_document(mail.rendered.html, wiring.container().settings.images_url)


check_web_version = get_web_version  # the server of a HEAD request sends no body
