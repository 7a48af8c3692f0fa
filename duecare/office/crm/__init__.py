"""Who owes what to whom, and what has happened?"""
