"""What changed between two versions of a procedure, in words a colleague understands."""

from collections.abc import Iterator
from typing import Any

from suigo.kernel.content import ContentErrors
from suigo.kernel.language import _, listed
from suigo.services.builder.rules.package import Files, parsed, readable
from suigo.services.builder.rules.questions import Data, Question, pages, questions
from suigo.services.builder.rules.record import part, recipients
from suigo.services.builder.rules.words import label_of, text_of

LONGEST = 60  # characters of a text that are quoted


def differences(before: Files, after: Files) -> list[str]:
    """Sentences, in the order of the screens; empty when both say the same."""
    for name in sorted(after):
        try:
            parsed(after, name)
        except ContentErrors:
            return [_("%(file)sは、いま読めません。") % {"file": name}]
    return [
        *_service(readable(before, "service.yaml"), readable(after, "service.yaml")),
        *_form(readable(before, "form.yaml"), readable(after, "form.yaml")),
        *_checklist(readable(before, "checklist.yaml"), readable(after, "checklist.yaml")),
        *_letters(before, after),
        *_workflow(readable(before, "workflow.yaml"), readable(after, "workflow.yaml")),
    ]


def _short(value: Any) -> str:
    text = text_of(value) if not isinstance(value, str) else value
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _texts(what: str, before: Any, after: Any) -> Iterator[str]:
    """A text in several languages: what happened to each of them."""
    old, new = text_of(before), text_of(after)
    if old != new:
        if not old:
            yield _("%(what)s「%(new)s」が加わりました") % {"what": what, "new": _short(new)}
        elif not new:
            yield _("%(what)s「%(old)s」がなくなりました") % {"what": what, "old": _short(old)}
        else:
            yield _("%(what)sが「%(old)s」から「%(new)s」に変わりました") % {
                "what": what,
                "old": _short(old),
                "new": _short(new),
            }
    languages = (("easy", _("やさしい日本語の訳")), ("en", _("英語の訳")))
    changed = [name for key, name in languages if text_of(before, key) != text_of(after, key)]
    if changed and (old or new):
        yield _("%(what)sの%(languages)sが変わりました") % {
            "what": what,
            "languages": listed(changed),
        }


def _service(before: Data, after: Data) -> Iterator[str]:
    texts = {
        "title": _("手続の名前"),
        "summary": _("短い説明"),
        "description": _("くわしい説明"),
        "applicant": _("手続を行う人"),
        "deadline": _("期限"),
        "counter": _("窓口での手続"),
        "paper": _("紙での手続"),
        "receipt_note": _("受付のときの説明"),
    }
    for key, what in texts.items():
        yield from _texts(what, before.get(key), after.get(key))
    fee_before, fee_after = (_amount(data.get("fee"), "amount", "0") for data in (before, after))
    yield from _value(_("手数料"), _yen(fee_before), _yen(fee_after))
    old, new = (_period(data.get("standard_period")) for data in (before, after))
    yield from _value(_("標準処理期間"), old, new)
    old, new = (_amount(data.get("retention"), "years", "") for data in (before, after))
    yield from _value(_("保存期間（年）"), old, new)
    handled, handles = (part(data, "handling") for data in (before, after))
    yield from _texts(_("利用目的"), handled.get("purpose"), handles.get("purpose"))
    old, new = ("、".join(recipients(said)) for said in (handled, handles))
    yield from _value(_("市の外に渡す相手"), old, new)
    plain = {
        "department": _("担当の課"),
        "number_prefix": _("受付番号の記号"),
        "minutes": _("申請にかかる分"),
        "assurance": _("本人確認の強さ"),
        "agents": _("代理で申請できる人"),
        "workflow": _("流れ"),
    }
    for key, what in plain.items():
        yield from _value(what, _plain(before.get(key)), _plain(after.get(key)))
    done = {*texts, *plain, "fee", "standard_period", "retention", "handling"}
    names = {
        "audience": _("対象"),
        "words": _("さがす言葉"),
        "evidence": _("必要な書類"),
        "bring": _("持ち物"),
        "legal_basis": _("根拠法令"),
        "duplicate_by": _("同じ申請の見つけかた"),
        "open_data_columns": _("オープンデータの列"),
        "open": _("受付期間"),
        "sensitive": _("見る理由と見た記録（配慮が必要な手続）"),
        "shared_with": _("いつも見られるほかの課"),
    }
    for key in dict.fromkeys((*before, *after)):
        if key not in done and before.get(key) != after.get(key):
            yield _("%(what)sが変わりました") % {"what": names.get(key, key)}


