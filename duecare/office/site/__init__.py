"""How do the rooms make one office?"""
