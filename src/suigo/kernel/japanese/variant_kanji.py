"""Kanji that people take for the same when they look for a name (異体字・旧字体).

For searching only: what is stored and printed is always the character that the person entered. Each
group starts with the character that stands for the group in search keys. Compatibility ideographs
(U+F900-FAFF with a decomposition) are not listed, NFKC folds those. The groups are chosen for
family names, given names and place names; extend them when a search misses somebody.
"""

_GROUPS = """
高髙 崎﨑嵜碕 斎齋斉齊 辺邉邊 浜濱濵 沢澤 広廣 国國 島嶋嶌㠀 桜櫻 竜龍 滝瀧 富冨 吉𠮷 真眞 恵惠
栄榮 徳德 関關 学學斈 実實 宝寶 弥彌 寿壽 円圓 亀龜 蔵藏 柳栁桺 梅楳 槙槇 桧檜 頼賴 黒黑 横橫 黄黃
条條 万萬 与與 塩鹽 館舘 巌巖 峰峯 岳嶽 豊豐 曽曾 増增 来來 礼禮 児兒 芦蘆 鉄鐵銕 剣劍劔 桑桒 船舩
鶴靏靍 野埜 杉椙 松枩 涼凉 凛凜 遥遙 尭堯 晋晉 昇曻 秋穐龝 晃晄 将將 静靜 戸戶 為爲 隣鄰 会會 仏佛
伝傳 体體 余餘 予豫 双雙 収收 台臺 号號 喜㐂 囲圍 団團 図圖 壱壹 壮壯 寛寬 属屬 巣巢 帯帶 庁廳
応應 恒恆 戦戰 択擇 拝拜 挙擧 数數 旧舊 昼晝 暁曉 柏栢 栃杤 検檢 楽樂 様樣 権權 歩步 歯齒 毎每
気氣 浅淺 済濟 渓溪 湾灣 満滿 灯燈 炉爐 点點 独獨 瑶瑤 画畫 県縣 祢禰 稲稻 穂穗 穣穰 粛肅 糸絲
経經 絵繪 続續 総總 緑綠 縁緣 縄繩 芸藝 荘莊 園薗 薫薰 虫蟲 衛衞 覚覺 誉譽 読讀 謡謠 賛贊 転轉
軽輕 辞辭 郎郞 郷鄕 釈釋 銭錢 録錄 霊靈 青靑 顕顯 駅驛 駆驅 験驗 鶏鷄 麦麥 黙默 籠篭 薮藪 鴎鷗
侠俠 頬頰 繋繫 祷禱 莱萊 清淸 瀬瀨 瓶甁 禄祿 秘祕 鎮鎭 乗乘 亜亞 仮假 価價 倹儉 労勞 効效 勲勳
勧勸 厳嚴 参參 圧壓 堕墮 奥奧 奨奬 嬢孃 峡峽 弾彈 従從 恋戀 悦悅 拡擴 摂攝 歴歷 焼燒 産產 発發
盗盜 砕碎 聡聰 舎舍 蛍螢 装裝 触觸 証證 鋭銳 鑑鑒 隠隱 雑雜 鴬鶯 麺麵
"""


def _table() -> dict[int, str]:
    table: dict[int, str] = {}
    for group in _GROUPS.split():
        for variant in group[1:]:
            table[ord(variant)] = group[0]
    return table


TABLE: dict[int, str] = _table()
"""For `str.translate`: every variant to the character that stands for its group."""
