def a = 'one\ttwo\u00e9' + "x ${ y + "in ${ z } out" } $a.b.c" + '''three
lines''' + """and ${ [1, 2].collect { v -> "$v" } }""" + /sla\/shy $end/
def b = a =~ /x+/ ; def c = 4 / 2 /* comment */ ; def d = "cut
