"""Everything that can be done with a draft of a procedure. One verb, one transaction."""

from suigo.services.builder.actions.designing import (
    discard_design,
    restore_version,
    save_design,
    start_design,
)
from suigo.services.builder.actions.publishing import (
    close_procedure,
    publish_design,
    withdraw_publication,
)
from suigo.services.builder.actions.reviewing import (
    approve_design,
    request_approval,
    return_design,
    take_back,
)

__all__ = [
    "approve_design",
    "close_procedure",
    "discard_design",
    "publish_design",
    "request_approval",
    "restore_version",
    "return_design",
    "save_design",
    "start_design",
    "take_back",
    "withdraw_publication",
]
