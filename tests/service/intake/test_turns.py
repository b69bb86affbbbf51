"""Who waits for a place gets it in turn: no collection and no job keeps the others waiting for all that it has."""

from __future__ import annotations

import threading
import time

from sinkqa.service.intake.turns import Share, Turns


def order_of_turns(*waiting: Share) -> list[Share]:
    """The order in which all that wait at once get the only place."""
    turns, order = Turns(1), list[Share]()

    def work(share: Share) -> None:
        with turns.turn(share, lambda: False) as has_place:
            assert has_place
            order.append(share)

    with turns.turn(Share("first", "first"), lambda: False):
        threads = []
        for number, share in enumerate(waiting, 1):
            threads.append(threading.Thread(target=work, args=(share,)))
            threads[-1].start()
            while len(turns._waiting) < number:
                time.sleep(0.001)
    for thread in threads:
        thread.join()
    return order


def test_collections_take_turns_and_in_these_their_jobs():
    a1, a2, b1 = Share("a", "1"), Share("a", "2"), Share("b", "1")
    assert order_of_turns(a1, a1, a1, a2, b1) == [a1, b1, a2, a1, a1]


def test_no_more_than_the_places_are_held_at_once():
    turns, held, most = Turns(2), 0, 0
    lock = threading.Lock()

    def work(number: int) -> None:
        nonlocal held, most
        with turns.turn(Share("a", str(number)), lambda: False):
            with lock:
                held += 1
                most = max(most, held)
            time.sleep(0.005)
            with lock:
                held -= 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (most, held) == (2, 0)


def test_who_is_told_to_stop_leaves_without_a_place():
    turns = Turns(1)
    with turns.turn(Share(), lambda: False), turns.turn(Share(), lambda: True) as has_place:
        assert not has_place
    with turns.turn(Share(), lambda: False) as has_place:
        assert has_place
