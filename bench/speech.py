"""How fast is speech? Prints import time, ms a text check, turns a second and ms an assessment of 20 turns.

Run: `python bench/speech.py`. Turns are those of generated conversations with the practised debtors.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time


def import_seconds() -> float:
    """Median of five fresh interpreters, less the start of an empty one."""

    def median(code: str) -> float:
        taken = []
        for _ in range(5):
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True)
            taken.append(time.perf_counter() - start)
        return statistics.median(taken)

    return median("import duecare.speech") - median("pass")


def main() -> None:
    print(f"import duecare.speech       {import_seconds() * 1000:8.1f} ms (median of 5, interpreter start left out)")
    from duecare.speech import Conversation, assess, check_text, list_personas

    texts = {
        "en": [
            "Could you tell me what has changed?",
            "It sounds like this has been hard.",
            "We could do a plan of 200 a month.",
        ],
        "zh": ["能跟我说说最近遇到什么困难了吗？", "听得出来，您压力很大。", "那我们分期，每月200元，可以吗？"],
    }
    start = time.perf_counter()
    check_text("first")
    print(f"first check (patterns read) {(time.perf_counter() - start) * 1000:8.1f} ms")
    for lang, said in texts.items():
        start = time.perf_counter()
        for _ in range(300):
            for text in said:
                check_text(text, lang=lang)
        print(
            f"one text checked, {lang}        {(time.perf_counter() - start) / (300 * len(said)) * 1000:8.3f} ms (n={300 * len(said)})"
        )
    for lang, said in texts.items():
        turns, start, talks = 0, time.perf_counter(), []
        for seed in range(10):
            for persona in list_personas():
                talk = Conversation.replay(
                    persona.id, seed=seed, lang=lang, collector_turns=[f"{text} {n}" for n in range(4) for text in said]
                )
                turns += talk.turns
                talks.append(talk)
        print(f"turns answered, {lang}          {turns / (time.perf_counter() - start):8.0f} a second (n={turns})")
        transcript = {
            "id": "bench",
            "lang": lang,
            "turns": [turn for talk in talks for turn in talk.transcript()["turns"]][:20],
        }
        start = time.perf_counter()
        for _ in range(30):
            assess(transcript, lang=lang)
        print(f"20 turns assessed, {lang}       {(time.perf_counter() - start) / 30 * 1000:8.1f} ms (n=30)")


if __name__ == "__main__":
    main()
