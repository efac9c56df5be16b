"""What was made once and serves again, in bounded room."""

from cvstudio.render.memory import Memory


def test_what_is_asked_for_stays_and_the_rest_goes():
    memory: Memory[str, str] = Memory(1_000)
    memory.keep("mine", "m", 100)
    for number in range(50):
        memory.keep(f"other {number}", "o", 100)
        assert memory.get("mine") == "m"
    assert memory.get("other 1") is None
    assert memory.get("other 49") == "o"


def test_what_is_kept_is_bounded_by_its_length():
    memory: Memory[int, str] = Memory(1_000)
    for number in range(200):
        memory.keep(number, "x" * (number % 97), number % 97)
    kept = [text for number in range(200) if (text := memory.get(number)) is not None]
    assert 0 < sum(map(len, kept)) <= 1_000


def test_one_larger_than_the_room_does_no_harm():
    memory: Memory[str, str] = Memory(10)
    assert memory.keep("large", "l", 1_000) == "l"
    memory.keep("small", "s", 1)
    assert memory.get("small") == "s"
