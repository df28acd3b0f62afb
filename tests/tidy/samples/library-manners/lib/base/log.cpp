const char* colour = ::getenv("NO_COLOR");
