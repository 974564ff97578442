"""The map of a grid's notice board (REG-11)."""

from typing import Any

import pytest
import shapely

from gateway.api.boards.drawing import LETTER, WIDTH, draw

pytestmark = pytest.mark.rule("REG-11")
NAME = "砖埠镇临河三村网格"


def board(beside: float) -> dict[str, Any]:
    """A square of a hundredth of a degree with a neighbour east or west of it."""
    own = shapely.box(118.00, 35.00, 118.01, 35.01)
    west = 118.00 + 0.01 * beside
    neighbour = {"name": NAME, "boundary": shapely.geometry.mapping(shapely.box(west, 35.00, west + 0.01, 35.01))}
    return {"name": "一格", "boundary": shapely.geometry.mapping(own), "neighbours": [neighbour], "children": []}


@pytest.mark.parametrize("beside", [-1, 1])
def test_a_neighbours_name_stays_whole_at_the_edge_of_the_sheet(beside: float) -> None:
    drawing = draw(board(beside))
    assert drawing is not None
    (neighbour,) = drawing.neighbours
    half = len(NAME) * LETTER / 2
    assert half <= neighbour.x <= WIDTH - half
    assert (neighbour.x > WIDTH / 2) is (beside > 0)


def test_without_a_boundary_there_is_no_map() -> None:
    assert draw({"name": "一格", "boundary": None}) is None
