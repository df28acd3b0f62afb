s/for [0-9.]+m?s/for TIME/
s/, process [0-9]+/, process PID/
s/weir-s-[^ ]+/weir-s-X/
