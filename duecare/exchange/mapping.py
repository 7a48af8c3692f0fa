"""Which column is which? A mapping says so as data, and what the file does not say stands there as an assumption.

Mappings that come with the package lie in `mappings/`; any other is a YAML file of the same form. Every column of a file must be accounted for:
mapped, kept as a further field, an outcome, protected, or ignored. Nothing is guessed.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from duecare.exchange.values import MappingError

SHIPPED = Path(__file__).with_name("mappings")

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
DebtKind = Literal[
    "credit_card",
    "personal_loan",
    "microloan",
    "mortgage",
    "auto",
    "student",
    "medical",
    "utility",
    "telecom",
    "rent",
    "tax",
    "trade_invoice",
    "other",
]
DEBT_KINDS: frozenset[str] = frozenset(DebtKind.__args__)  # type: ignore[attr-defined]
LANGUAGES = frozenset({"en", "zh-hans", "de"})
PLACEMENT_FIELDS = frozenset(
    [
        "account_reference",
        "claim_reference",
        "party_reference",
        "party_kind",
        "name",
        "amount",
        "currency",
        "invoice_date",
        "due_date",
        "jurisdiction",
        "time_zone",
        "debt_kind",
        "consumer",
        "language",
        "mobile",
        "home_phone",
        "work_phone",
        "email",
        "postal",
    ]
)
PAYMENT_FIELDS = frozenset(
    ["payment_reference", "account_reference", "claim_reference", "amount", "currency", "paid_on", "method"]
)
# Names under which protected characteristics come; such a column can only be refused, never mapped or kept.
PROTECTED_NAMES = frozenset(
    [
        "sex",
        "gender",
        "age",
        "ethnicity",
        "race",
        "religion",
        "nationality",
        "disability",
        "marital_status",
        "sexual_orientation",
        "pregnancy",
        "political_opinion",
        "性别",
        "年龄",
        "民族",
        "种族",
        "宗教",
        "婚姻状况",
    ]
)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Bilingual(_Part):
    en: Annotated[str, Field(min_length=1)]
    zh: Annotated[str, Field(min_length=1)]

    def told(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en


class Constants(_Part):
    currency: Currency | None = None
    jurisdiction: str | None = None
    debt_kind: DebtKind | None = None
    consumer: bool | None = None
    party_kind: Literal["person", "company"] | None = None
    language: str | None = None
    method: str | None = None


class Outcomes(_Part):
    """What became known later. Kept from everything that a decision may see."""

    settled_on: str | None = None
    columns: tuple[str, ...] = ()


class DueDateDefault(_Part):
    days_before: Annotated[int, Field(ge=0, le=3650)]


class AmountForm(_Part):
    decimal_sign: Literal[".", ","] = "."
    thousands_sign: Literal["", ",", ".", " ", "'"] = ""

    @model_validator(mode="after")
    def _apart(self) -> AmountForm:
        if self.decimal_sign == self.thousands_sign:
            raise ValueError("decimals and thousands cannot have the same sign")
        return self


class Mapping(_Part):
    """One way to read a file. `columns` says field → column of the file; see docs/how-to/add-a-mapping.md."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")]
    for_: Literal["placements", "payments"] = Field(default="placements", alias="for")
    label: Bilingual
    columns: dict[str, str]
    optional: tuple[str, ...] = ()
    constants: Constants = Constants()
    tables: dict[str, dict[str, str]] = {}
    language: dict[str, str] = {}
    dates: Annotated[tuple[str, ...], Field(min_length=1)]
    amounts: AmountForm = AmountForm()
    due_date_default: DueDateDefault | None = None
    meta: dict[str, str] = {}
    outcomes: Outcomes = Outcomes()
    protected: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    encoding: Literal["auto", "utf-8", "gb18030"] = "auto"
    invented: bool = False
    stated_assumptions: tuple[Bilingual, ...] = Field(default=(), alias="assumptions")

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the file does not say and we assumed, in English."""
        return self.assumptions_in("en")

    def assumptions_in(self, language: str) -> tuple[str, ...]:
        return tuple(one.told(language) for one in self.stated_assumptions)

    @property
    def fingerprint(self) -> str:
        """Changes with anything that could change what a file is read as."""
        return hashlib.sha256(self.model_dump_json(by_alias=True).encode()).hexdigest()

    @property
    def known_columns(self) -> frozenset[str]:
        settled = (self.outcomes.settled_on,) if self.outcomes.settled_on else ()
        return frozenset(
            (*self.columns.values(), *self.meta, *self.outcomes.columns, *settled, *self.protected, *self.ignored)
        )

    @property
    def required_columns(self) -> frozenset[str]:
        """What is read must be there; what is refused or ignored may be absent."""
        settled = (self.outcomes.settled_on,) if self.outcomes.settled_on else ()
        return frozenset((*self.columns.values(), *self.meta, *settled)) - frozenset(self.optional)

    @field_validator("dates")
    @classmethod
    def _whole_dates(cls, dates: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in dates:
            if not ("%Y" in pattern and "%d" in pattern and ("%m" in pattern or "%b" in pattern)):
                raise ValueError(f"{pattern!r} does not name year (%Y), month (%m) and day (%d)")
        return dates

    @model_validator(mode="after")
    def _fits_together(self) -> Mapping:
        fields = PLACEMENT_FIELDS if self.for_ == "placements" else PAYMENT_FIELDS
        for field in self.columns:
            if field not in fields:
                raise ValueError(f"columns.{field}: there is no such field; the fields are {', '.join(sorted(fields))}")
        given = set(self.columns) | {name for name, value in self.constants if value is not None}
        if self.language:
            given.add("language")
        needed = (
            {
                "account_reference",
                "claim_reference",
                "amount",
                "currency",
                "jurisdiction",
                "debt_kind",
                "consumer",
                "party_kind",
                "language",
            }
            if self.for_ == "placements"
            else {"payment_reference", "amount", "currency", "paid_on"}
        )
        for field in sorted(needed - given):
            raise ValueError(f"columns.{field}: neither a column nor a constant says it")
        if self.for_ == "placements" and "due_date" not in self.columns and self.due_date_default is None:
            raise ValueError("columns.due_date: give a column, or due_date_default")
        if self.for_ == "payments" and not {"account_reference", "claim_reference"} & set(self.columns):
            raise ValueError("columns: a payment names an account_reference or a claim_reference")
        for field, table in self.tables.items():
            if field not in self.columns:
                raise ValueError(f"tables.{field}: there is no column for it")
            for value in table.values():
                self._known_value(f"tables.{field}", field, value)
        for field, value in self.constants:
            if value is not None:
                self._known_value(f"constants.{field}", field, str(value))
                if field in self.columns:
                    raise ValueError(f"constants.{field}: columns.{field} says it already")
        for place, language in self.language.items():
            self._known_value("language", "jurisdiction", place)
            self._known_value("language", "language", language)
        reserved = {*self.protected, *self.outcomes.columns, self.outcomes.settled_on}
        for where, columns in (("columns", self.columns.values()), ("meta", self.meta)):
            for column in columns:
                if column in reserved:
                    raise ValueError(f"{where}: {column} is an outcome or protected and cannot be read")
                if column.strip().lower().replace(" ", "_") in PROTECTED_NAMES:
                    raise ValueError(
                        f"{where}: {column} is a protected characteristic; name it under protected, where it is refused"
                    )
        return self

    @staticmethod
    def _known_value(where: str, field: str, value: str) -> None:
        known: frozenset[str] | None = {
            "jurisdiction": frozenset(places()),
            "debt_kind": DEBT_KINDS,
            "language": LANGUAGES,
            "party_kind": frozenset({"person", "company"}),
        }.get(field)
        if known is not None and value not in known:
            raise ValueError(f"{where}: {value!r} is not one of {', '.join(sorted(known))}")


@cache
def places() -> dict[str, tuple[str, ...]]:
    """Time zones by place (`places.yaml`)."""
    data: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("places.yaml").read_text(encoding="utf-8"))
    zones = {str(place): tuple(str(zone) for zone in names) for place, names in data["places"].items()}
    for names in zones.values():
        for name in names:
            ZoneInfo(name)
    return zones


def shipped_mappings() -> tuple[str, ...]:
    """Names of the mappings that come with the package."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.yaml")))


def load_mapping(name: str | Path) -> Mapping:
    """A mapping by its name, or from a YAML file.

    Raises:
        MappingError: no such mapping, or a field of it is wrong; the message names the field.
    """
    path = Path(name)
    if str(name) in shipped_mappings():
        path = SHIPPED / f"{name}.yaml"
    elif not path.is_file():
        raise MappingError(
            f"there is no mapping {str(name)!r}; give a YAML file or one of {', '.join(shipped_mappings())}"
        )
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise MappingError(f"{path.name}: not YAML: {error}") from error
    if not isinstance(data, dict):
        raise MappingError(f"{path.name}: a mapping is a table of fields")
    try:
        return Mapping.model_validate(data)
    except ValidationError as error:
        said = "; ".join(
            f"{'.'.join(str(part) for part in one['loc']) or 'mapping'}: {one['msg'].removeprefix('Value error, ')}"
            for one in error.errors()
        )
        raise MappingError(f"{path.name}: {said}") from error
