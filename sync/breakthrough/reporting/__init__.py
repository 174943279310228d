"""Reports: views (what each role reads), sentences, charts (chart to scene), draw (scene to SVG, PNG) and render."""
