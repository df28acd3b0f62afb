2
weir gate list
weir gate describe semaphore
weir gate describe semaphor
