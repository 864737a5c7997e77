"""How long a text with steps takes a slow typist, by the keystroke-level model.

Card, Moran and Newell (1980): a person thinks (M), points (P), moves a hand between mouse and
keyboard (H) and presses keys or the mouse's button (K). Nobody was measured: it is an estimate, and
waiting for the program is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

THINK, POINT, HOME = 1.35, 1.1, 0.4  # seconds
PRESS = 0.5  # seconds: the model's poor typist; the average one needs 0.28
KEYS_FOR_JAPANESE = 3  # presses for one character: its reading in Latin letters, and choosing it
READ_EACH_MINUTE = 500  # Japanese characters


@dataclass(frozen=True, slots=True)
class Estimate:
    """What following a text costs."""

    steps: int
    clicks: int
    characters: int
    doing: float  # seconds
    reading: float  # seconds

    @property
    def minutes(self) -> int:
        """All of it, rounded up."""
        return -int(-(self.doing + self.reading) // 60)

    @property
    def sentence(self) -> str:
        """What the text says about itself."""
        return (
            f"全部で{self.steps}手、押すのが{self.clicks}回、打つ文字が{self.characters}字です。"
            f"人では計っておらず、打つのが遅い人の目安を計算すると、読む時間"
            f"{round(self.reading / 60)}分を含めて{self.minutes}分です"
        )


def estimate(steps: Sequence[str], text: str) -> Estimate:
    """What it takes to read ``text`` and do its ``steps``."""
    clicks, characters, keys, seconds = 0, 0, 0, 0.0
    for step in steps:
        verb, _colon, what = step.partition(": ")
        value = what.partition(" = ")[2].replace("\\n", "\n")
        seconds += THINK + POINT + PRESS
        clicks += 1
        if verb == "選ぶ":
            seconds += POINT + PRESS
            clicks += 1
        if verb == "書く":
            seconds += 2 * HOME
            characters += len(value)
            keys += sum(1 if one.isascii() else KEYS_FOR_JAPANESE for one in value)
    letters = sum(not one.isspace() for one in text)
    return Estimate(
        len(steps), clicks, characters, seconds + keys * PRESS, letters / READ_EACH_MINUTE * 60
    )
