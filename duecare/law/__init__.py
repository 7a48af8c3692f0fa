"""May I?

    request ──► the laws of every place the person may be, of the debt, and the house's own ──► verdict, reasons, duties, next lawful moment

`default_library()` holds the rulebooks that ship in `rulebooks/`, one folder a jurisdiction; `Library.judge` answers one planned contact. A pure
function: the same request under the same rulebook version gives the same answer for ever.
"""

from duecare.law.decision import Decision, Duty, Reason
from duecare.law.library import Library, default_library, load_library
from duecare.law.loader import RulebookError
from duecare.law.request import ContactRequest, RequestError, read_request
from duecare.law.rules import Example, Rule

__all__ = [
    "ContactRequest",
    "Decision",
    "Duty",
    "Example",
    "Library",
    "Reason",
    "RequestError",
    "Rule",
    "RulebookError",
    "default_library",
    "load_library",
    "read_request",
]
