"""How a project is set up: settings, dictionary, arms and events, groups, surveys, reports."""
