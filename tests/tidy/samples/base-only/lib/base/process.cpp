int f() { return ::kill(1, 9); }
