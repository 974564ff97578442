"""What a patrol is: when it is due, what is looked at, what may happen to a task. Pure: no I/O and no clock."""