def _amount(value: Any, key: str, absent: str) -> str:
    return str(value.get(key, absent)) if isinstance(value, dict) else absent


def _yen(amount: str) -> str:
    return _("%(amount)s円") % {"amount": f"{int(amount):,}"} if amount.isdigit() else amount


def _period(value: Any) -> str:
    if not isinstance(value, dict):
        return ""
    calendar = value.get("unit") == "calendar_days"
    words = _("%(days)s日") if calendar else _("%(days)s開庁日")
    return words % {"days": value.get("days", "")}


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _value(what: str, old: str, new: str) -> Iterator[str]:
    if old == new:
        return
    if not old:
        yield _("%(what)sが「%(new)s」になりました") % {"what": what, "new": new}
    elif not new:
        yield _("%(what)s「%(old)s」がなくなりました") % {"what": what, "old": old}
    else:
        yield _("%(what)sが「%(old)s」から「%(new)s」に変わりました") % {
            "what": what,
            "old": old,
            "new": new,
        }


def _form(before: Data, after: Data) -> Iterator[str]:
    yield from _pages(before, after)
    old = {question.path: question for question in questions(before)}
    new = {question.path: question for question in questions(after)}
    for path, question in new.items():
        if path not in old and not _inside_new(path, new, old):
            yield _("「%(label)s」が加わりました") % {"label": label_of(question.data)}
    for path, question in old.items():
        if path not in new and not _inside_new(path, old, new):
            yield _("「%(label)s」がなくなりました") % {"label": label_of(question.data)}
    for path, question in new.items():
        if path in old:
            yield from _field(old[path], question)
    kept = [path for path in old if path in new]
    if kept != [path for path in new if path in old]:
        yield _("質問の順番が変わりました")
    yield from _checks(before, after)


def _inside_new(path: str, here: dict[str, Question], there: dict[str, Question]) -> bool:
    """Whether a group around the field is new (or gone) as a whole: then that is said."""
    parent = path.rpartition(".")[0].removesuffix(".*")
    return parent in here and parent not in there


def _pages(before: Data, after: Data) -> Iterator[str]:
    old = {str(page.get("id")): page for page in pages(before)}
    new = {str(page.get("id")): page for page in pages(after)}
    for key, page in new.items():
        if key not in old:
            yield _("ページ「%(title)s」が加わりました") % {"title": text_of(page.get("title"))}
        else:
            what = _("ページ「%(title)s」の見出し") % {"title": text_of(page.get("title"))}
            yield from _texts(what, old[key].get("title"), page.get("title"))
            what = _("ページ「%(title)s」の説明") % {"title": text_of(page.get("title"))}
            yield from _texts(what, old[key].get("intro"), page.get("intro"))
            yield from _condition(
                _("ページ「%(title)s」") % {"title": text_of(page.get("title"))},
                old[key].get("show_when"),
                page.get("show_when"),
            )
    for key, page in old.items():
        if key not in new:
            yield _("ページ「%(title)s」がなくなりました") % {"title": text_of(page.get("title"))}


def _field(before: Question, after: Question) -> Iterator[str]:
    old, new = before.data, after.data
    label = _("「%(label)s」") % {"label": label_of(new)}
    if label_of(old) != label_of(new):
        yield _("「%(old)s」が「%(new)s」という質問になりました") % {
            "old": label_of(old),
            "new": label_of(new),
        }
    else:
        yield from _texts(_("%(label)sの言葉") % {"label": label}, old["label"], new["label"])
    if old.get("kind") != new.get("kind"):
        yield _("%(label)sの答えかたが変わりました") % {"label": label}
    if old.get("required", "true") != new.get("required", "true"):
        yield (
            _("%(label)sが任意になりました")
            if new.get("required") == "false"
            else _("%(label)sが必須になりました")
        ) % {"label": label}
    yield from _texts(_("%(label)sの補足") % {"label": label}, old.get("hint"), new.get("hint"))
    yield from _condition(label, old.get("show_when"), new.get("show_when"))
    yield from _options(label, old.get("options"), new.get("options"))
    if before.page != after.page:
        yield _("%(label)sがほかのページに移りました") % {"label": label}
    done = {"id", "kind", "label", "hint", "required", "show_when", "options", "fields"}
    other = [k for k in dict.fromkeys((*old, *new)) if k not in done and old.get(k) != new.get(k)]
    for key in other:
        yield from _setting(label, key, old.get(key), new.get(key))


