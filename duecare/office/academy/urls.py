from django.urls import path

from . import views

app_name = "academy"
urlpatterns = [
    path("", views.today, name="today"),
    path("skills/", views.skills, name="skills"),
    path("cards/", views.cards_page, name="cards"),
    path("questions/", views.question_page, name="questions"),
    path("questions/<int:pk>/", views.answered_page, name="answered"),
    path("practice/", views.personas, name="personas"),
    path("practice/start/<slug:persona>/", views.start, name="start"),
    path("practice/<int:pk>/", views.conversation, name="conversation"),
    path("practice/<int:pk>/notes/", views.notes, name="notes"),
    path("practice/<int:pk>/end/", views.end, name="end"),
    path("practice/<int:pk>/review/", views.review, name="review"),
    path("practice/<int:pk>/again/<int:turn>/", views.again, name="again"),
    path("training/", views.training, name="training"),
    path("training/<int:pk>/", views.learner, name="learner"),
]
