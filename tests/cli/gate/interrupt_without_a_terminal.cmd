130
# Where no terminal gives INT to the whole group, weir passes it on: as CI servers ask for an end.
mkfifo up
cat > program.py <<'X'
import signal, sys

def end(*_):
    print("interrupted")
    sys.exit(130)

signal.signal(signal.SIGINT, end)
open("up", "w").close()
while True:
    signal.pause()
X
setsid --wait python3 -c '
import signal, subprocess
program = subprocess.Popen(["weir", "gate", "wait", "file:up", "--", "python3", "program.py"])
open("up").read()
program.send_signal(signal.SIGINT)
raise SystemExit(program.wait())'
