"""Who can come: invented people with the difficulties of real ones."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class CardHolder:
    """Somebody with a card. ``name`` and ``address`` are as on the chip."""

    id: str
    title: str
    name: str
    address: str
    birthdate: str
    gender: str

    @property
    def born(self) -> date:
        """The day of birth."""
        return date.fromisoformat(self.birthdate)

    @property
    def sex(self) -> str:
        """As a certificate has it."""
        return {"male": "1", "female": "2"}.get(self.gender, self.gender)


@dataclass(frozen=True, slots=True)
class BusinessUser:
    """Somebody with a GビズID account; ``claims`` as its userinfo gives them."""

    id: str
    title: str
    claims: dict[str, str] = field(default_factory=dict)


CARD_HOLDERS = (
    CardHolder(
        "mizuno", "はじめての人", "水野　葉子", "見本県見本市見本町６２６番地", "19900401", "2"
    ),
    CardHolder(
        "mizuno-again",
        "水野さんの新しいカード（同じ内容）",
        "水野 葉子",
        "見本県見本市見本町626",
        "1990-04-01",
        "female",
    ),
    CardHolder(
        "mizuno-moved",
        "水野さん（引っ越したあと）",
        "水野　葉子",
        "見本県見本市川辺町１２番地３",
        "19900401",
        "2",
    ),
    CardHolder(
        "mizuno-renamed",
        "水野さん（改姓したあと）",
        "田中　葉子",
        "見本県見本市見本町６２６番地",
        "19900401",
        "2",
    ),
    CardHolder(
        "takahashi",
        "異体字の人（髙・﨑）",
        "髙橋　一郎",
        "見本県見本市山﨑町４丁目５番６号",
        "19450815",
        "1",
    ),
    CardHolder(
        "takahashi-plain",
        "同じ人（高・崎と書かれたカード）",
        "高橋　一郎",
        "見本県見本市山崎町４丁目５番６号",
        "19450815",
        "1",
    ),
    CardHolder("mirai", "未成年の人", "見本　みらい", "見本県見本市見本町１番地", "20150505", "2"),
    CardHolder(
        "nguyen",
        "アルファベットの氏名の人",
        "NGUYEN　THI　LAN",
        "見本県見本市見本町２０番地１　見本荘２０２号",
        "19980131",
        "2",
    ),
)

_SHOP = {
    "corp_type": "1",
    "corporate_number": "5000012345674",
    "name": "見本製菓株式会社",
    "prefecture_name": "見本県",
    "address1": "見本市見本町",
    "address2": "３丁目４番５号",
    "rep_last_nm": "見本",
    "rep_first_nm": "太郎",
}
BUSINESS_USERS = (
    BusinessUser(
        "prime",
        "プライム（代表者）",
        {**_SHOP, "account_type": "2", "email": "taro@mihon-seika.example.jp"},
    ),
    BusinessUser(
        "member",
        "メンバー（従業員）",
        {
            **_SHOP,
            "account_type": "3",
            "parent_id": "prime",
            "user_last_nm": "試験",
            "user_first_nm": "一葉",
            "user_last_nm_kana": "シケン",
            "user_first_nm_kana": "カズハ",
            "user_tel_no_contact": "0299000000",
            "email": "kazuha@mihon-seika.example.jp",
        },
    ),
    BusinessUser(
        "entry",
        "エントリー（個人事業主）",
        {
            "account_type": "1",
            "corp_type": "2",
            "name": "例示工務店",
            "prefecture_name": "見本県",
            "address1": "見本市川辺町１番地",
            "rep_last_nm": "例示",
            "rep_first_nm": "花子",
            "email": "hanako@reiji.example.jp",
        },
    ),
)

# What can go wrong, by the name that a test or the page asks for it.
MISBEHAVIOURS = {
    "": "なにも起こらない",
    "declined": "利用者がやめた",
    "down": "サービスが止まっている",
    "slow": "返事が来ない",
    "redirect": "ほかの場所へ回そうとする",
    "huge": "大きすぎる返事",
    "not-json": "読めない返事",
    "no-signature": "署名のないトークン（alg: none）",
    "shared-secret": "公開鍵を共通鍵にした署名（HS256）",
    "other-algorithm": "ほかの方式の署名",
    "other-key": "知らない鍵の署名（kid が違う）",
    "forged": "同じ kid の、にせの鍵の署名",
    "rotated": "鍵を新しくした",
    "wrong-issuer": "発行者が違う",
    "wrong-audience": "宛先が違う",
    "more-audiences": "宛先がほかにもある",
    "wrong-party": "発行先（azp）が違う",
    "wrong-nonce": "nonce が違う",
    "no-nonce": "nonce がない",
    "expired": "期限切れ",
    "early": "まだ有効でない",
    "old": "前に発行されたもの",
    "wrong-access-token": "at_hash が違う",
    "no-subject": "だれのことか書いていない",
    "other-person": "userinfo が別の人",
    "item-missing": "住所がない",
    "unverified": "メールアドレスが確かめられていない",
    "other-issuer-answers": "別の発行者からの返事（iss）",
    "other-result": "署名の結果が読めない",
    "proved-long-ago": "職員が本人確認をしたのは、ずっと前",
    "one-factor": "職員の確認が一つの要素だけ",
    "card-unknown": "失効しているか確かめられないカードで署名する",
    "card-revoked": "失効したカードで署名する",
    "card-expired": "期限の切れたカードで署名する",
    "card-authentication": "ログイン用の証明書で署名する（署名には使えない）",
}
