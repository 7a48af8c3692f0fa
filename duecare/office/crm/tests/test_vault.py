"""Personal data is sealed at rest, found by a keyed index, and masked for the eye."""

from __future__ import annotations

import pytest
from django.db import connection

from duecare.office.crm import vault
from duecare.office.crm.models import Party

from .factories import make_party


def test_what_is_sealed_opens_again():
    sealed = vault.seal("王小明 138 0000 0000", column="crm_party.name")
    assert vault.unseal(sealed, column="crm_party.name") == "王小明 138 0000 0000"
    assert "王".encode() not in sealed


def test_a_value_moved_to_another_column_does_not_open():
    sealed = vault.seal("secret", column="crm_party.name")
    with pytest.raises(vault.CannotOpen, match=r"crm_contactpoint\.value"):
        vault.unseal(sealed, column="crm_contactpoint.value")


def test_a_value_changed_by_one_bit_does_not_open():
    sealed = bytearray(vault.seal("secret", column="crm_party.name"))
    sealed[-1] ^= 1
    with pytest.raises(vault.CannotOpen):
        vault.unseal(bytes(sealed), column="crm_party.name")


def test_the_index_finds_a_number_however_it_is_written():
    one = vault.blind_index("+44 (0)7700 900-123", column="c")
    assert one == vault.blind_index("+440 7700900123", column="c")
    assert one != vault.blind_index("+44 7700 900124", column="c")
    assert one != vault.blind_index("+44 (0)7700 900-123", column="d")


@pytest.mark.django_db
def test_no_name_and_no_number_stands_in_the_database_in_clear():
    make_party(name="Wilhelmina Testperson", mobile="+44 7700 900123")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM crm_party UNION ALL SELECT value FROM crm_contactpoint")
        stored = b" ".join(bytes(row[0]) for row in cursor.fetchall())
    assert b"Wilhelmina" not in stored
    assert b"7700" not in stored


@pytest.mark.django_db
def test_a_party_is_found_by_its_exact_name():
    party = make_party(name="Wilhelmina Testperson")
    make_party(name="Somebody Else")
    index = vault.blind_index("wilhelmina  testperson", column="crm_party.name")
    assert list(Party.objects.filter(name_index=index)) == [party]


@pytest.mark.parametrize(
    ("name", "masked"), [("王小明", "王**"), ("John Smith", "J. S***"), ("Cher", "C***"), ("", "")]
)
def test_names_are_masked(name, masked):
    assert vault.mask_name(name) == masked


@pytest.mark.parametrize(
    ("value", "kind", "masked"),
    [
        ("13800001234", "mobile", "138****1234"),
        ("someone@example.com", "email", "s***@example.com"),
        ("1 Nowhere Street, Invented Town", "postal", "*** Invented Town"),
    ],
)
def test_contact_points_are_masked(value, kind, masked):
    assert vault.mask_contact(value, kind) == masked
