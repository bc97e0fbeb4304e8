"""The law of changing units and of who appoints whom."""
