"""The legend of a picture: above its panels, where it hides nothing; never cut, and never more than a quarter of the height."""
import textwrap

import matplotlib
import matplotlib.font_manager
import matplotlib.transforms

from .foreign import printable

#: the largest share of the height
SHARE = 0.25
#: how high a picture may grow for its legend, as a multiple of its width: with one panel, with several
TALL, WIDE = 1.2, 0.6
#: of the width, so much is left free: letters are not as wide at every resolution
FREE = 0.015
#: inches between title, legend and panels; and in units of the font: between two entries of a row, around a row, beside a line, and a row is as
#: high at least
GAP, APART, BORDER, PAD, LINE = 0.06, 1.6, 0.2, 0.6, 1.0
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
        entries = [_entry(renderer, text, base - smaller, (1 - FREE) * width * made.dpi) for text in texts]
        lines = [text for text, _ in entries]
        wide = [box for _, box in entries]
        for arranged in (_table, _rows):
            plan = arranged(wide, (1 - FREE) * width * made.dpi, APART * (base - smaller) * made.dpi / 72)
            least = sum(-(-len(row) // columns) for row, columns in plan) * LINE * (base - smaller) / 72
            limit = most if smaller == SHRINK[-1] and arranged is _rows else height + used + 2 * least
            if least > SHARE * limit:
                continue  # too high, however it is drawn
            rows = [_legend(made, [handles[at] for at in row], [lines[at] for at in row], base - smaller, columns) for row, columns in plan]
            tall = sum(_height(made, renderer, row) for row in rows)
            if tall <= SHARE * (limit if limit == most else height + used + tall):
                return rows
            for row in rows:
                row.remove()
    return None


def _entry(renderer, text, size, width):
    """(the text in lines that are not wider than so many pixels, how wide the entry is)"""
    font = matplotlib.font_manager.FontProperties(size=size)
    handle = (matplotlib.rcParams["legend.handlelength"] + PAD + 2 * BORDER) * size * renderer.dpi / 72
    for characters in range(max(len(text), LEAST), LEAST - 1, -1):
        lines = textwrap.wrap(text, characters) or [""]
        box = handle + max(renderer.get_text_width_height_descent(line, font, ismath=False)[0] for line in lines)
        if box <= width:
            break
    return "\n".join(lines), box


def _legend(made, handles, texts, size, columns):
    legend = made.legend(handles, texts, loc="upper left", ncol=columns, borderaxespad=0, borderpad=BORDER, columnspacing=APART, handletextpad=PAD,
                         fontsize=size)
    for text in legend.get_texts():
        text.set_parse_math(False)
    return legend


def _table(wide, width, apart):
    """[(all entries, number of columns)] with as many columns as fit, which are filled one after the other"""
    for columns in range(len(wide), 1, -1):
        deep, longer = divmod(len(wide), columns)
        sizes, at = [], 0
        for column in range(columns):
            end = at + deep + (column < longer)
            sizes.append(max(wide[at:end], default=0.0))
            at = end
        if sum(sizes) + (columns - 1) * apart <= width:
            return [(list(range(len(wide))), columns)]
    return [(list(range(len(wide))), 1)]


def _rows(wide, width, apart):
    """[(entries, their number)] of each row: each entry in the first row in which there is room"""
    found = []
    for at, box in enumerate(wide):
        row = next((row for row in found if sum(wide[other] for other in row) + box + len(row) * apart <= width), None)
        if row is None:
            found.append([at])
        else:
            row.append(at)
    return [(row, len(row)) for row in found]
