"""What do we do next?"""
