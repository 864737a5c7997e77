from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Joins the packages once every one of them is loaded."""

    name = "suigo.project"
    label = "project"

    def ready(self) -> None:
        from suigo.project import installed  # noqa: PLC0415 - manifests need loaded apps

        installed.join()
