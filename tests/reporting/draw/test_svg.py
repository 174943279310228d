"""Scenes as SVG, read by an XML parser."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from breakthrough.reporting.draw import Circle, Line, Polygon, Polyline, Rect, Scene, Text, svg
from breakthrough.reporting.draw.colours import BLUE, FOG, INK, PLUM, RUST, SLATE
from breakthrough.reporting.draw.scene import Mark

NAME = "{http://www.w3.org/2000/svg}"


def parsed(*marks: Mark, title: str = "Absence rate", description: str = "6.8% in March") -> ET.Element:
    return ET.fromstring(svg(Scene(560, 250, marks), title=title, description=description))  # noqa: S314


def test_a_picture_has_a_role_a_name_and_a_description() -> None:
    root = parsed()
    assert root.tag == f"{NAME}svg"
    assert root.get("role") == "img"
    title, description = root.find(f"{NAME}title"), root.find(f"{NAME}desc")
    assert title is not None
    assert description is not None
    assert (title.text, description.text) == ("Absence rate", "6.8% in March")
    assert (root.get("aria-labelledby"), root.get("aria-describedby")) == (title.get("id"), description.get("id"))
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("560", "250", "0 0 560 250")


def test_words_stay_words_in_the_bundled_family_with_fallbacks() -> None:
    root = parsed(Text(10, 20, "Median 7.4%", 12.5, SLATE, 600, "end"), Text(5, 8, "closed", 10.5, SLATE, rotation=-90))
    families = root.get("font-family") or ""
    assert families.startswith("'Breakthrough Sans', Inter")
    assert families.endswith("sans-serif")
    first, second = root.findall(f"{NAME}text")
    assert first.text == "Median 7.4%"
    assert first.attrib == {
        "x": "10",
        "y": "20",
        "font-size": "12.5",
        "font-weight": "600",
        "fill": SLATE,
        "text-anchor": "end",
    }
    assert second.get("transform") == "rotate(-90 5 8)"


def test_what_people_write_cannot_become_markup() -> None:
    hostile = '</text><script>alert("x")</script> & \x00\x1b\u202eabc\ud800'
    root = parsed(Text(0, 10, hostile, 12, INK), title=hostile, description=hostile)
    assert not list(root.iter(f"{NAME}script"))
    words = root.find(f"{NAME}text")
    title = root.find(f"{NAME}title")
    assert words is not None
    assert title is not None
    assert words.text == title.text == '</text><script>alert("x")</script> & abc'


def test_the_ground_is_painted_first() -> None:
    first = parsed(Circle(1, 1, 1, fill=INK)).findall("*")[2]
    assert (first.tag, first.get("fill"), first.get("width")) == (f"{NAME}rect", "#FFFFFF", "560")


def test_each_mark_becomes_one_element() -> None:
    root = parsed(
        Line(0, 1.25, 10, 1.256, PLUM, 1.8, (7, 4)),
        Polyline(((0, 0), (1, 2)), INK, 2),
        Rect(1, 2, 3, 4, fill=FOG, radius=2, opacity=0.5),
        Circle(5, 5, 2, stroke=RUST),
        Polygon(((0, 0), (1, 0), (0, 1)), fill=BLUE),
    )
    line, stroke, rect, circle, shape = root.findall("*")[3:]
    assert line.attrib == {
        "x1": "0",
        "y1": "1.25",
        "x2": "10",
        "y2": "1.26",
        "stroke": PLUM,
        "stroke-width": "1.8",
        "stroke-dasharray": "7 4",
    }
    assert (stroke.get("points"), stroke.get("fill"), stroke.get("stroke-linejoin")) == ("0,0 1,2", "none", "round")
    assert (rect.get("rx"), rect.get("opacity")) == ("2", "0.5")
    assert (circle.get("fill"), circle.get("stroke"), circle.get("stroke-width")) == ("none", RUST, "1")
    assert (shape.get("points"), shape.get("fill"), shape.get("stroke")) == ("0,0 1,0 0,1", BLUE, None)


def test_the_same_picture_gives_the_same_bytes_and_another_one_other_ids() -> None:
    one = Scene(10, 10, (Circle(5, 5, 2, fill=INK),))
    two = Scene(10, 10, (Circle(5, 5, 3, fill=INK),))
    first, again, other = (svg(scene, title="a", description="b") for scene in (one, one, two))
    assert first == again
    ids = [set(re.findall(r'id="(\w+)"', text)) for text in (first, other)]
    assert len(ids[0]) == 2
    assert not ids[0] & ids[1]


def test_nothing_in_it_asks_the_network() -> None:
    text = svg(Scene(10, 10, (Text(0, 5, "x", 10, INK),)), title="a", description="b")
    assert text.count("http") == 1  # the name space
