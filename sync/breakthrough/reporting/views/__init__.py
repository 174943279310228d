"""Reports as plain data, one view a role: every word, figure and picture is settled here; a template only lays out."""

from breakthrough.reporting.views.coach import CoachReport, coach_report
from breakthrough.reporting.views.coordinator import CoordinatorReport, coordinator_report
from breakthrough.reporting.views.drift import DriftReport, drift_report
from breakthrough.reporting.views.team import TeamReport, team_report

__all__ = [
    "CoachReport",
    "CoordinatorReport",
    "DriftReport",
    "TeamReport",
    "coach_report",
    "coordinator_report",
    "drift_report",
    "team_report",
]
