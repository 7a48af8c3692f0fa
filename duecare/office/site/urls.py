from django.contrib import admin
from django.urls import include, path

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", views.SignOut.as_view(), name="sign-out"),
    path("language/", include("django.conf.urls.i18n")),
    path("demo-clock/", views.set_demo_clock, name="demo-clock"),
    path("health/", views.health, name="health"),
    path("desk/", include("duecare.office.desk.urls")),
    path("outreach/", include("duecare.office.outreach.urls")),
    path("academy/", include("duecare.office.academy.urls")),
    path("reports/", include("duecare.office.reports.urls")),
    path("office/", admin.site.urls),
]

handler400 = "duecare.office.site.views.bad_request"
handler403 = "duecare.office.site.views.permission_denied"
handler404 = "duecare.office.site.views.page_not_found"
handler500 = "duecare.office.site.views.server_error"
