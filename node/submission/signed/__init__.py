"""What was ever signed: attempts, what they may cost, nonces that something else used."""
