"""Forms on paper: `forms` makes sheets of a dictionary, `drawing.drawn` makes a PDF of sheets."""
