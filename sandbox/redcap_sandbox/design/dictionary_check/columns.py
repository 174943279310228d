"""The columns of a dictionary under whatever header: the API's names, those of the download, older ones, R's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from breakthrough.instruments import dictionary as files
from breakthrough.instruments.field import HEADERS
from redcap_sandbox.design.dictionary import COLUMNS

# Headers of older servers; letters and digits only.
_OLDER = {
    "choicesorcalculations": "select_choices_or_calculations",
    "matrixgroupranking": "matrix_ranking",
}


def _plain(header: str) -> str:
    return re.sub(r"[^a-z0-9]", "", header.lower())


_MEANING: Mapping[str, str] = (
    {_plain(name): name for name in COLUMNS} | {_plain(header): name for name, header in HEADERS.items()} | _OLDER
)


def named(rows: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """The rows under the API's names: `Variable / Field Name` is `field_name`; what is no column of REDCap's stays."""
    return [{_MEANING.get(_plain(name), name): cell for name, cell in row.items()} for row in rows]


def unknown_columns(rows: Iterable[Mapping[str, str]]) -> list[str]:
    """The names that are no column of a dictionary, sorted."""
    return sorted({name for row in rows for name in row if _plain(name) not in _MEANING})


def rows_from_csv(data: bytes, name: str = "data dictionary") -> list[dict[str, str]]:
    """The rows of a dictionary file as people upload it, under the API's names and with every cell as it stands.

    Any of the usual delimiters and encodings will do, blank rows are left out. DictionaryInvalid if it is no
    dictionary; `name` is what its message calls the file.
    """
    return files.rows(files.parse(data, name).fields)
