0
# What may be left out has brackets, what may be repeated dots: in the help and in the man pages.
for command in 'cache ls' 'cache stat' 'jobs wait' 'jobs shell' 'preprocess' 'run' 'gate wait' \
    'serve-service start' 'serve-service stop' 'jobs events' 'secrets set' 'completion'; do
    # shellcheck disable=SC2086 # words of a command line
    weir $command --help | head -n 1
done
weir manual synopsis cache ls
weir manual synopsis gate wait
weir completion zsh | grep -e "'1:RUN:" -e "'1::TEXT:" -e "'[*]:JOB" | tr -d ' \\' | sort -u
