"""What a change of units meets and weighs; the changes that were made."""
