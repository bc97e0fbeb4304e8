"""`Bàn giao`: what an officer leaves to a successor, on a page and in minutes to be signed."""
