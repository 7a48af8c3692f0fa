from django.urls import path

from . import views

app_name = "reports"
urlpatterns = [
    path("morning/", views.morning, name="morning"),
    path("behind/<slug:what>/", views.behind, name="behind"),
]