def _setting(label: str, key: str, old: Any, new: Any) -> Iterator[str]:
    names = {
        "max_length": _("文字数の上限"),
        "minimum": _("いちばん小さい数"),
        "maximum": _("いちばん大きい数"),
        "earliest": _("いちばん早い日"),
        "latest": _("いちばん遅い日"),
        "at_least": _("少なくともの数"),
        "at_most": _("多くてもの数"),
        "value": _("計算の式"),
        "text": _("本文"),
        "because": _("理由"),
    }
    what = _("%(label)sの%(setting)s") % {"label": label, "setting": names.get(key, key)}
    if isinstance(old, dict) or isinstance(new, dict):
        yield from _texts(what, old, new)
    elif isinstance(old, list) or isinstance(new, list):
        yield _("%(what)sが変わりました") % {"what": what}
    else:
        yield from _value(what, _short(old or ""), _short(new or ""))


def _condition(label: str, old: Any, new: Any) -> Iterator[str]:
    was, now = _when(old), _when(new)
    if was == now:
        return
    if not now:
        yield _("%(label)sが、いつも出るようになりました") % {"label": label}
    elif not was:
        yield _("%(label)sが、条件（%(when)s）のときだけ出るようになりました") % {
            "label": label,
            "when": now,
        }
    else:
        yield _("%(label)sの出る条件が「%(old)s」から「%(new)s」に変わりました") % {
            "label": label,
            "old": was,
            "new": now,
        }


def _when(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("when")
    return value if isinstance(value, str) else ""


def _options(label: str, old: Any, new: Any) -> Iterator[str]:
    was = {str(o.get("id")): o for o in old or () if isinstance(o, dict)}
    now = {str(o.get("id")): o for o in new or () if isinstance(o, dict)}
    more = [label_of(o) for key, o in now.items() if key not in was]
    fewer = [label_of(o) for key, o in was.items() if key not in now]
    if more:
        words = {"label": label, "options": listed(more)}
        yield _("%(label)sの選択肢に%(options)sが加わりました") % words
    if fewer:
        words = {"label": label, "options": listed(fewer)}
        yield _("%(label)sの選択肢から%(options)sがなくなりました") % words
    for key in was.keys() & now.keys():
        yield from _texts(
            _("%(label)sの選択肢") % {"label": label}, was[key].get("label"), now[key].get("label")
        )
    if not more and not fewer and list(was) != list(now):
        yield _("%(label)sの選択肢の順番が変わりました") % {"label": label}


def _checks(before: Data, after: Data) -> Iterator[str]:
    yield from _by_id(
        before.get("checks"), after.get("checks"), "message", _("相関チェック"), deep=True
    )


def _checklist(before: Data, after: Data) -> Iterator[str]:
    yield from _by_id(before.get("items"), after.get("items"), "title", _("職員の確認"), deep=True)


def _by_id(old: Any, new: Any, key: str, what: str, *, deep: bool) -> Iterator[str]:
    was = {str(o.get("id")): o for o in old or () if isinstance(o, dict)}
    now = {str(o.get("id")): o for o in new or () if isinstance(o, dict)}
    for name, one in now.items():
        words = {"what": what, "title": _short(one.get(key))}
        if name not in was:
            yield _("%(what)s「%(title)s」が加わりました") % words
        elif deep and was[name] != one:
            yield _("%(what)s「%(title)s」が変わりました") % words
    for name, one in was.items():
        if name not in now:
            yield _("%(what)s「%(title)s」がなくなりました") % {
                "what": what,
                "title": _short(one.get(key)),
            }


def _letters(before: Files, after: Files) -> Iterator[str]:
    for name in sorted({*before, *after}):
        if not name.startswith("letters/"):
            continue
        old, new = readable(before, name), readable(after, name)
        title = {"title": _short(new.get("title") or old.get("title") or name)}
        if name not in before:
            yield _("通知文「%(title)s」が加わりました") % title
        elif name not in after:
            yield _("通知文「%(title)s」がなくなりました") % title
        elif old != new:
            yield _("通知文「%(title)s」が変わりました") % title


def _workflow(before: Data, after: Data) -> Iterator[str]:
    yield from _by_id(before.get("states"), after.get("states"), "title", _("状態"), deep=True)
    yield from _by_id(before.get("actions"), after.get("actions"), "title", _("操作"), deep=True)
