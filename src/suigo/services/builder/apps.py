from django.apps import AppConfig


class BuilderConfig(AppConfig):
    name = "suigo.services.builder"
    label = "builder"
    default_auto_field = "django.db.models.BigAutoField"
