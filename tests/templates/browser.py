"""One headless Chromium for the pictures: spoken to by its DevTools protocol, so that a page has exactly the width and the colour scheme it is given."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

# Every image is loaded, or has failed.
_SETTLED = "Promise.all([...document.images].map((one) => one.complete || new Promise((done) => (one.onload = one.onerror = done))))"
PROGRAM = shutil.which("chromium") or shutil.which("google-chrome")


@dataclass
class Browser:
    socket: aiohttp.ClientWebSocketResponse
    loop: asyncio.AbstractEventLoop
    last_id: int = 0

    def show(self, html: str, *, width: int, dark: bool) -> None:
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._call("Emulation.setDeviceMetricsOverride", **metrics)
        self._call("Emulation.setEmulatedMedia", features=[scheme])
        frame = self._call("Page.getFrameTree")["frameTree"]["frame"]["id"]
        self._call("Page.setDocumentContent", frameId=frame, html=html)
        self.run(_SETTLED)

    def run(self, script: str) -> Any:
        """The value of an expression of JavaScript, or of its promise."""
        answer = self._call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"])
        return answer["result"].get("value")

    def picture(self) -> bytes:
        """A PNG of the whole page."""
        return base64.b64decode(
            self._call("Page.captureScreenshot", captureBeyondViewport=True, optimizeForSpeed=True)["data"]
        )

    def thumbnail(self, *, width: int, height: int, scale: float) -> bytes:
        """A small WebP of the top of the page."""
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": scale}
        options = {"format": "webp", "quality": 80, "clip": clip, "captureBeyondViewport": True}
        return base64.b64decode(self._call("Page.captureScreenshot", **options)["data"])

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        return self.loop.run_until_complete(self._answer(method, params))

    async def _answer(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        self.last_id += 1
        await self.socket.send_json({"id": self.last_id, "method": method, "params": params})
        while True:
            reported = json.loads(await self.socket.receive_str())
            if reported.get("id") == self.last_id:
                if "error" in reported:
                    raise RuntimeError(f"{method}: {reported['error']}")
                result: dict[str, Any] = reported["result"]
                return result


@contextmanager
def browser() -> Iterator[Browser]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile, _chromium(Path(profile)) as port:
        loop = asyncio.new_event_loop()
        http = loop.run_until_complete(_session())
        try:
            socket = loop.run_until_complete(_page(http, port))
            yield Browser(socket, loop)
        finally:
            loop.run_until_complete(http.close())
            loop.close()


@contextmanager
def _chromium(profile: Path) -> Iterator[str]:
    """Its port."""
    assert PROGRAM
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"]
    process = subprocess.Popen(
        [PROGRAM, *flags, "--remote-debugging-port=0", f"--user-data-dir={profile}", "about:blank"],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    try:
        line = next(line for line in process.stderr if line.startswith("DevTools listening on "))
        yield line.partition("127.0.0.1:")[2].partition("/")[0]
    finally:
        process.terminate()
        process.communicate()


async def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession()


async def _page(http: aiohttp.ClientSession, port: str) -> aiohttp.ClientWebSocketResponse:
    async with http.get(f"http://127.0.0.1:{port}/json/list") as answer:
        pages = [one for one in await answer.json() if one["type"] == "page"]
    return await http.ws_connect(pages[0]["webSocketDebuggerUrl"], max_msg_size=0)
