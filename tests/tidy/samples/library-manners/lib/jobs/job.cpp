void f() {
  std::printf("hello\n");
  const char* home = std::getenv("HOME");
  if (home == nullptr) std::exit(1);
  std::cerr << home;
  out.puts("ours");
}
void Job::abort() {}
