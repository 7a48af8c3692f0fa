"""What do the numbers say?

`metrics` defines every figure once; `funnel`, `ageing`, `movement` and `expected` make them from what happened.
"""
