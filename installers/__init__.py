"""Setting Patina up on a machine. Standard library only: this code runs before anything is installed."""
