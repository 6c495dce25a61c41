"""CDS Hooks 2.0: services a hospital's record system calls while orders are made, answered with cards."""
