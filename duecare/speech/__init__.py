"""What was said?"""

from duecare.speech.assessment import Assessment, Change, Evidence, TranscriptError, assess
from duecare.speech.check import Finding, check_text
from duecare.speech.conversation import Agreement, Conversation, Reply, State
from duecare.speech.persona import Persona, list_personas, persona_of
from duecare.speech.understanding import ActFound, Understanding, understand

__all__ = [
    "ActFound",
    "Agreement",
    "Assessment",
    "Change",
    "Conversation",
    "Evidence",
    "Finding",
    "Persona",
    "Reply",
    "State",
    "TranscriptError",
    "Understanding",
    "assess",
    "check_text",
    "list_personas",
    "persona_of",
    "understand",
]
