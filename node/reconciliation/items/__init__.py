"""Items as they are kept, and which of them a comparison has to look at."""
