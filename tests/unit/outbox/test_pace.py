"""How fast messages may follow each other."""

from collections import defaultdict, deque
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.channels.telegram.limits import LIMITS, limits_of
from tracker.outbox.pace import Limit, Limits, Pace
from tracker.outbox.paced import next_free, put_aside, take_free
from tracker.outbox.service import Claimed

PERSON, GROUP = "555001", "-100500"
Sent = list[tuple[float, str]]


def alert(number: int, address: str) -> Claimed:
    return Claimed(
        f"{number}", None, None, "contact", "telegram", address, "{}", "<a@b>", "<c@b>", 1, False, 0
    )


def queue(addresses: Iterable[str]) -> deque[Claimed]:
    return deque(alert(number, address) for number, address in enumerate(addresses))


def send_all(addresses: Iterable[str], pace: Pace) -> Sent:
    """Send as fast as the pace lets, by one sender that never looks before it must."""
    waiting, now, sent = queue(addresses), 0.0, []
    while waiting:
        taken = take_free(waiting, pace, now)
        if taken is None:
            later = next_free(waiting, pace)
            assert later is not None
            assert later > now
            now = later
        else:
            sent.append((now, taken.address))
    return sent


def within(limit: Limit, instants: list[float]) -> bool:
    """Say whether no stretch (its end excluded) holds more than the limit."""
    pairs = zip(instants, instants[limit.most :], strict=False)
    return all(later - earlier >= limit.seconds for earlier, later in pairs)


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        ([], []),
        ([PERSON], [0.0]),
        ([PERSON] * 3, [0.0, 1.0, 2.0]),
        ([str(chat) for chat in range(60)], [0.0] * 30 + [1.0] * 30),
        ([PERSON, PERSON, "7"], [0.0, 0.0, 1.0]),
        ([GROUP] * 22, [*map(float, range(20)), 60.0, 61.0]),
        ([PERSON, GROUP] * 2, [0.0, 0.0, 1.0, 1.0]),
    ],
)
def test_when_each_is_sent(addresses: list[str], expected: list[float]) -> None:
    assert [at for at, _ in send_all(addresses, Pace(LIMITS))] == expected


@pytest.mark.parametrize(
    ("chat", "expected"),
    [
        ("1", (Limit(1, 1.0),)),
        ("-1", (Limit(1, 1.0), Limit(20, 60.0))),
        ("-1001234567890", (Limit(1, 1.0), Limit(20, 60.0))),
    ],
)
def test_what_telegram_allows(chat: str, expected: tuple[Limit, ...]) -> None:
    assert limits_of(chat) == expected


def test_a_chat_that_was_told_to_wait_waits_and_no_other() -> None:
    pace = Pace(LIMITS)
    pace.hold(PERSON, 7.0)

    assert send_all([PERSON, "7", PERSON, "8"], pace) == [
        (0.0, "7"),
        (0.0, "8"),
        (7.0, PERSON),
        (8.0, PERSON),
    ]


def test_a_chat_that_a_message_is_under_way_to_waits_for_how_it_ends() -> None:
    pace, waiting = Pace(LIMITS), queue([PERSON, "7", PERSON])

    taken = take_free(waiting, pace, 0.0, {PERSON})

    assert taken is not None
    assert taken.address == "7"
    assert take_free(waiting, pace, 5.0, {PERSON}) is None
    assert next_free(waiting, pace, {PERSON}) is None


def test_the_longer_of_two_holds_counts() -> None:
    pace = Pace(LIMITS)
    pace.hold(PERSON, 7.0)
    pace.hold(PERSON, 3.0)

    assert pace.free_at(PERSON) == 7.0


def test_what_must_wait_for_long_is_put_aside_each_at_an_instant_of_its_own() -> None:
    pace, waiting = Pace(LIMITS), queue([PERSON] * 4 + [GROUP] * 3 + ["7"])

    aside = put_aside(waiting, pace, 100.0)

    assert [each.address for each in waiting] == [PERSON, PERSON, GROUP, "7"]
    assert [(each.address, at) for each, at in aside] == [
        (PERSON, 102.0),
        (PERSON, 103.0),
        (GROUP, 103.0),
        (GROUP, 106.0),
    ]
    more = queue([PERSON] * 3)
    assert [at for _, at in put_aside(more, pace, 100.0)] == [104.0]  # behind those promised before


def test_nothing_is_put_aside_where_nothing_must_wait() -> None:
    pace, waiting = Pace(LIMITS), queue([PERSON, GROUP, "7"])

    assert put_aside(waiting, pace, 0.0) == []
    assert len(waiting) == 3


def test_what_waits_for_a_chat_on_hold_is_put_aside_until_then() -> None:
    pace, waiting = Pace(LIMITS), queue([PERSON, "7", PERSON])
    pace.hold(PERSON, 60.0)

    assert [at for _, at in put_aside(waiting, pace, 0.0)] == [60.0, 61.0]
    assert [each.address for each in waiting] == ["7"]


def test_chats_that_are_idle_are_forgotten() -> None:
    pace = Pace(LIMITS)
    most = 0
    for number in range(20_000):
        pace.take(f"{'-' if number % 7 == 0 else ''}{number}", number / 30)
        most = max(most, len(pace))

    # Groups of one minute and people of one second, and at most as many again that nobody has looked at.
    assert most <= 2 * (30 * 60 / 7 + 30) + 2


def test_a_chat_on_hold_is_not_forgotten() -> None:
    pace = Pace(LIMITS)
    pace.hold(PERSON, 600.0)
    for number in range(3000):
        pace.take(f"{number}", number / 30)

    assert pace.free_at(PERSON) == 600.0


_STEPS = st.integers(1, 64).map(lambda number: number / 8)  # exact in binary
_LIMIT = st.builds(Limit, st.integers(1, 4), _STEPS)
_ADDRESSES = st.lists(st.sampled_from(["1", "2", "3", "-1", "-2"]), max_size=40)


@given(_ADDRESSES, _LIMIT, st.lists(_LIMIT, max_size=2), st.lists(_LIMIT, max_size=2))
def test_never_more_than_the_limits_and_nobody_starves(
    addresses: list[str], overall: Limit, person: list[Limit], group: list[Limit]
) -> None:
    limits = Limits(overall, lambda address: tuple(group if address.startswith("-") else person))

    sent = send_all(addresses, Pace(limits))

    assert sorted(address for _, address in sent) == sorted(addresses)
    assert within(overall, [at for at, _ in sent])
    by_address: dict[str, list[float]] = defaultdict(list)
    for at, address in sent:
        by_address[address].append(at)
    for address, instants in by_address.items():
        assert all(within(limit, instants) for limit in limits.of(address))
    # What one address needs, and what all need together, is the longest that anybody waits.
    slowest = max((limit.seconds for limit in (*person, *group)), default=0.0)
    assert all(at <= len(addresses) * (slowest + overall.seconds) for at, _ in sent)


@given(_ADDRESSES, _LIMIT, st.lists(_LIMIT, min_size=1, max_size=2))
def test_an_address_is_never_held_up_by_another_ones_limit(
    addresses: list[str], overall: Limit, each: list[Limit]
) -> None:
    limits = Limits(Limit(1000, overall.seconds), lambda _: tuple(each))
    together = send_all(addresses, Pace(limits))

    for address in sorted(set(addresses)):
        alone = send_all([one for one in addresses if one == address], Pace(limits))
        assert [(at, one) for at, one in together if one == address] == alone
