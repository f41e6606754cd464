"""The legend of a picture: above its panels, where it hides nothing; never cut, and never more than a quarter of the height."""
import textwrap

import matplotlib
import matplotlib.transforms

from .foreign import printable

#: the largest share of the height
SHARE = 0.25
#: how high a picture may grow for its legend, as a multiple of its width: with one panel, with several
TALL, WIDE = 1.2, 0.6
#: of the width, so much is left free: letters are not as wide at every resolution
FREE = 0.015
#: inches between title, legend and panels; and between two entries of a row, in units of the font
GAP, APART = 0.06, 1.6
#: characters of the shortest line into which a text is broken
LEAST = 8
#: by how many points the font may shrink
SHRINK = (0, 0.5, 1)


def above(made, handles, texts, title=""):
    """Puts title and legend above the panels, and makes the picture higher by them. Returns [] or, where the texts would need more than the
    legend may have, what its numbers stand for, a line for each."""
    renderer = made.canvas.get_renderer()
    width, height = made.get_size_inches()
    most = width * (TALL if len(made.axes) == 1 else WIDE)
    texts = [printable(text) for text in texts]
    heading = _heading(made, renderer, title, width)
    used = 0.0 if heading is None else heading.get_window_extent(renderer).height / made.dpi + GAP
    keys = []
    rows = _smallest(made, renderer, handles, texts, width, height, used, most)
    if rows is None:
        keys = [f"{number}: {text}" for number, text in enumerate(texts, 1)]
        rows = _smallest(made, renderer, handles, [str(number) for number in range(1, len(texts) + 1)], width, height, used, float("inf"))
    tall = sum(_height(made, renderer, row) for row in rows)
    height = max(height, tall / SHARE - tall - used)
    total = height + used + tall
    made.set_figheight(total)
    if heading is not None:
        heading.set_y(1 - GAP / total)
    for row in rows:
        row.set_bbox_to_anchor((0, 1 - used / total), transform=made.transFigure)
        used += _height(made, renderer, row)
    made.get_layout_engine().set(rect=(0, 0, 1, height / total))
    return keys


def texts_of(made):
    """All texts of the legend of a picture"""
    return [text.get_text() for row in made.legends for text in row.get_texts()]


def extent(made):
    """The box of the legend in pixels, once the picture is drawn"""
    return matplotlib.transforms.Bbox.union([row.get_window_extent() for row in made.legends])


def _heading(made, renderer, title, width):
    """The title in lines that are not cut; None if there is none"""
    if not title:
        return None
    title = printable(title)
    for characters in range(max(len(title), LEAST), LEAST - 1, -1):
        heading = made.text(0.004, 1, textwrap.fill(title, characters), ha="left", va="top", color="#444444", parse_math=False)
        if heading.get_window_extent(renderer).width <= (1 - FREE) * width * made.dpi or characters == LEAST:
            break
        heading.remove()
    return heading


def _height(made, renderer, row):
    return row.get_window_extent(renderer).height / made.dpi


def _smallest(made, renderer, handles, texts, width, height, used, most):
    """The rows of the legend, in the largest font in which they fit: as a table if that fits, else each entry where there is room. Or None"""
    base = matplotlib.rcParams["legend.fontsize"]
    for smaller in SHRINK:
        for arranged in (_table, _rows):
            rows = arranged(made, renderer, handles, texts, (1 - FREE) * width, base - smaller)
            tall = sum(_height(made, renderer, row) for row in rows)
            if tall <= SHARE * (height + used + tall) or (smaller == SHRINK[-1] and arranged is _rows and tall <= SHARE * most):
                return rows
            for row in rows:
                row.remove()
    return None


def _legend(made, handles, texts, size, columns):
    legend = made.legend(handles, texts, loc="upper left", ncol=columns, borderaxespad=0, borderpad=0.2, columnspacing=APART, handletextpad=0.6,
                         fontsize=size)
    for text in legend.get_texts():
        text.set_parse_math(False)
    return legend


def _table(made, renderer, handles, texts, width, size):
    """One legend with as many columns as fit"""
    for columns in range(len(handles), 0, -1):
        legend = _legend(made, handles, texts, size, columns)
        if legend.get_window_extent(renderer).width <= width * made.dpi:
            return [legend]
        legend.remove()
    return _rows(made, renderer, handles, texts, width, size)


def _rows(made, renderer, handles, texts, width, size):
    """A legend for each row, and each entry in the first row in which there is room; a text that is wider than the picture is broken."""
    texts, wide = list(texts), []
    for at, handle in enumerate(handles):
        for characters in range(max(len(texts[at]), LEAST), LEAST - 1, -1):
            broken = textwrap.fill(texts[at], characters)
            alone = _legend(made, [handle], [broken], size, 1)
            box = alone.get_window_extent(renderer).width / made.dpi
            alone.remove()
            if box <= width:
                break
        texts[at] = broken
        wide.append(box)
    found = []
    for at, box in enumerate(wide):
        row = next((row for row in found if sum(wide[other] for other in row) + box + len(row) * APART * size / 72 <= width), None)
        if row is None:
            found.append([at])
        else:
            row.append(at)
    return [_legend(made, [handles[at] for at in row], [texts[at] for at in row], size, len(row)) for row in found]
