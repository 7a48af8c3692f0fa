"""Who does it, and where is it kept?"""
