"""May I?"""
