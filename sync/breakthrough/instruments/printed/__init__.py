"""What is handed out on paper: data guide, PDSA worksheet, team charter, storyboard; and instruments as blank forms.

All of it is made of `collaborative.yaml` and the instruments, so that a changed label or definition changes the paper.
`Press(content, collaborative, project, cases, now, size).tool(name)` gives a tool's page; a PDF of it is left to
`breakthrough.paper`.
"""

from breakthrough.instruments.printed.render import TOOLS, Press, Printed, Size

__all__ = ["TOOLS", "Press", "Printed", "Size"]
