"""Images of emails."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from infra.cli.command import Group
from infra.cli.errors import CommandError
from infra.cli.options import json_option, limit_option, stage_option, yes_option
from infra.cli.terminal import confirm, show, show_json, show_table

if TYPE_CHECKING:
    from infra.cli.stage import Stage


@click.group(
    cls=Group, examples=["staffetta images list", "staffetta images upload logo.png --alt 'Acme' --stage prod"]
)
def command() -> None:
    pass


@command.command("list", examples=["staffetta images list", "staffetta images list --limit 1000 --json"])
@limit_option(100)
@stage_option
@json_option
def list_(stage: Stage, limit: int, *, as_json: bool) -> None:
    """List the uploaded images, the newest first."""
    from functions.routes.emails.images import list_images

    results: list[Any] = stage.collect(list_images, limit)
    if as_json:
        show_json({"results": results})
        return
    rows = [(one.url, f"{one.width}x{one.height}", f"{one.size:,}", one.alt_text, one.uploaded_at) for one in results]
    show_table(("URL", "PIXELS", "BYTES", "ALT TEXT", "UPLOADED"), rows, empty="No images.")


@command.command(
    "upload",
    fields={"content": "FILE", "filename": "FILE", "altText": "--alt"},
    examples=["staffetta images upload logo.png --alt 'Acme'"],
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--alt", required=True, help="what the image shows, for readers who do not see it; '' for an ornament")
@stage_option
@json_option
def upload(stage: Stage, file: Path, alt: str, *, as_json: bool) -> None:
    """Upload an image, and show its URL. FILE is a PNG, JPEG or GIF; it is uploaded as it is.

    The same file again has the same URL, and gets the new text.
    """
    from functions.routes.emails.images import upload_image

    if not file.is_file():
        raise CommandError(f"{file} is no file")
    content = base64.b64encode(file.read_bytes()).decode()
    image = stage.call(upload_image, body={"content": content, "alt_text": alt, "filename": file.name})
    if as_json:
        show_json(image)
    else:
        show(image.url)


@command.command("delete", examples=["staffetta images delete 0f3a5c7e9b1d2f4a6c8e0b2d4f6a8c0e.png --yes"])
@click.argument("image_id", metavar="IMAGE")
@stage_option
@yes_option
def delete(stage: Stage, image_id: str, *, yes: bool) -> None:
    """Delete an image that no published email uses. IMAGE is the end of its URL.

    Mails that were sent no longer show it, once it expires from caches.
    """
    from functions.routes.emails.images import delete_image

    confirm(f"Delete image {image_id} of stage {stage.name}? Mails that were sent no longer show it.", yes=yes)
    stage.call(delete_image, path={"imageId": image_id})
    show(f"Deleted image {image_id}.")
