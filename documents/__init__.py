"""What every document is made of: fonts, text metrics and ticks. Plain Python, no Django, no settings."""
