"""From intent to mined call: nonce, fees, signature, sending, watching."""
