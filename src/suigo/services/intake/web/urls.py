"""Addresses of intake."""

from django.urls import path

from suigo.services.intake.web import deliveries, scans

urlpatterns = [
    path("staff/intake/", deliveries.deliveries, name="intake"),
    path("staff/intake/scan/", scans.papers, name="intake-scans"),
    path("staff/intake/scan/<uuid:entry_id>/", scans.paper, name="intake-scan"),
    path("staff/intake/scan/<uuid:entry_id>/type/", scans.start_typing, name="intake-type"),
    path("staff/intake/scan/<uuid:entry_id>/dismiss/", scans.dismiss, name="intake-scan-dismiss"),
    path("staff/intake/example/<slug:mapping>.csv", deliveries.example, name="intake-example"),
    path("staff/intake/<uuid:delivery_id>/", deliveries.delivery, name="intake-delivery"),
    path("staff/intake/<uuid:delivery_id>/start/", deliveries.start, name="intake-start"),
    path("staff/intake/<uuid:delivery_id>/retry/", deliveries.retry, name="intake-retry"),
    path("staff/intake/<uuid:delivery_id>/dismiss/", deliveries.dismiss, name="intake-dismiss"),
    path("staff/intake/<uuid:delivery_id>/file/", deliveries.download, name="intake-download"),
    path("staff/intake/<uuid:delivery_id>/mend.csv", deliveries.to_mend, name="intake-mend"),
]
