"""When is it too late to sue, what has interest come to, what may be asked at most, how long are records kept?

Pure: the regimes, rates and caps are YAML below `data`, each with its source and how sure it is; the day on which one asks is an argument.
"""
