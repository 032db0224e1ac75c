"""The addresses of all pages for people, of whichever room."""

from django.urls import URLPattern

from console.urls import urlpatterns as of_console
from plots.urls import urlpatterns as of_plots

urlpatterns: list[URLPattern] = [*of_console, *of_plots]
