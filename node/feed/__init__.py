"""What happened, told outwards: the outbox that listeners read in order."""
