"""app.sealed: a text opens in its own place with its owner's key, and nowhere lies in plain."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app import audit, clock, commands, sealed
from app.db import db, tune, writing
from app.records.models import Record, RecordForm
from app.sealed import KeyStore, Place, Unreadable, seal, unseal
from tests import make, world

TEXT = "Tôi còn ngại góp ý trong tổ, năm nay tôi sẽ nói điều mình nghĩ trước mặt chị em."
OTHER = "Mỗi tuần tôi đọc một trang sách về Bác và kể lại cho con nghe vào tối Chủ nhật."


@pytest.fixture
def house(one_app: Flask) -> Iterator[Flask]:
    with one_app.app_context():
        yield one_app


def here(row: UUID | None = None) -> Place:
    return Place("record", "sealed_draft", row or uuid4())


# --- one text ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "a", TEXT, "\x00\n𝔘 ế", "dài " * 50_000])
def test_a_text_comes_back_as_it_was(house: Flask, text: str) -> None:
    place = here()
    assert unseal(seal(uuid4(), text, place), place) == text


def test_nothing_of_the_text_can_be_read_in_the_value(house: Flask) -> None:
    value = seal(uuid4(), TEXT, here())
    raw = TEXT.encode()
    assert not any(raw[i : i + 6] in value for i in range(len(raw) - 6))


def test_the_same_text_never_looks_the_same_twice(house: Flask) -> None:
    owner, place = uuid4(), here()
    assert seal(owner, TEXT, place) != seal(owner, TEXT, place)


@pytest.mark.parametrize("part", ["table", "column", "row"])
def test_a_value_moved_to_another_place_does_not_open(house: Flask, part: str) -> None:
    place = here()
    other = {"table": "deed", "column": "sealed_text", "row": uuid4()}
    moved = Place(**({"table": place.table, "column": place.column, "row": place.row} | {part: other[part]}))
    with pytest.raises(Unreadable):
        unseal(seal(uuid4(), TEXT, place), moved)


def test_a_value_does_not_open_in_the_name_of_another_owner(house: Flask) -> None:
    place, one, other = here(), uuid4(), uuid4()
    value = seal(one, TEXT, place)
    seal(other, OTHER, place)
    with pytest.raises(Unreadable):
        unseal(value[:1] + other.bytes + value[17:], place)


def test_no_flipped_bit_goes_unnoticed(house: Flask) -> None:
    place = here()
    value = seal(uuid4(), "ngắn", place)
    for at in range(len(value) * 8):
        flipped = bytearray(value)
        flipped[at // 8] ^= 1 << at % 8
        with pytest.raises(Unreadable):
            unseal(bytes(flipped), place)


@pytest.mark.parametrize("value", [b"", b"\x01", b"\x01" + bytes(16), b"\x02" + bytes(60), "chữ thường".encode()])
def test_what_was_never_sealed_is_unreadable_and_no_fault(house: Flask, value: bytes) -> None:
    with pytest.raises(Unreadable):
        unseal(value, here())


def test_a_value_cut_short_is_unreadable(house: Flask) -> None:
    place = here()
    value = seal(uuid4(), "ngắn", place)
    for length in range(len(value)):
        with pytest.raises(Unreadable):
            unseal(value[:length], place)


# --- keys --------------------------------------------------------------------------------------------------------


def test_without_its_key_a_text_is_gone_for_good(house: Flask) -> None:
    owner, place = uuid4(), here()
    value = seal(owner, TEXT, place)
    sealed.store().forget(owner)
    with pytest.raises(Unreadable):
        unseal(value, place)
    fresh = seal(owner, OTHER, place)
    assert unseal(fresh, place) == OTHER
    with pytest.raises(Unreadable):
        unseal(value, place)


def test_forgetting_one_owner_leaves_the_others_their_texts(house: Flask) -> None:
    place, one, other = here(), uuid4(), uuid4()
    seal(one, TEXT, place)
    value = seal(other, OTHER, place)
    sealed.store().forget(one)
    assert unseal(value, place) == OTHER


def wrapped(owner: UUID) -> bytes:
    with db.get_engine("keys").connect() as connection:
        found = connection.scalar(sa.select(sealed.sealed_key.c.wrapped).where(sealed.sealed_key.c.owner == owner))
    assert isinstance(found, bytes)
    return found


def test_each_owner_has_a_key_of_their_own(house: Flask) -> None:
    one, other = uuid4(), uuid4()
    store = sealed.store()
    store.make(one)
    store.make(other)
    assert store._unwrap(one, wrapped(one)) != store._unwrap(other, wrapped(other))
    with pytest.raises(Unreadable):
        store._unwrap(other, wrapped(one))


def test_an_owner_keeps_the_same_key(house: Flask) -> None:
    owner, store = uuid4(), sealed.store()
    store.make(owner)
    first = wrapped(owner)
    store.make(owner)
    assert wrapped(owner) == first


def test_the_keys_lie_outside_the_database(app: Flask) -> None:
    with app.app_context():
        owner = uuid4()
        seal(owner, TEXT, here())
        key = wrapped(owner)
        assert db.get_engine("keys").url != db.engine.url
        assert not sa.inspect(db.engine).has_table("sealed_key")
        assert not any(key[12:] in raw for raw in commands.raw_databases().values())


def test_another_master_key_opens_nothing(tmp_path: Path, house: Flask) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'keys.db'}")
    tune(engine)
    owner = uuid4()
    KeyStore(engine, b"a" * 32).make(owner)
    with pytest.raises(Unreadable, match="master key"):
        KeyStore(engine, b"b" * 32).find(owner)
    engine.dispose()


# --- the search for plain traces ---------------------------------------------------------------------------------


@given(st.text(min_size=24), st.text(), st.text())
def test_a_text_is_found_in_the_midst_of_others_as_it_stands_or_as_json(text: str, before: str, after: str) -> None:
    parts = sealed.samples(text)
    for hay in (text, json.dumps(text), json.dumps({"a": [before + text + after]})):
        raw = (before + hay + after).encode("utf-8", "surrogatepass")
        assert any(part in raw for part in parts)


def test_a_short_text_is_not_searched_for() -> None:
    assert sealed.samples("ngắn") == set()
    assert sealed.samples("a" * 23) == set()
    assert len(sealed.samples("a" * 24)) == 1


def test_of_a_body_every_text_is_searched_for_and_nothing_around_it() -> None:
    body = {"hoc": TEXT, "viec": [{"gi": OTHER, "khi": "19/5/2020", "so": 3}], "rong": None}
    assert sealed.written(json.dumps(body)) == [TEXT, OTHER, "19/5/2020"]
    assert sealed.written(TEXT) == [TEXT]
    assert sealed.written("123") == ["123"]
    assert sealed.written('"trích"') == ['"trích"']


def keep(who: world.World, texts: dict[str, str]) -> Place:
    """A sealed draft of Hòa's, as the slices keep it."""
    with who.app.app_context():
        place = here()
        value = seal(who.hoa, json.dumps(texts), place)
        with writing() as session:
            form = RecordForm(
                kind="assessment", year=2020, version=1, title="Liên hệ bản thân", body={}, audience=["all"]
            )
            session.add(form)
            session.flush()
            session.add(
                Record(
                    id=place.row,
                    form_id=form.id,
                    person_id=who.hoa,
                    unit_id=make.unit("MSH").id,
                    stage="draft",
                    sealed_draft=value,
                    started=clock.now(),
                )
            )
        return place


