#!/usr/bin/env python3
"""A gate in multiplex mode: one process for the whole run, here counting the seats of a licence.

Configuration:  gates { seats { exec = "${projectDir}/seats.py 4"; mode = 'multiplex'; phase = 'admit' } }
Lines of JSON come in on standard input and go out on standard output; see weir-gate-protocol(7).
"""

import json
import sys

DESCRIPTION = {
    "protocol": "weir-gate/1",
    "name": "seats",
    "version": "1",
    "modes": ["multiplex"],
    "phases": ["admit"],
    "leases": True,
    "hints": {"count": {"type": "number", "default": 1}},
}


def say(event, **fields):
    print(json.dumps({"event": event, **fields}), flush=True)


def main():
    if "--describe" in sys.argv:
        print(json.dumps(DESCRIPTION))
        return
    seats = int(sys.argv[1]) if len(sys.argv) > 1 else 4
    taken = {}  # lease: seats
    for line in sys.stdin:  # its end is the end of the run
        message = json.loads(line)
        operation, request = message["op"], message.get("req")
        if operation == "hello":
            say("hello", max_in_flight=1000)
        elif operation == "cancel":
            say("cancelled", req=request)
        elif operation == "release":
            taken.pop(message["lease"], None)
            say("ready", req=request)
        elif operation == "admit":
            wanted = int(message["hints"].get("count", 1))
            # The same attempt may ask twice (we were started again): it gets what it has.
            lease = "{key}.{attempt}".format(**message["task"])
            free = seats - sum(taken.values()) + taken.get(lease, 0)
            if wanted > seats:
                say("failed", req=request, **{"class": "unrecoverable"}, message=f"there are only {seats} seats")
            elif wanted > free:
                say("not_ready", req=request, retry_after=1, message=f"{free} of {seats} seats are free")
            else:
                taken[lease] = wanted
                say("ready", req=request, lease=lease)
        elif operation == "shutdown":
            return
        else:  # prepare: this gate has nothing to prepare
            say("ready", req=request)


if __name__ == "__main__":
    main()
