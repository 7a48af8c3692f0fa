"""What does the file say?"""
