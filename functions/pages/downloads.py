"""Files that a page lets a person store."""

from __future__ import annotations

from functions.http.responses import HtmlPage


def download(text: str, name: str) -> HtmlPage:
    """Returns a CSV file. Its byte-order mark makes spreadsheets read it as UTF-8."""
    return HtmlPage(
        f"\ufeff{text}",
        {
            "content-type": "text/csv;charset=utf-8",
            "content-disposition": f'attachment; filename="{name}"',
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
            "content-security-policy": "default-src 'none'",
        },
        200,
    )
