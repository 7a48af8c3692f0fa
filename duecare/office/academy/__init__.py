"""What do I practise today, and how did it go?"""
