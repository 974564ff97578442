"""Personal fields are sealed at rest and masked on the way out (PRV-02)."""

import base64
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.personal import Seal, SealBroken, mask_id_number, mask_name, mask_phone, mask_text

SEAL = Seal(b"k" * 32)
FIELD = "case.phone:1"


@pytest.mark.rule("PRV-02")
@given(st.text())
def test_what_is_sealed_opens_again_and_does_not_show(text: str) -> None:
    sealed = SEAL.close(text, FIELD)
    assert SEAL.open(sealed, FIELD) == text
    assert len(text) < 4 or text not in sealed
    assert SEAL.close(text, FIELD) != sealed


@pytest.mark.rule("PRV-02")
@pytest.mark.parametrize("other", ["case.phone:2", "case.name:1", ""])
def test_a_value_copied_to_another_field_or_row_does_not_open(other: str) -> None:
    with pytest.raises(SealBroken):
        SEAL.open(SEAL.close("13812345678", FIELD), other)


@pytest.mark.rule("PRV-02")
def test_another_key_or_a_changed_value_does_not_open() -> None:
    sealed = SEAL.close("13812345678", FIELD)
    raw = bytearray(base64.b64decode(sealed.removeprefix("v1:")))
    raw[-1] ^= 1
    broken = ["v1:" + base64.b64encode(raw).decode(), sealed[:-8], "", "v1:", "明文", "13812345678"]
    for each in broken:
        with pytest.raises(SealBroken):
            SEAL.open(each, FIELD)
    with pytest.raises(SealBroken):
        Seal(b"x" * 32).open(sealed, FIELD)


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_key_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Seal(os.urandom(size))


def test_the_key_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "field.key"
    path.write_text(base64.b64encode(b"k" * 32).decode() + "\n")
    assert Seal.from_file(path).open(SEAL.close("张三", FIELD), FIELD) == "张三"


def test_look_ups_match_equal_values_under_the_same_key_only() -> None:
    assert SEAL.look_up("13812345678") == Seal(b"k" * 32).look_up("13812345678")
    assert SEAL.look_up("13812345678") != SEAL.look_up("13812345679")
    assert SEAL.look_up("13812345678") != Seal(b"x" * 32).look_up("13812345678")


@pytest.mark.rule("PRV-02")
@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("13812345678", "138****5678"),
        ("0539-3221234", "0539-****234"),
        ("05393221234", "0539****234"),
        ("12345", "***45"),
        ("+8613812345678", "************78"),
        ("1", "*1"),
        ("", ""),
    ],
)
def test_telephone_numbers_are_masked(number: str, masked: str) -> None:
    assert mask_phone(number) == masked


@pytest.mark.rule("PRV-02")
@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("身份证11010519491231002X,电话13812345678。", "身份证110105********002X,电话138****5678。"),
        ("110105194912310021", "110105********0021"),
        ("案件 371321-20261122-000017", "案件 371321-20261122-000017"),
        ("2026-11-22 共 12 处", "2026-11-22 共 12 处"),
    ],
)
def test_numbers_within_words_are_masked_and_other_numbers_are_not(text: str, masked: str) -> None:
    assert mask_text(text) == masked


@pytest.mark.rule("PRV-02")
def test_citizen_numbers_and_names_are_masked() -> None:
    assert mask_id_number("11010519491231002x") == "110105********002x"
    assert (mask_name("张三"), mask_name("欧阳震华"), mask_name("张"), mask_name("")) == ("张*", "欧***", "张", "")
