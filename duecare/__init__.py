"""Duecare (善催): the workbench and the training ground for lawful debt collection."""

__version__ = "0.1.0"
