"""Addresses of the board's portal."""

from django.urls import path

from dsmb import views

app_name = "board"

urlpatterns = [
    path("", views.index, name="index"),
    path("alerts/", views.alerts, name="alerts"),
    path("<slug:trial_code>/alerts/<int:alert_id>/", views.alert, name="alert"),
    path("<slug:trial_code>/ad-hoc/", views.sealed_reports, name="sealed_reports"),
    path("<slug:trial_code>/ad-hoc/<int:sealed_id>/", views.sealed_report, name="sealed_report"),
    path(
        "<slug:trial_code>/ad-hoc/<int:sealed_id>/closed.<str:report_format>",
        views.sealed_file,
        name="sealed_file",
    ),
    path("reports/<int:report_id>/", views.report, name="report"),
    path("reports/<int:report_id>/correct/", views.correct, name="correct"),
    path("reports/<int:report_id>/retry/", views.retry, name="retry"),
    path("reports/<int:report_id>/comments/", views.comments, name="comments"),
    path(
        "reports/<int:report_id>/comments/<int:comment_id>/take-back/",
        views.take_back_comment,
        name="take_back",
    ),
    path("reports/<int:report_id>/<str:kind>.<str:report_format>", views.document, name="document"),
    path("notices/<int:notice_id>/", views.notice, name="notice"),
    path("notices/<int:notice_id>/answer/", views.answer, name="answer"),
    path("notices/<int:notice_id>/letter-<str:language>.<str:letter_format>", views.letter, name="letter"),
    path("<slug:trial_code>/meetings/plan/", views.plan, name="plan"),
    path("<slug:trial_code>/meetings/<int:meeting_id>/", views.meeting, name="meeting"),
    path("<slug:trial_code>/meetings/<int:meeting_id>/<slug:verb>/", views.verb, name="meeting_verb"),
]
