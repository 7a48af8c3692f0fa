from django.urls import path

from . import views

app_name = "desk"
urlpatterns = [
    path("", views.today, name="today"),
    path("next/", views.open_next, name="next"),
    path("accounts/", views.accounts, name="accounts"),
    path("search/", views.search, name="search"),
    path("accounts/<int:pk>/", views.account, name="account"),
    path("accounts/<int:pk>/working/", views.working, name="working"),
    path("accounts/<int:pk>/contact/", views.contact, name="contact"),
    path("accounts/<int:pk>/may/", views.may, name="may"),
    path("accounts/<int:pk>/unmask/", views.unmask, name="unmask"),
    path("accounts/<int:pk>/documents/", views.add_document, name="add-document"),
    path("accounts/<int:pk>/record/<slug:what>/", views.record, name="record"),
    path("accounts/<int:pk>/decide/dispute/<int:which>/", views.decide, {"what": "dispute"}, name="decide-dispute"),
    path(
        "accounts/<int:pk>/decide/complaint/<int:which>/", views.decide, {"what": "complaint"}, name="decide-complaint"
    ),
    path("contacts/<int:pk>/", views.open_contact, name="open-contact"),
    path("documents/<int:pk>/", views.document, name="document"),
]
