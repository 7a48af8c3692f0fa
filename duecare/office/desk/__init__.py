"""Whom do I work now, and what came of it?"""
