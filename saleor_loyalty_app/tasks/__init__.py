"""What runs in the background: functions of the flows bound to schedules and jobs."""
