"""What was said?"""

from duecare.speech.check import Finding, check_text

__all__ = ["Finding", "check_text"]
