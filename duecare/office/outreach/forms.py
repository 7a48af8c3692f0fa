from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from duecare.office.people.models import User

from .models import Channel, OutboxMessage, Permit, Verdict

ALL = ("", _("all"))


class PermitFilter(forms.Form):
    verdict = forms.ChoiceField(label=_("Answer"), required=False)
    rule = forms.ChoiceField(label=_("Rule"), required=False)
    collector = forms.ChoiceField(label=_("Collector"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = Permit.objects.exclude(rule="").order_by("rule").values_list("rule", flat=True).distinct()
        people = User.objects.filter(permits__isnull=False).distinct().order_by("display_name", "username")
        choices: dict[str, list[tuple[Any, Any]]] = {
            "verdict": list(Verdict.choices),
            "rule": [(rule, rule) for rule in rules],
            "collector": [(str(one.pk), str(one)) for one in people],
            "channel": list(Channel.choices),
        }
        for name, offered in choices.items():
            self.fields[name].choices = [ALL, *offered]  # type: ignore[attr-defined]
        for field in self.fields.values():
            css = "form-select" if isinstance(field, forms.ChoiceField) else "form-control"
            field.widget.attrs["class"] = css

    def asked(self) -> dict[str, Any]:
        """What was asked for, as far as it is understood; a value that is not is as if it were not there."""
        if not self.is_bound:
            return {name: None if name in ("since", "until") else "" for name in self.fields}
        self.is_valid()
        return {
            name: self.cleaned_data.get(name) or ("" if name not in ("since", "until") else None)
            for name in self.fields
        }


class OutboxFilter(forms.Form):
    status = forms.ChoiceField(label=_("Status"), required=False, choices=[ALL, *OutboxMessage.Status.choices])
    channel = forms.ChoiceField(
        label=_("Channel"),
        required=False,
        choices=[
            ALL,
            (Channel.SMS, Channel.SMS.label),
            (Channel.EMAIL, Channel.EMAIL.label),
            (Channel.LETTER, Channel.LETTER.label),
        ],
    )