def plant(who: world.World, text: str) -> None:
    """The mistake that the search is for: a private text in a fact of the audit."""
    with who.app.app_context(), writing():
        audit.line(who.hoa, "draft.save", "record", "x", text=f"nháp: {text}!")


def checked(who: world.World) -> tuple[int, str]:
    result = who.app.test_cli_runner().invoke(args=["privacy", "sealed-check"])
    return result.exit_code, result.output


def test_a_clean_house_is_clean(world: world.World) -> None:
    keep(world, {"hoc": TEXT, "lam": OTHER})
    code, output = checked(world)
    assert "texts: 2" in output
    assert "hits: 0" in output
    assert int(output.split("bytes searched: ")[1].split()[0]) > 1000
    assert code == 0


@pytest.mark.parametrize("text", [TEXT, OTHER, TEXT[: len(TEXT) // 2 + 20], TEXT[-40:]])
def test_a_plain_trace_is_found_and_named_but_not_shown(world: world.World, text: str) -> None:
    place = keep(world, {"hoc": TEXT, "lam": OTHER})
    plant(world, text)
    code, output = checked(world)
    assert code == 1
    assert f"HIT record.sealed_draft {place.row} in " in output
    assert text not in output


def test_a_trace_in_another_column_is_found_too(world: world.World) -> None:
    keep(world, {"hoc": TEXT})
    with world.app.app_context(), writing() as session:
        session.execute(sa.update(RecordForm).values(title=TEXT))
    assert checked(world)[0] == 1


def test_a_trace_in_the_transport_of_jobs_is_found(world: world.World) -> None:
    keep(world, {"hoc": TEXT})
    file = world.app.extensions["settings"].jobs_file
    planted = file.with_name(file.name + "-wal")
    there = planted.read_bytes() if planted.exists() else None
    try:
        planted.write_bytes((there or b"") + TEXT.encode())
        assert checked(world)[0] == 1
    finally:
        planted.unlink() if there is None else planted.write_bytes(there)


def test_a_search_that_decrypted_nothing_proves_nothing(world: world.World) -> None:
    code, output = checked(world)
    assert "texts: 0" in output
    assert code == 1


def test_texts_of_an_erased_person_are_counted_as_unreadable(world: world.World) -> None:
    keep(world, {"hoc": TEXT})
    with world.app.app_context():
        sealed.store().forget(world.hoa)
    code, output = checked(world)
    assert "texts: 0" in output
    assert "unreadable: 1" in output
    assert code == 1


# --- more than one process -----------------------------------------------------------------------------------------


AT_ONCE = 8


def test_processes_that_start_at_once_make_one_key_store(tmp_path: Path) -> None:
    """Web processes, the job runner and commands may all be the first to open a new state."""
    for turn in range(10):
        start_at_once(f"sqlite:///{tmp_path / f'keys-{turn}.sqlite'}")


def test_they_make_one_on_postgresql_too(postgres: str) -> None:
    for _ in range(10):
        start_at_once(postgres)
        engine = sa.create_engine(postgres)
        sealed.sealed_key.drop(engine)
        engine.dispose()


def start_at_once(url: str) -> None:
    """Eight key stores begin at the same moment, each on a connection of its own; then a key of one is in all."""
    engines = [sa.create_engine(url) for _ in range(AT_ONCE)]
    for engine in engines:
        tune(engine)
    begin = threading.Barrier(AT_ONCE)

    def start(engine: sa.Engine) -> KeyStore:
        begin.wait(10)
        return KeyStore(engine, b"k" * 32)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        stores = list(pool.map(start, engines))
    owner = uuid4()
    stores[0].make(owner)
    assert all(store.find(owner) is not None for store in stores)
    for engine in engines:
        engine.dispose()
