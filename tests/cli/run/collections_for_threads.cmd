0
cat >main.nf <<'END'
workflow {
  def seen = Collections.synchronizedSet(new HashSet())
  println([1, 1, 2].findAll { x -> seen.add(x) })
  def counts = new java.util.concurrent.ConcurrentHashMap()
  ['a', 'b', 'a'].each { k -> counts.merge(k, 1) { a, b -> a + b } }
  println counts
  println java.util.concurrent.ConcurrentHashMap.newKeySet().add('x')
  def list = new java.util.concurrent.CopyOnWriteArrayList([1]).asSynchronized()
  list << 2
  println list
  def n = new java.util.concurrent.atomic.AtomicInteger()
  3.times { i -> n.incrementAndGet() }
  println "${n.get()} ${n.getAndAdd(4)} ${n.get() + 1} ${n.compareAndSet(7, 9)} ${n.updateAndGet { v -> v * 2 }} ${n.intValue()}"
  def flag = new java.util.concurrent.atomic.AtomicBoolean()
  println "${flag.getAndSet(true)} ${flag.get()}"
  def big = new java.util.concurrent.atomic.AtomicLong(Integer.MAX_VALUE)
  println big.incrementAndGet()
}
END
weir run main.nf -q
