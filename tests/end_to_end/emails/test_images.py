"""Images on the running service: uploaded, served with long caching, and not deleted while a published email uses them."""

from __future__ import annotations

import requests

from functions.routes.statistics.table import EMAILS_PATH as EMAILS
from tests.end_to_end.service import Service
from tests.end_to_end.support.emails import IMAGES, create_email, upload_image, whole
from tests.support.images import png


def test_an_uploaded_image_is_served_for_a_year(service: Service) -> None:
    image = upload_image(service, png(2, 2, 1))
    served = requests.get(image["url"], timeout=10)
    assert (served.status_code, served.content) == (200, png(2, 2, 1))
    assert served.headers["content-type"] == "image/png"
    assert served.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_an_image_of_a_published_email_stays(service: Service) -> None:
    image = upload_image(service, png(2, 2, 2))
    content = {"html": f'<p><img src="{image["url"]}" alt="Our shop"></p>', "plainTextVersion": "Our shop"}
    email_id = create_email(service, **whole(content=content))["id"]
    assert service.http.post(f"{EMAILS}/{email_id}/publish").status_code == 204
    refused = service.http.request("DELETE", f"{IMAGES}/{image['id']}")
    assert (refused.status_code, f"email {email_id}" in refused.json()["message"]) == (409, True)
    assert service.http.post(f"{EMAILS}/{email_id}/unpublish").status_code == 204
    assert service.http.request("DELETE", f"{IMAGES}/{image['id']}").status_code == 204
    assert requests.get(image["url"], timeout=10).status_code == 403
