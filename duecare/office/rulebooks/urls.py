from django.urls import path

from . import views

app_name = "rulebooks"
urlpatterns = [
    path("", views.law, name="law"),
    path("rules/<str:rule_id>/", views.rule, name="rule"),
    path("rules/<str:rule_id>/try/", views.try_out, name="try"),
    path("rules/<str:rule_id>/accounts/", views.rule_accounts, name="rule-accounts"),
    path("changed/", views.changed, name="changed"),
    path("proposals/", views.proposals, name="proposals"),
    path("proposals/new/", views.propose, name="propose"),
    path("proposals/<int:pk>/", views.proposal, name="proposal"),
    path("proposals/<int:pk>/end/", views.end, name="end"),
    path("proposals/<int:pk>/accounts/", views.proposal_accounts, name="proposal-accounts"),
    path("proposals/<int:pk>/<slug:what>/", views.decide, name="decide"),
    path("log/", views.log, name="log"),
]
