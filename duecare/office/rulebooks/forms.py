from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from duecare.law import default_library
from duecare.law.loader import CHANNELS
from duecare.office.crm.models import Creditor
from duecare.office.site import clock

from . import drafting, layers, words
from .models import Proposal

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
ORDER = ("call", "voicemail", "sms", "email", "chat", "letter", "visit", "social_private", "social_public", "portal")
UNITS = ("attempt", "placed_call", "conversation", "contact")
STATUSES = (
    ("", _("all")),
    ("verified", _("verified")),
    ("unverified", _("not verified")),
    ("in_force", _("in force")),
    ("coming", _("coming")),
    ("ended", _("ended")),
)


def _dressed(form: forms.Form) -> None:
    for field in form.fields.values():
        widget = field.widget
        if isinstance(widget, forms.CheckboxInput | forms.CheckboxSelectMultiple | forms.RadioSelect):
            widget.attrs["class"] = "form-check-input"
        else:
            widget.attrs["class"] = "form-select" if isinstance(widget, forms.Select) else "form-control"


class BrowseForm(forms.Form):
    q = forms.CharField(required=False, max_length=100)
    kind = forms.ChoiceField(required=False)
    status = forms.ChoiceField(required=False, choices=STATUSES)

    def __init__(self, *args: Any, kinds: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lang = words.lang()
        self.fields["kind"].choices = [("", _("all")), *((one, words.kind(one, lang)) for one in kinds)]  # type: ignore[attr-defined]

    def asked(self) -> dict[str, str]:
        """What was asked for; a value that is not understood is as if it were not there."""
        self.is_valid()
        return {name: str(self.cleaned_data.get(name) or "") for name in self.fields}


class SpanForm(forms.Form):
    since = forms.DateField(label=_("After"), widget=DAY)
    until = forms.DateField(label=_("Up to"), widget=DAY)
    place = forms.ChoiceField(label=_("Jurisdiction"), required=False)

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [("", _("all")), *places]  # type: ignore[attr-defined]
        _dressed(self)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("since") and data.get("until") and data["since"] >= data["until"]:
            self.add_error("until", _("The second day lies after the first."))
        return data


class ProposalForm(forms.Form):
    """A change to the office's own rules: chosen from what is wanted most often, or written as a rulebook."""

    WHAT = ("contact_hours", "frequency", "cool_down", "forbidden_channel", "duty")

    kind = forms.ChoiceField(label=_("Whom it binds"))
    creditor = forms.ModelChoiceField(
        label=_("Creditor"), queryset=Creditor.objects.order_by("name"), required=False, empty_label=_("choose")
    )
    place = forms.ChoiceField(label=_("Where the person is"), required=False)
    effective_on = forms.DateField(label=_("Takes effect on"), widget=DAY)
    reason = forms.CharField(label=_("Why"), max_length=2000, widget=forms.Textarea({"rows": 3}))
    how = forms.ChoiceField(choices=[("form", _("Choose")), ("text", _("Write it as a rulebook"))])
    about = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    replaces = forms.ModelChoiceField(queryset=Proposal.objects.all(), required=False, widget=forms.HiddenInput)

    # as a form
    what = forms.ChoiceField(label=_("What it is about"), required=False)
    name = forms.RegexField(
        label=_("Short name"),
        regex=r"^[A-Za-z0-9][A-Za-z0-9 -]{1,40}$",
        required=False,
        help_text=_("Latin letters and digits; it becomes the rule's id, such as OFFICE-NO-VISITS."),
    )
    whom = forms.ChoiceField(label=_("Kind of debt"), required=False)
    channels = forms.MultipleChoiceField(label=_("Channels"), required=False, widget=forms.CheckboxSelectMultiple)
    opens = forms.TimeField(label=_("From"), required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M"))
    closes = forms.TimeField(label=_("To"), required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M"))
    days_open = forms.MultipleChoiceField(label=_("Days"), required=False, widget=forms.CheckboxSelectMultiple)
    holidays_closed = forms.BooleanField(label=_("Not on public holidays"), required=False)
    max = forms.IntegerField(label=_("At most"), required=False, min_value=1, max_value=100)
    unit = forms.ChoiceField(label=_("What counts as one"), required=False)
    days = forms.IntegerField(label=_("Within, days"), required=False, min_value=1, max_value=366)
    key = forms.ChoiceField(label=_("Counted for each"), required=False)
    quiet_days = forms.IntegerField(label=_("Quiet for, days"), required=False, min_value=1, max_value=366)
    sentence_en = forms.CharField(
        label=_("The rule in English"), required=False, max_length=400, widget=forms.Textarea({"rows": 2, "lang": "en"})
    )
    sentence_zh = forms.CharField(
        label=_("The rule in Chinese"),
        required=False,
        max_length=400,
        widget=forms.Textarea({"rows": 2, "lang": "zh-Hans"}),
    )

    # as a text
    text = forms.CharField(
        label=_("Rulebook (YAML)"),
        required=False,
        max_length=drafting.LONGEST,
        widget=forms.Textarea({"rows": 18, "spellcheck": "false", "class": "font-monospace"}),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.today = today
        lang = words.lang()
        choices: dict[str, list[tuple[str, Any]]] = {
            "kind": [choice for choice in Proposal.Kind.choices if choice[0] != Proposal.Kind.END],
            "place": [
                (layers.EVERYWHERE, _("everywhere")),
                *(
                    (one, words.place(one, lang))
                    for one in default_library().jurisdictions()
                    if one != layers.EVERYWHERE
                ),
            ],
            "what": [(one, words.kind(one, lang)) for one in self.WHAT],
            "whom": [("", _("all debts")), ("consumer", _("consumer debts")), ("business", _("business debts"))],
            "channels": [(one, words.value(one, lang)) for one in ORDER if one in CHANNELS],
            "days_open": [(one, words.value(one, lang)) for one in words.DAYS],
            "unit": [(one, words.value(one, lang)) for one in UNITS],
            "key": [(one, words.value(one, lang)) for one in ("debt", "person")],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]
        _dressed(self)
        self.fields["text"].widget.attrs["class"] = "form-control font-monospace"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") == Proposal.Kind.CREDITOR and not data.get("creditor") and not data.get("replaces"):
            self.add_error("creditor", _("Choose the creditor."))
        if data.get("effective_on") and data["effective_on"] < self.today:
            self.add_error("effective_on", _("A change takes effect today or later."))
        data["place"] = data.get("place") or layers.EVERYWHERE
        if data.get("how") == "text":
            if not (data.get("text") or "").strip():
                self.add_error("text", _("Write the rules, or choose them in the form."))
            return data
        for name in self._needed(data.get("what") or ""):
            if data.get(name) in (None, "", []):
                self.add_error(name, _("This is needed."))
        opens, closes = data.get("opens"), data.get("closes")
        if data.get("what") == "contact_hours" and opens and closes and opens >= closes:
            self.add_error("closes", _("The end lies after the beginning."))
        return data

    @staticmethod
    def _needed(what: str) -> tuple[str, ...]:
        return (
            "what",
            "name",
            *{
                "contact_hours": ("channels", "opens", "closes", "days_open"),
                "frequency": ("channels", "max", "unit", "days", "key"),
                "cool_down": ("channels", "quiet_days"),
                "forbidden_channel": ("channels",),
                "duty": ("sentence_en", "sentence_zh"),
            }.get(what, ()),
        )

    def rulebook(self, source: str) -> str:
        """The text that is proposed: what was written, or what was chosen, written down."""
        data = self.cleaned_data
        if data["how"] == "text":
            return str(data["text"]).replace("\r\n", "\n").strip() + "\n"
        asked = {
            **data,
            "rule_id": "OFFICE-" + "-".join(str(data["name"]).upper().split()),
            "opens": f"{data['opens']:%H:%M}" if data.get("opens") else "",
            "closes": f"{data['closes']:%H:%M}" if data.get("closes") else "",
            "days": data["quiet_days"] if data["what"] == "cool_down" else data["days"],
        }
        return drafting.from_form(asked, data["place"], data["effective_on"], source)


class EndForm(forms.Form):
    effective_on = forms.DateField(label=_("Ends on"), widget=DAY)
    reason = forms.CharField(label=_("Why"), max_length=2000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["effective_on"].widget.attrs["min"] = clock.today().isoformat()
        _dressed(self)


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("What you looked at, or why not"), max_length=2000, required=False, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        _dressed(self)
