"""What accounts hold in all, as it is kept and as it adds up."""
