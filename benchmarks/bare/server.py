"""Serves the bare application under the same gunicorn settings as ``suigo.project.web_server``.

Usage: ``python -m bare.server 127.0.0.1:PORT``
"""

import gc
import os
import sys
from typing import Any

from django.core.wsgi import get_wsgi_application
from gunicorn.app.base import BaseApplication

SETTINGS: dict[str, Any] = {
    "backlog": 512,
    "worker_class": "gthread",
    "workers": 2,
    "threads": 4,
    "preload_app": True,
    "timeout": 60,
    "keepalive": 5,
    "loglevel": "warning",
    "proc_name": "bare-web",
    "control_socket_disable": True,
}


def _before_fork(_arbiter: Any, _worker: Any) -> None:
    gc.collect()
    gc.freeze()


class BareServer(BaseApplication):  # type: ignore[misc]  # gunicorn is untyped
    """Two worker processes with four threads each."""

    def load_config(self) -> None:
        for name, value in SETTINGS.items():
            self.cfg.set(name, value)
        self.cfg.set("bind", [sys.argv[1]])
        self.cfg.set("pre_fork", _before_fork)

    def load(self) -> Any:
        return get_wsgi_application()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bare.settings")
    BareServer().run()
