from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from duecare.office.crm.models import Complaint, Dispute, Hardship, Preference


class DayInput(forms.DateInput):
    input_type = "date"


class InstantInput(forms.DateTimeInput):
    input_type = "datetime-local"


class DeskForm(forms.Form):
    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            widget = field.widget
            if isinstance(widget, forms.CheckboxInput):
                widget.attrs["class"] = "form-check-input"
            elif isinstance(widget, forms.Select):
                widget.attrs["class"] = "form-select"
            else:
                widget.attrs["class"] = "form-control"


class PromiseForm(DeskForm):
    amount = forms.DecimalField(label=_("Amount"), max_digits=20, decimal_places=2, min_value=0)
    due_on = forms.DateField(label=_("By"), widget=DayInput)


class DisputeForm(DeskForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=Dispute.Kind.choices)
    text = forms.CharField(label=_("What is contested"), widget=forms.Textarea({"rows": 2}), required=False)
    in_writing = forms.BooleanField(label=_("in writing"), required=False)


class HardshipForm(DeskForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=Hardship.Kind.choices)
    hold_days = forms.IntegerField(label=_("Contact rests for, days"), initial=30, min_value=0, max_value=180)
    note = forms.CharField(label=_("Note"), widget=forms.Textarea({"rows": 2}), required=False)
    consent_to_record = forms.BooleanField(label=_("The person agrees that we record this"), required=False)


class CallbackForm(DeskForm):
    when = forms.DateTimeField(label=_("When, at the person's place"), widget=InstantInput)
    asked_for = forms.BooleanField(label=_("The person asked for it"), required=False, initial=True)
    mine = forms.BooleanField(label=_("I call back myself"), required=False, initial=True)

    def instant(self, zone: str) -> datetime:
        """The chosen wall-clock time as an instant in the person's zone."""
        chosen: datetime = self.cleaned_data["when"]
        return chosen.replace(tzinfo=ZoneInfo(zone))


class ComplaintForm(DeskForm):
    cause = forms.ChoiceField(label=_("Cause"), choices=Complaint.Cause.choices)
    about_me = forms.BooleanField(label=_("It is about my own conduct"), required=False)
    text = forms.CharField(label=_("Complaint"), widget=forms.Textarea({"rows": 2}))


class PreferenceForm(DeskForm):
    kind = forms.ChoiceField(
        label=_("What the person wants"),
        choices=[
            choice for choice in Preference.Kind.choices if choice[0] not in ("preferred_time", "inconvenient_place")
        ],
    )
    channel = forms.ChoiceField(
        label=_("Channel"),
        required=False,
        choices=[
            ("", _("–")),
            ("call", _("Call")),
            ("sms", _("SMS")),
            ("email", _("E-mail")),
            ("letter", _("Letter")),
            ("chat", _("Chat")),
        ],
    )
    starts = forms.TimeField(label=_("From"), required=False, widget=forms.TimeInput({"type": "time"}))
    ends = forms.TimeField(label=_("To"), required=False, widget=forms.TimeInput({"type": "time"}))
    in_writing = forms.BooleanField(label=_("in writing"), required=False)

    def fields_of_preference(self) -> dict[str, object]:
        data = self.cleaned_data
        return {
            "channel": data["channel"] if data["kind"] in ("stop_channel", "only_channel") else "",
            "starts": f"{data['starts']:%H:%M}" if data["starts"] and data["kind"] == "inconvenient_time" else "",
            "ends": f"{data['ends']:%H:%M}" if data["ends"] and data["kind"] == "inconvenient_time" else "",
            "in_writing": data["in_writing"],
        }

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        if data.get("kind") in ("stop_channel", "only_channel") and not data.get("channel"):
            self.add_error("channel", _("Choose the channel."))
        return data


class NoteForm(DeskForm):
    note = forms.CharField(label=_("Note"), widget=forms.Textarea({"rows": 2}))


class DocumentForm(DeskForm):
    title = forms.CharField(label=_("Title"), max_length=120)
    file = forms.FileField(label=_("File"))
