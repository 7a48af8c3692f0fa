"""Who does it, and where is it kept?

The Django project: the system of record, the desk, outreach, academy and reports. `office` holds state and people;
what can be decided without either lives in the pure packages beside it.
"""
