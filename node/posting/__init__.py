"""From event to entry: the rules that say what each event means in the books."""
