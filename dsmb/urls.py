"""Addresses of the board's portal."""

from django.urls import path

from dsmb import views

app_name = "board"

urlpatterns = [
    path("", views.index, name="index"),
    path("reports/<int:report_id>/", views.report, name="report"),
    path("reports/<int:report_id>/<str:kind>.<str:report_format>", views.document, name="document"),
]
