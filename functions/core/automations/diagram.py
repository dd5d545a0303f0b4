"""Draws an automation as SVG: a box for each step, from the trigger down, and a line for each way.

It has no style and no script, so it shows under a strict policy; its colour is the text's around it. The description lists every step
and way, for a screen reader.
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from msgspec import Struct

from functions.core.automations.definition import END, Definition
from functions.core.automations.words import ENGLISH, AutomationWords

WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 240, 56, 40, 40, 20
ROW = 16  # the height of a label: below a box, each way has a row of its own for it
TITLE_MAX, LINE_MAX = 26, 34  # characters in a box, of its title in bold and of its line
LABEL_MAX = 20  # characters of a label: half a box and half a gap, so that it meets none of the next box
TRIGGER = "trigger"


class _Box(Struct, frozen=True):
    id: str
    title: str
    text: str
    x: int
    y: int
    row: int


class _Way(Struct, frozen=True):
    start: str
    end: str
    label: str = ""
    number: int = 0  # of the ways out of its start, from the left
    among: int = 1


def drawn(definition: Definition, counts: Mapping[str, int] | None = None, words: AutomationWords = ENGLISH) -> str:
    """Returns the SVG. `counts`: how many runs passed each step, by its id."""
    layers, ways = _layers(definition), _ways(definition, words)
    tops = _tops(layers, ways)
    boxes = _boxes(definition, layers, tops, counts or {}, words)
    columns = max(len(layer) for layer in layers)
    width = 2 * MARGIN + columns * WIDTH + (columns - 1) * GAP_X + 2 * GAP_X
    height = tops[-1] + HEIGHT + MARGIN
    lines = "".join(_drawn_way(way, boxes, tops) for way in ways)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}" viewBox="0 0 {width} {height}" font-family="sans-serif" '
        f'font-size="13" fill="currentColor"><title>{escape(definition.name)}</title>'
        f"<desc>{escape(description(definition, words))}</desc>{lines}{''.join(map(_drawn_box, boxes.values()))}</svg>"
    )


def description(definition: Definition, words: AutomationWords = ENGLISH) -> str:
    """Returns the automation as sentences."""
    sentences = [words.of_beginning(definition)]
    for step in definition.steps:
        labels = zip(words.of_ways(step), definition.targets(step), strict=True)
        ways = " ".join(f"{label or words.then()}: {target}." for label, target in labels)
        sentences.append(f"{step.id}: {words.of_step(step)}. {ways}".strip())
    return " ".join(sentences)


def _layers(definition: Definition) -> list[list[str]]:
    """Returns the ids from the trigger down: each step one layer below the first step that leads to it."""
    layers: list[list[str]] = [[TRIGGER], [definition.steps[0].id]]
    reached = {definition.steps[0].id}
    while layers[-1]:
        below: list[str] = []
        for step_id in layers[-1]:
            if step_id != END:
                for target in definition.targets(definition.step(step_id)) or (END,):
                    if target not in reached:
                        reached.add(target)
                        below.append(target)
        layers.append(below)
    end_last = [[step_id for step_id in layer if step_id != END] for layer in layers]
    return [*(layer for layer in end_last if layer), [END]]


def _tops(layers: list[list[str]], ways: list[_Way]) -> list[int]:
    """Returns the y of each layer: the gap below one has a row for each label of its step with the most."""
    rows = {way.start: way.among for way in ways if way.label}
    tops = [MARGIN]
    for layer in layers[:-1]:
        tops.append(tops[-1] + HEIGHT + GAP_Y + ROW * max(rows.get(step_id, 0) for step_id in layer))
    return tops


def _boxes(
    definition: Definition, layers: list[list[str]], tops: list[int], counts: Mapping[str, int], words: AutomationWords
) -> dict[str, _Box]:
    columns = max(len(layer) for layer in layers)
    total = columns * WIDTH + (columns - 1) * GAP_X
    boxes: dict[str, _Box] = {}
    for row, layer in enumerate(layers):
        span = len(layer) * WIDTH + (len(layer) - 1) * GAP_X
        for column, step_id in enumerate(layer):
            x = MARGIN + (total - span) // 2 + column * (WIDTH + GAP_X)
            boxes[step_id] = _Box(step_id, *_texts(definition, step_id, counts, words), x, tops[row], row)
    return boxes


def _texts(definition: Definition, step_id: str, counts: Mapping[str, int], words: AutomationWords) -> tuple[str, str]:
    if step_id == TRIGGER:
        return definition.name, words.of_trigger(definition.trigger)
    if step_id == END:
        return words.end(), ""
    passed = f" ({words.number(counts[step_id])})" if step_id in counts else ""
    return f"{step_id}{passed}", words.of_step(definition.step(step_id))


def _ways(definition: Definition, words: AutomationWords) -> list[_Way]:
    ways = [_Way(TRIGGER, definition.steps[0].id)]
    for step in definition.steps:
        labels, targets = words.of_ways(step) or ("",), definition.targets(step) or (END,)
        ways += [
            _Way(step.id, target, label, number, len(targets))
            for number, (label, target) in enumerate(zip(labels, targets, strict=True))
        ]
    return ways


def _drawn_way(way: _Way, boxes: Mapping[str, _Box], tops: list[int]) -> str:
    """Each way leaves its box at a place of its own. One to the next layer goes straight there, below the labels. A way up, or past a
    layer, goes round the boxes on the right.
    """
    first, last = boxes[way.start], boxes[way.end]
    x1, y1 = first.x + WIDTH * (way.number + 1) // (way.among + 1), first.y + HEIGHT
    x2, y2 = last.x + WIDTH // 2, last.y
    if last.row == first.row + 1:
        path = f"M{x1} {y1}V{y2 - GAP_Y}L{x2} {y2}"
    else:
        right = max(box.x for box in boxes.values()) + WIDTH + GAP_X
        path = f"M{x1} {y1}V{y1 + ROW * (way.number + 1)}H{right}V{y2 - GAP_Y // 2}H{x2}V{y2}"
    head = f'<path d="M{x2 - 5} {y2 - 8}L{x2} {y2}L{x2 + 5} {y2 - 8}" fill="none" stroke="currentColor"/>'
    return f'<path d="{path}" fill="none" stroke="currentColor" stroke-opacity="0.6"/>{head}{_drawn_label(way, x1, y1)}'


def _drawn_label(way: _Way, x: int, y: int) -> str:
    """Next to the line of its way, in the row of its number, towards the middle of the box: so it stays below its own box."""
    if not way.label:
        return ""
    is_left = 2 * (way.number + 1) <= way.among + 1
    at, anchor = (x + 6, "start") if is_left else (x - 6, "end")
    whole = f"<title>{escape(way.label)}</title>" if len(way.label) > LABEL_MAX else ""
    return f'<text x="{at}" y="{y + ROW * (way.number + 1) - 4}" text-anchor="{anchor}" font-size="11">{whole}{_short(way.label, LABEL_MAX)}</text>'


def _drawn_box(box: _Box) -> str:
    middle = box.x + WIDTH // 2
    title = f'<text x="{middle}" y="{box.y + 23}" text-anchor="middle" font-weight="bold">{_short(box.title, TITLE_MAX)}</text>'
    text = (
        f'<text x="{middle}" y="{box.y + 42}" text-anchor="middle" font-size="12">{_short(box.text, LINE_MAX)}</text>'
    )
    frame = (
        f'<rect x="{box.x}" y="{box.y}" width="{WIDTH}" height="{HEIGHT}" rx="8" fill="none" stroke="currentColor"/>'
    )
    return f"<g id={quoteattr('step-' + box.id)}><title>{escape(box.text or box.title)}</title>{frame}{title}{text}</g>"


def _short(text: str, most: int) -> str:
    return escape(text if len(text) <= most else f"{text[: most - 1]}…")
