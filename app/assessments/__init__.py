"""`Liên hệ bản thân`: private unless its author sends it; the unit sees that it was done."""
