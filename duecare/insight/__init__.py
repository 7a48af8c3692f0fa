"""What do the numbers say?

`metrics` defines every figure once; `funnel`, `ageing` and `expected` make them from what happened.
"""
