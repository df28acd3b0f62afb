void f() {
  ::kill(1, 9);
  job.kill(9);  // ours: std::rename(a, b)
  auto text = "::unlink(path)";
  std::rename("a", "b");
  std::filesystem::remove_all(path);
  using Clock = std::chrono::steady_clock; auto now = Clock::now();
  std::random_device seed;
  const pid_t pid = ::fork();
  posix_spawn(&pid, path, nullptr, nullptr, argv, nullptr);
}
