1
printf '#!/bin/sh\nread -r line\ncase $line in *\\"input\\"*|*weir-gate/1*) exit 0 ;; esac\nexit 64\n' >good
printf '#!/bin/sh\ncat >/dev/null\nsleep 1000 &\nkill -9 $$\n' >bad
chmod +x good bad
weir gate test ./good; echo "status $?"
weir gate test ./none; echo "status $?"
weir gate test ./bad
