"""Invented people for the demo: common surnames and given names put together by counting, so always the same.

Telephone numbers are fictional: duty numbers 0539-555xxxx, private ones 1999999xxxx.
"""

from collections import Counter
from dataclasses import dataclass

_SURNAMES = (
    "王wang 李li 张zhang 刘liu 陈chen 杨yang 赵zhao 黄huang 周zhou 吴wu 徐xu 孙sun 胡hu 朱zhu "
    "高gao 林lin 何he 郭guo 马ma 罗luo 梁liang 宋song 郑zheng 谢xie 韩han 唐tang 冯feng 于yu "
    "董dong 程cheng 曹cao 袁yuan 邓deng 傅fu 沈shen 曾zeng 彭peng 吕lv 苏su 卢lu"
)
_GIVEN = (
    "芳fang 秀英xiuying 娜na 敏min 静jing 丽萍liping 强qiang 磊lei 军jun 洋yang 艳yan 勇yong "
    "杰jie 娟juan 涛tao 明ming 超chao 桂兰guilan 霞xia 平ping 刚gang 建国jianguo 海燕haiyan "
    "志刚zhigang 玉梅yumei 春生chunsheng 德福defu 文斌wenbin 晓东xiaodong 红梅hongmei 永安yongan "
    "家兴jiaxing 淑贞shuzhen 振华zhenhua 长河changhe 立新lixin 雪莲xuelian 国栋guodong 爱民aimin "
    "凤英fengying 思远siyuan 少华shaohua 庆丰qingfeng 兰香lanxiang 广田guangtian 世昌shichang "
    "月娥yuee 大山dashan 小满xiaoman 万福wanfu"
)
_STRIDE = 739  # coprime to 2,000: neighbours in the list get different surnames and given names


@dataclass(frozen=True)
class Person:
    """Somebody with an account. `username` is unique; `duty_phone` is public (REG-11), `mobile` never is."""

    username: str
    name: str
    duty_phone: str
    mobile: str


def _pairs(text: str) -> list[tuple[str, str]]:
    """Characters and their pinyin of each word."""
    return [
        ("".join(c for c in word if not c.isascii()), "".join(c for c in word if c.isascii())) for word in text.split()
    ]


class Registrar:
    """Invents one person after the other, every name and username once."""

    def __init__(self) -> None:
        self._names = [
            (f"{surname}{given}", f"{spelt}{called}")
            for surname, spelt in _pairs(_SURNAMES)
            for given, called in _pairs(_GIVEN)
        ]
        self._taken: Counter[str] = Counter()
        self._count = 0

    def invent(self, username: str = "") -> Person:
        """The next person, under `username` or, without one, the name in pinyin (wangfang, wangfang2)."""
        number = self._count
        self._count += 1
        name, spelt = self._names[number * _STRIDE % len(self._names)]
        return Person(
            username=self._unique(username or spelt),
            name=name,
            duty_phone=f"0539-555{number:04d}",
            mobile=f"1999999{number:04d}",
        )

    def _unique(self, username: str) -> str:
        self._taken[username] += 1
        return username if self._taken[username] == 1 else f"{username}{self._taken[username]}"
