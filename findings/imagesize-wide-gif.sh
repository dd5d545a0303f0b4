#!/usr/bin/env bash
# Guess:   a reader of image sizes returns the width and the height that the file states.
# Really:  imagesize reads the two octets of a GIF's width as a signed number: 40,000 pixels are -25,536, without an error. The same octets
#          are a width up to 65,535 in GIF's specification, and a PNG of that width is read right.
# Seen:    imagesize 2.0.1.
# Matters: the width goes into the HTML of a mail, and is negative there.
# Source:  GIF89a, section 18, "Logical Screen Width - 2 octets, unsigned"; the rest is shown by the run.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi imagesize==2.0.1
seen=$(
  python - <<'PY'
import io
import struct
import zlib

import imagesize


def gif(width, height):
    screen = struct.pack("<HHBBB", width, height, 0, 0, 0)
    return b"GIF89a" + screen + b"\x2c" + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x02\x02\x44\x01\x00\x3b"


def png(width, height):
    def chunk(kind, content):
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    row = b"\x00" * (1 + (width + 7) // 8)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(row * height)) + chunk(b"IEND", b"")


for width in (30_000, 40_000):
    print("GIF", width, "is", imagesize.get(io.BytesIO(gif(width, 1))))
print("PNG", 40_000, "is", imagesize.get(io.BytesIO(png(40_000, 1))))
PY
)
expect <<'SEEN'
GIF 30000 is (30000, 1)
GIF 40000 is (-25536, 1)
PNG 40000 is (40000, 1)
SEEN
