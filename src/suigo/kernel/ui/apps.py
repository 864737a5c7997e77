from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "suigo.kernel.ui"
    label = "ui"
