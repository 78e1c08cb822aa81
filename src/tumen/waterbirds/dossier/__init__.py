"""What goes into the sheet? Fields of a designation, filled from data or listed as gaps."""
