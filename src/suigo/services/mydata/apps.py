from django.apps import AppConfig


class MyDataConfig(AppConfig):
    name = "suigo.services.mydata"
    label = "mydata"
    default_auto_field = "django.db.models.BigAutoField"
