"""What do we do next?

`duecare.treatment.worklist` puts a day's accounts in the order in which they are worked and says why.
"""
