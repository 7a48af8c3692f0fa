"""What should this person practise next?"""
