"""Text made comparable: one width, one case, simplified signs, letters that were spaced out put together; with the way back to the original."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_SIMPLE = str.maketrans(
    "還錢債務單領導親們聯繫電話號報關監獄強製執產財傳賣殺門進開會識認說誰賬賠償給個從來這裡嗎費無賴臉見點樣馬讓滾幹廢黃貸轉學對機構員處罰訴訟凍結銀車罵恥裏媽爺兒婦戶緊擔責詐騙嚇掛橫復應碼驗證簡訊發貼圖羣組愛隱據鎖屍體殘瘋聾雞鴨飯廠東輛鄉鄰舉遊總經隊檢廳庫連絡傷惡憑讀擾鬧請謝錯閉滅畫寫質壓減遞麼時間線",
    "还钱债务单领导亲们联系电话号报关监狱强制执产财传卖杀门进开会识认说谁账赔偿给个从来这里吗费无赖脸见点样马让滚干废黄贷转学对机构员处罚诉讼冻结银车骂耻里妈爷儿妇户紧担责诈骗吓挂横复应码验证简讯发贴图群组爱隐据锁尸体残疯聋鸡鸭饭厂东辆乡邻举游总经队检厅库连络伤恶凭读扰闹请谢错闭灭画写质压减递么时间线",
)
# Homophones and abbreviations that people use to slip past a check, as they are meant.
_MEANT = (
    ("钅", "钱"),
    ("q単", "欠单"),
    ("tmd", "他妈的"),
    ("nmd", "你妈的"),
    ("sb", "傻逼"),
    ("傻b", "傻逼"),
    ("坐lao", "坐牢"),
    ("j察", "警察"),
    ("jing察", "警察"),
    ("老癞", "老赖"),
    ("劳赖", "老赖"),
    ("pol!ce", "police"),
    ("j4il", "jail"),
    ("ja1l", "jail"),
)
_CJK = re.compile(r"[\u3400-\u9fff]")
_DROPPED = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")


@dataclass(frozen=True, slots=True)
class Plain:
    """`text` to search in; `places[i]` is where its sign i stands in the original."""

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original that a stretch of `text` came from."""
        return self.places[start], self.places[end - 1] + 1


def plain(text: str) -> Plain:
    signs: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        if _DROPPED.match(sign):
            continue
        for one in unicodedata.normalize("NFKC", sign).lower().translate(_SIMPLE):
            signs.append(one)
            places.append(place)
    signs, places = _closed_up(signs, places)
    joined = "".join(signs)
    for slip, meant in _MEANT:
        while (at := joined.find(slip)) >= 0 and _stands_alone(joined, at, slip):
            joined = joined[:at] + meant + joined[at + len(slip) :]
            places[at : at + len(slip)] = [places[min(at + n, at + len(slip) - 1)] for n in range(len(meant))]
    return Plain(joined, tuple(places))


def _stands_alone(text: str, at: int, slip: str) -> bool:
    if not slip.isascii():
        return True
    before, after = text[at - 1 : at], text[at + len(slip) : at + len(slip) + 1]
    return not (before.isascii() and before.isalpha()) and not (after.isascii() and after.isalpha())


def _closed_up(signs: list[str], places: list[int]) -> tuple[list[str], list[int]]:
    """Put together what was spaced out: Chinese signs with blanks, dots or stars between them, and single Latin letters in a row."""
    text = "".join(signs)
    drop: set[int] = set()
    for found in re.finditer(r"(?<=[\u3400-\u9fff])[\s.*_\-·•~]{1,2}(?=[\u3400-\u9fff])", text):
        drop.update(range(found.start(), found.end()))
    for found in re.finditer(r"(?<![a-z])(?:[a-z][ .*_\-]){3,}[a-z](?![a-z])", text):
        drop.update(n for n in range(found.start(), found.end()) if not text[n].isalpha())
    kept = [n for n in range(len(signs)) if n not in drop]
    return [signs[n] for n in kept], [places[n] for n in kept]


def language_of(text: str) -> str:
    """zh where Chinese signs are a fifth or more of the letters, else en."""
    chinese = len(_CJK.findall(text))
    letters = sum(sign.isalpha() for sign in text)
    return "zh" if letters and chinese / letters >= 0.2 else "en"
