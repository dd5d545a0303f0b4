"""The spellings of a path: one with doubled slashes, or with one at its end, is the path without them."""


def normalized(path: str) -> str:
    """HubSpot's clients double a slash or end with one, depending on how their host was configured."""
    return "/" + "/".join(part for part in path.split("/") if part)
