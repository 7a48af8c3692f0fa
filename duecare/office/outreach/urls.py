from django.urls import path

from . import views

app_name = "outreach"
urlpatterns = [
    path("compose/<int:pk>/", views.compose, name="compose"),
    path("permits/", views.permits, name="permits"),
    path("permits/verify/", views.verify, name="verify"),
    path("permits/export.<slug:form>", views.export, name="export"),
    path("permits/<int:pk>/", views.permit, name="permit"),
    path("outbox/", views.outbox, name="outbox"),
    path("outbox/<int:pk>/<slug:what>/", views.act, name="act"),
]
