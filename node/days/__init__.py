"""The end of a business day: reviewed, signed by two people, proved by a certificate."""
