"""What the program brought and costs: figures of any range, month-end, and closed periods."""
