"""The first page of each person, and `/toi`: what is held about me."""
