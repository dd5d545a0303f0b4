"""Small files of each type. A browser draws the PNG; the others are whole enough to be stored."""

from __future__ import annotations

import struct
import zlib


def png(width: int, height: int, red: int = 0) -> bytes:
    """A picture of one colour."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = (b"\0" + bytes([red, 0, 0]) * width) * height
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def gif(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0, 0, 0) + b",\0\0\0\0\0\0\0\0\0\x02\0\0;"


def jpeg(width: int, height: int) -> bytes:
    comment = b"\xff\xfe" + struct.pack(">H", 2 + 5) + b"\xff\xc0\0\0\0"  # not a frame: the content of a segment
    frame = b"\xff\xff\xc2" + struct.pack(">HBHH", 8, 8, height, width) + b"\0"
    scan = b"\xff\xda" + struct.pack(">H", 2) + b"\0\0"
    return b"\xff\xd8" + comment + frame + scan + b"\xff\xd9"
