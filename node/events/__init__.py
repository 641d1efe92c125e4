"""What the chain said: decoded events in the order learned, retracted when a reorg takes them."""
