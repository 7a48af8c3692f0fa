"""What does the law say, what of it has changed, and who decides about our own rules? The library on screen."""
