s/"duration_seconds":[0-9.]+/"duration_seconds":N/
s/"cursor":"[^"]*"/"cursor":"C"/
