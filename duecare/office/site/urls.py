from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", views.SignOut.as_view(), name="sign-out"),
    path("language/", login_not_required(set_language), name="set_language"),
    path("demo-clock/", views.set_demo_clock, name="demo-clock"),
    path("favicon.ico", login_not_required(RedirectView.as_view(url="/static/duecare/icon.svg"))),
    path("health/", views.health, name="health"),
    path("desk/", include("duecare.office.desk.urls")),
    path("outreach/", include("duecare.office.outreach.urls")),
    path("academy/", include("duecare.office.academy.urls")),
    path("reports/", include("duecare.office.reports.urls")),
    path("law/", include("duecare.office.rulebooks.urls")),
    path("office/", admin.site.urls),
]

handler400 = "duecare.office.site.views.bad_request"
handler403 = "duecare.office.site.views.permission_denied"
handler404 = "duecare.office.site.views.page_not_found"
handler500 = "duecare.office.site.views.server_error"
