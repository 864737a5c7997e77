"""How a post (職) is held, in words."""

from suigo.kernel.language import _


def kind_title(kind: str) -> str:
    """本務, 兼務, 併任, 応援 or 代理."""
    return {
        "own": _("本務"),
        "concurrent": _("兼務"),
        "joint": _("併任"),
        "support": _("応援"),
        "acting": _("代理"),
    }[kind]


def lent(kind: str) -> str:
    """What stands beside the title of a post that is lent for some days; else nothing."""
    return {"acting": _("（代理）"), "support": _("（応援）")}.get(kind, "")
