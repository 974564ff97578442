"""The facts behind a score are asked for by the names that the plan's formulas use (ASM-08)."""

import pytest

pytestmark = [pytest.mark.anyio, pytest.mark.rule("ASM-08")]


@pytest.mark.parametrize("counter", ["found", "patrols_done", "handled_on_time"])
async def test_a_counter_is_asked_for_by_its_name(client, services, counter) -> None:
    reply = await client.get(f"/api/v1/scores/grid/371321106245001/facts?counter={counter}&period=2026-11")
    assert reply.status_code == 200
    assert services.asked[-1][1].counter == counter


async def test_what_is_no_name_is_refused(client, services) -> None:
    reply = await client.get("/api/v1/scores/grid/371321106245001/facts?counter=found;drop")
    assert (reply.status_code, services.asked) == (422, [])
    assert "counter" in reply.text
