"""What is made of a file is made once, and anew when the file was written again."""

import os
from pathlib import Path

from breakthrough.reporting.render import unchanged


def test_a_file_is_read_once_until_it_is_written_again(tmp_path: Path) -> None:
    read: list[str] = []

    @unchanged.kept(8)
    def first_line(path: Path, ending: str) -> str:
        read.append(ending)
        return path.read_text().splitlines()[0] + ending

    file = tmp_path / "notes.txt"
    file.write_text("one\n")
    assert [first_line(file, "!"), first_line(file, "!"), first_line(file, "?")] == ["one!", "one!", "one?"]
    assert read == ["!", "?"]
    file.write_text("two\n")
    os.utime(file, ns=(0, file.stat().st_mtime_ns + 1))
    assert [first_line(file, "!"), first_line(file, "!")] == ["two!", "two!"]
    assert read == ["!", "?", "!"]
