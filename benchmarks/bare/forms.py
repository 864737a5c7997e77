"""Fifteen fields in three steps, as plain Django forms."""

from django import forms

BRANCHES = [("central", "中央図書館"), ("riverside", "川辺分館"), ("bus", "移動図書館")]
KINDS = [("books", "本"), ("magazines", "雑誌"), ("music", "音楽・映像")]
YES_NO = [("yes", "はい"), ("no", "いいえ")]


class Person(forms.Form):
    """Step 1."""

    family = forms.CharField(label="姓", max_length=50)
    given = forms.CharField(label="名", max_length=50)
    family_kana = forms.RegexField(r"^[ァ-ヶー]+$", label="姓（フリガナ）", max_length=50)
    given_kana = forms.RegexField(r"^[ァ-ヶー]+$", label="名（フリガナ）", max_length=50)
    birthday = forms.DateField(label="生年月日")


class Contact(forms.Form):
    """Step 2."""

    postal_code = forms.RegexField(r"^\d{3}-?\d{4}$", label="郵便番号")
    address = forms.CharField(label="住所", max_length=200)
    phone = forms.RegexField(r"^[0-9-]{10,13}$", label="電話番号")
    email = forms.EmailField(label="メールアドレス", required=False)
    commutes = forms.ChoiceField(label="通勤・通学", choices=YES_NO, widget=forms.RadioSelect)


class Card(forms.Form):
    """Step 3."""

    branch = forms.ChoiceField(label="受け取る図書館", choices=BRANCHES, widget=forms.RadioSelect)
    kinds = forms.MultipleChoiceField(
        label="借りたいもの", choices=KINDS, widget=forms.CheckboxSelectMultiple
    )
    per_month = forms.IntegerField(label="1か月の冊数", min_value=0, max_value=300, required=False)
    wishes = forms.CharField(label="ご要望", max_length=500, widget=forms.Textarea, required=False)
    rules = forms.BooleanField(label="利用規則への同意")


STEPS: tuple[type[forms.Form], ...] = (Person, Contact, Card)


class WholeForm(Card, Contact, Person):
    """All fifteen fields on one page."""

    field_order = [name for step in STEPS for name in step.base_fields]
