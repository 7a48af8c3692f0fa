"""What may leave the house, and has it?"""
