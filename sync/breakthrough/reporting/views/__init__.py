"""Reports as plain data, one view a role: every word, figure and picture is settled here; a template only lays out."""

from breakthrough.reporting.views.coach import CoachReport, coach_report
from breakthrough.reporting.views.drift import DriftReport, drift_report
from breakthrough.reporting.views.team import TeamReport, team_report

__all__ = ["CoachReport", "DriftReport", "TeamReport", "coach_report", "drift_report", "team_report"]
