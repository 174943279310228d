"""Reports as plain data, one view a role: every word, figure and picture is settled here; a template only lays out."""

from breakthrough.reporting.views.coach import CoachReport, coach_report
from breakthrough.reporting.views.collaborative import CollaborativeReport, collaborative_report
from breakthrough.reporting.views.drift import DriftReport, drift_report
from breakthrough.reporting.views.leader import LeaderReport, leader_report
from breakthrough.reporting.views.team import TeamReport, team_report

__all__ = [
    "CoachReport",
    "CollaborativeReport",
    "DriftReport",
    "LeaderReport",
    "TeamReport",
    "coach_report",
    "collaborative_report",
    "drift_report",
    "leader_report",
    "team_report",
]
