s/[0-9.]+(ms|s)$/DURATION/
s/file\/[0-9a-f]{32}/file\/KEY/
s/"duration_seconds":[0-9.]+/"duration_seconds":N/
