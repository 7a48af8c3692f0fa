"""What happened, and what needs me?"""
