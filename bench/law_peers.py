"""The small rule set in other engines, on the facts in an .npz file; run by `bench/law.py --peers PYTHON` under an interpreter that has them.

Prints a JSON line an engine: name, decisions a second, and how many decisions differ from the bits in the file.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np

NAMES = ("moment0", "moment1", "holiday", "count", "quiet_days", "machine", "consent", "stopped")
OPENS, CLOSES = 28_800_000_000, 75_600_000_000
data = np.load(sys.argv[1])
FACTS = {name: data[name] for name in NAMES}
BITS = data["bits"]


def tell(name, bits, seconds, count):
    wrong = int((np.asarray(bits[:count]) != BITS[:count]).sum()) if bits is not None else 0
    print(json.dumps({"engine": name, "rate": count / seconds, "differ": wrong, "of": count}), flush=True)


def best(run, times=3):
    found, took = None, None
    for _ in range(times):
        begun = time.perf_counter()
        found = run()
        seconds = time.perf_counter() - begun
        took = seconds if took is None else min(took, seconds)
    return found, took


def with_numpy():
    f = FACTS
    outside = ((f["moment0"] < OPENS) | (f["moment0"] >= CLOSES)) | ((f["moment1"] < OPENS) | (f["moment1"] >= CLOSES))
    return (
        f["stopped"] * 1 + (f["machine"] & ~f["consent"]) * 2 + (f["count"] >= 7) * 4 + (f["quiet_days"] < 7) * 8
        + (f["holiday"] | outside) * 16
    )  # fmt: skip


def with_python(rows):
    found = []
    for moment0, moment1, holiday, count, quiet, machine, consent, stopped in rows:
        bits = 1 if stopped else 0
        if machine and not consent:
            bits |= 2
        if count >= 7:
            bits |= 4
        if quiet < 7:
            bits |= 8
        if holiday or not OPENS <= moment0 < CLOSES or not OPENS <= moment1 < CLOSES:
            bits |= 16
        found.append(bits)
    return found


def with_polars():
    import polars as pl

    frame = pl.DataFrame(FACTS)
    c = pl.col
    outside = ~c("moment0").is_between(OPENS, CLOSES, closed="left") | ~c("moment1").is_between(
        OPENS, CLOSES, closed="left"
    )
    expression = (
        c("stopped").cast(pl.Int64) + (c("machine") & ~c("consent")).cast(pl.Int64) * 2 + (c("count") >= 7).cast(pl.Int64) * 4
        + (c("quiet_days") < 7).cast(pl.Int64) * 8 + (c("holiday") | outside).cast(pl.Int64) * 16
    )  # fmt: skip
    return lambda: frame.select(expression.alias("bits"))["bits"].to_numpy()


SQL = f"""SELECT stopped::INT + (machine AND NOT consent)::INT * 2 + ("count" >= 7)::INT * 4 + (quiet_days < 7)::INT * 8
 + (holiday OR moment0 < {OPENS} OR moment0 >= {CLOSES} OR moment1 < {OPENS} OR moment1 >= {CLOSES})::INT * 16 AS bits FROM facts"""


def with_duckdb():
    import duckdb
    import pyarrow as pa

    con = duckdb.connect(config={"threads": 2})
    con.register("given", pa.table(FACTS))
    con.execute("CREATE TABLE facts AS SELECT * FROM given; SET preserve_insertion_order = true")
    return lambda: con.sql(SQL).fetchnumpy()["bits"]


def with_openfisca():
    from openfisca_core.entities import build_entity
    from openfisca_core.periods import DateUnit
    from openfisca_core.simulations import SimulationBuilder
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    contact = build_entity(key="contact", plural="contacts", label="", is_person=True)
    system = TaxBenefitSystem([contact])

    def add(name, kind, formula=None):
        body = {"value_type": kind, "entity": contact, "definition_period": DateUnit.ETERNITY, "label": name}
        if formula:
            body["formula"] = formula
        system.add_variable(type(name, (Variable,), body))

    for name in NAMES:
        add(name, bool if FACTS[name].dtype == bool else float)

    def formula(contacts, period):
        f = {name: contacts(name, period) for name in NAMES}
        outside = (f["moment0"] < OPENS) + (f["moment0"] >= CLOSES) + (f["moment1"] < OPENS) + (f["moment1"] >= CLOSES)
        return (
            f["stopped"] * 1 + (f["machine"] * (1 - f["consent"])) * 2 + (f["count"] >= 7) * 4 + (f["quiet_days"] < 7) * 8
            + (f["holiday"] + outside > 0) * 16
        )  # fmt: skip

    add("bits", int, formula)
    size = len(BITS)

    def run():
        simulation = SimulationBuilder().build_default_simulation(system, size)
        for name in NAMES:
            # its floats are of 32 bits: moments are given in minutes, which they hold exactly
            value = FACTS[name]
            simulation.set_input(name, "2026-11", value / 1.0 if value.dtype != bool else value)
        return simulation.calculate("bits", "2026-11")

    return run


def with_zen(rows, count):
    import zen

    text = (
        "(stopped ? 1 : 0) + (machine and not consent ? 2 : 0) + (count >= 7 ? 4 : 0) + (quiet_days < 7 ? 8 : 0) + "
        f"(holiday or moment0 < {OPENS} or moment0 >= {CLOSES} or moment1 < {OPENS} or moment1 >= {CLOSES} ? 16 : 0)"
    )
    expression = zen.compile_expression(text)
    given = [dict(zip(NAMES, row, strict=True)) for row in rows[:count]]
    return lambda: [int(expression.evaluate(one)) for one in given]


def with_zen_table(rows, count):
    """A decision table that collects every row that holds; the hours take a row an edge, so that the bits are those of the distinct rows."""
    import zen

    inputs = ("stopped", "machine", "consent", "count", "quiet_days", "holiday", "moment0", "moment1")
    cells = (
        (1, {"stopped": "true"}),
        (2, {"machine": "true", "consent": "false"}),
        (4, {"count": ">= 7"}),
        (8, {"quiet_days": "< 7"}),
        (16, {"holiday": "true"}),
        *((16, {name: edge}) for name in ("moment0", "moment1") for edge in (f"< {OPENS}", f">= {CLOSES}")),
    )
    table = {
        "hitPolicy": "collect",
        "inputs": [{"id": name, "name": name, "field": name} for name in inputs],
        "outputs": [{"id": "bit", "name": "bit", "field": "bit"}],
        "rules": [
            {"_id": str(place), **{name: when.get(name, "") for name in inputs}, "bit": str(bit)}
            for place, (bit, when) in enumerate(cells)
        ],
    }
    content = {
        "nodes": [
            {"id": "in", "type": "inputNode", "name": "in", "content": {}},
            {"id": "table", "type": "decisionTableNode", "name": "table", "content": table},
            {"id": "out", "type": "outputNode", "name": "out", "content": {}},
        ],
        "edges": [
            {"id": "a", "type": "edge", "sourceId": "in", "targetId": "table"},
            {"id": "b", "type": "edge", "sourceId": "table", "targetId": "out"},
        ],
    }
    engine = zen.ZenEngine({"loader": lambda _: json.dumps(content)})
    given = [{"key": "table", "context": dict(zip(NAMES, row, strict=True))} for row in rows[:count]]

    def run():
        return [sum({row["bit"] for row in one["data"]["result"]}) for one in engine.evaluate_batch(given)]

    return run


def with_cel(rows, count):
    import cel

    text = (
        "(stopped ? 1 : 0) + (machine && !consent ? 2 : 0) + (count >= 7 ? 4 : 0) + (quiet_days < 7 ? 8 : 0) + "
        f"(holiday || moment0 < {OPENS} || moment0 >= {CLOSES} || moment1 < {OPENS} || moment1 >= {CLOSES} ? 16 : 0)"
    )
    program = cel.compile(text)
    given = [dict(zip(NAMES, row, strict=True)) for row in rows[:count]]
    return lambda: [program.execute(one) for one in given]


rows = list(zip(*(FACTS[name].tolist() for name in NAMES), strict=True))
size = len(BITS)
for name, make, count in (
    ("numpy by hand", lambda: with_numpy, size),
    ("Polars", with_polars, size),
    ("DuckDB SQL by hand", with_duckdb, size),
    ("OpenFisca vectorised", with_openfisca, size),
    ("Python by hand", lambda: lambda: with_python(rows), size),
    ("zen-engine compiled expression", lambda: with_zen(rows, 100_000), 100_000),
    ("zen-engine decision table, in batch", lambda: with_zen_table(rows, 50_000), 50_000),
    ("CEL (common-expression-language)", lambda: with_cel(rows, 100_000), 100_000),
):
    try:
        found, took = best(make())
    except ModuleNotFoundError as error:
        print(json.dumps({"engine": name, "failed": f"not installed ({error.name})"}), flush=True)
        continue
    except Exception as error:  # an engine that is not as it was
        print(json.dumps({"engine": name, "failed": f"{type(error).__name__}: {error}"[:200]}), flush=True)
        continue
    tell(name, found, took, count)
