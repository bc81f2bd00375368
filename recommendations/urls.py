"""The framework's pages."""

from django.urls import include, path

from . import views

app_name = "recommendations"

themes = [
    path("", views.ThemeList.as_view(), name="theme-list"),
    path("<str:code>/", views.ThemeDetail.as_view(), name="theme-detail"),
]

indicators = [
    path("", views.IndicatorList.as_view(), name="indicator-list"),
]

urlpatterns = [
    path("themes/", include(themes)),
    path("indicators/", include(indicators)),
]
