s/process [0-9]+/process PID/
