"""The small languages inside a dictionary's cells. What they find has its place, counted in characters from 0.

`choices.parse(cell)`, `piping.found(text)`, `embedding.found(text)`, `tags.found(annotation)`,
`matrices.found(fields)`, `html.plain(label)` and `html.safe(label)`. `text[one.start:one.end]` is how a thing was
written. None of them raises, whatever the text. Logic has a room of its own, `breakthrough.logic`; what is a mistake
is left to lint.
"""
