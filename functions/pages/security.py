"""The security of the pages: what a browser may load and do on them, and whether a form is ours."""

from __future__ import annotations

from functions.pages import cookies

_POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "script-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "frame-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
_COMMON = {
    "content-type": "text/html;charset=utf-8",
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
SAME_ORIGIN = "same-origin"  # of Sec-Fetch-Site: the request is of one of our own pages
_SAME_SITE = {SAME_ORIGIN, "none", ""}


class ForgedFormError(Exception):
    """The form is not one of our page for this visitor."""


def check_form(site: str, token: str, secret: str) -> None:
    """`site` is Sec-Fetch-Site, which browsers send themselves; the token also stops programs without it. `secret` is the visitor's, and
    empty for one who has seen no page of ours. Raises ForgedFormError.
    """
    if site not in _SAME_SITE or not cookies.matches(token, secret):
        raise ForgedFormError("the form is not one of our page, or is too old: load the page again")


def headers(**added: str) -> dict[str, str]:
    """Returns the headers of a page. `added` names more sources of a directive: `script_src="'nonce-...'"`."""
    policy = {**_POLICY}
    for name, source in added.items():
        directive = name.replace("_", "-")
        policy[directive] = f"{policy.get(directive, '')} {source}".strip()
    text = "; ".join(f"{name} {sources}" for name, sources in policy.items())
    return {**_COMMON, "content-security-policy": text, "x-frame-options": "DENY"}


def json_headers() -> dict[str, str]:
    """Returns the headers of an answer to a script of ours."""
    policy = "default-src 'none'; frame-ancestors 'none'"
    return {**_COMMON, "content-type": "application/json;charset=utf-8", "content-security-policy": policy}
