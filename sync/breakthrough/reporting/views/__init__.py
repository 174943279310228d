"""Reports as plain data, one view a role: every word, figure and picture is settled here; a template only lays out."""

from breakthrough.reporting.views.alert import AlertReport, alert_report
from breakthrough.reporting.views.change_package import ChangePackage, change_package
from breakthrough.reporting.views.closing import ClosingReport, closing_report
from breakthrough.reporting.views.coach import CoachReport, coach_report
from breakthrough.reporting.views.collaborative import CollaborativeReport, collaborative_report
from breakthrough.reporting.views.coordinator import CoordinatorReport, coordinator_report
from breakthrough.reporting.views.drift import DriftReport, drift_report
from breakthrough.reporting.views.harvest import Harvest, harvest
from breakthrough.reporting.views.leader import LeaderReport, leader_report
from breakthrough.reporting.views.preview import Preview, Waiting, preview
from breakthrough.reporting.views.reminder import Reminder
from breakthrough.reporting.views.returned import Reader, ReturnedReport, returned_report
from breakthrough.reporting.views.story import Story, story
from breakthrough.reporting.views.team import TeamReport, team_report
from breakthrough.reporting.views.trial import TrialMessage, trial_message

__all__ = [
    "AlertReport",
    "ChangePackage",
    "ClosingReport",
    "CoachReport",
    "CollaborativeReport",
    "CoordinatorReport",
    "DriftReport",
    "Harvest",
    "LeaderReport",
    "Preview",
    "Reader",
    "Reminder",
    "ReturnedReport",
    "Story",
    "TeamReport",
    "TrialMessage",
    "Waiting",
    "alert_report",
    "change_package",
    "closing_report",
    "coach_report",
    "collaborative_report",
    "coordinator_report",
    "drift_report",
    "harvest",
    "leader_report",
    "preview",
    "returned_report",
    "story",
    "team_report",
    "trial_message",
]
