"""What the office says is found, kept with its Chinese, and missed when it is not translated."""

from __future__ import annotations

import gettext
from pathlib import Path

import polib
import pytest

from duecare.office.site import catalogue


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An office of one app that says three things."""
    monkeypatch.setattr(catalogue, "OFFICE", tmp_path)
    app = tmp_path / "counter"
    (app / "templates" / "counter").mkdir(parents=True)
    (app / "apps.py").write_text("")
    (app / "views.py").write_text(
        "from django.utils.translation import gettext as _, ngettext\n"
        "def say(n):\n    return _('Owed'), ngettext('%(n)s promise', '%(n)s promises', n)\n"
    )
    (app / "templates" / "counter" / "page.html").write_text(
        "{% load i18n %}\n  <p>{% blocktranslate trimmed %}\n    Due on\n    {{ day }}\n  {% endblocktranslate %}</p>"
    )
    return app


def translate(app: Path, **said: str) -> None:
    path = app / catalogue.LOCALE
    file = polib.pofile(str(path))
    for entry in file:
        text = said.get(entry.msgid.split()[0].strip("%()s") or "n", "")
        if entry.msgid_plural:
            entry.msgstr_plural = {0: text}
        else:
            entry.msgstr = text
    file.save(str(path))


def test_update_finds_python_plurals_and_templates_and_lists_what_waits(app: Path) -> None:
    assert sorted(line.split(": ", 1)[1] for line in catalogue.update()) == [
        "%(n)s promise",
        "Due on %(day)s",
        "Owed",
    ]


def test_a_full_translation_has_no_problems_and_compiles_to_what_was_written(app: Path) -> None:
    catalogue.update()
    translate(app, Owed="应收", Due="到期日 %(day)s", n="%(n)s 项承诺")
    assert catalogue.problems() == []
    assert catalogue.compile_all() == 1
    with (app / catalogue.LOCALE).with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert compiled.gettext("Owed") == "应收"
    assert compiled.ngettext("%(n)s promise", "%(n)s promises", 2) == "%(n)s 项承诺"


def test_check_names_the_place_of_a_missing_translation(app: Path) -> None:
    catalogue.update()
    translate(app, Due="到期日 %(day)s", n="%(n)s 项承诺")
    assert catalogue.problems() == ["counter/views.py:3: not translated: Owed"]


def test_check_refuses_a_translation_that_lost_a_placeholder(app: Path) -> None:
    catalogue.update()
    translate(app, Owed="应收", Due="到期日", n="%(n)s 项承诺")
    (problem,) = catalogue.problems()
    assert problem.endswith("other placeholders in the translation: Due on %(day)s")


def test_update_keeps_translations_and_leaves_a_doubt_marked(app: Path) -> None:
    catalogue.update()
    translate(app, Owed="应收", Due="到期日 %(day)s", n="%(n)s 项承诺")
    path = app / catalogue.LOCALE
    file = polib.pofile(str(path))
    file.find("Owed").flags.append("fuzzy")
    file.save(str(path))
    assert catalogue.update() == []
    assert polib.pofile(str(path)).find("Owed").msgstr == "应收"
    assert catalogue.problems() == ["counter/views.py:3: marked fuzzy: Owed"]


def test_what_is_not_said_any_more_is_a_problem_until_the_next_update(app: Path) -> None:
    catalogue.update()
    translate(app, Owed="应收", Due="到期日 %(day)s", n="%(n)s 项承诺")
    (app / "views.py").write_text("")
    assert len(catalogue.problems()) == 2
    catalogue.update()
    assert catalogue.problems() == []
