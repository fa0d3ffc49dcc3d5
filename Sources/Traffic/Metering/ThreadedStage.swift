import ByteStreams
import Flows
import Glibc
import Interchange
import Windows

/// A stage that runs in a thread of its own, behind a queue of a few batches: it takes the same packets in the same order, so what it writes
/// does not depend on it.
///
/// Unsafe: a thread and the lock between it and the caller. Bound: the thread is joined in `close` or `deinit`, before what it uses goes; the
/// fields named «shared» are touched under the lock alone, and the inner stage by the thread until it is joined, by the caller afterwards.
@safe final class ThreadedStage: FlowStage, @unchecked Sendable {
  private let inner: any FlowStage
  var takesNotes: Bool { inner.takesNotes }
  private let lock: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  private var thread: pthread_t?
  // Shared.
  private var full: [(packets: [FlowPacket], count: Int)] = []
  private var empty: [[FlowPacket]] = []
  private var isEnding = false
  private var failure: StreamError?

  /// How many batches may wait: enough that neither side stops when the other closes a window, few enough to stay in the cache.
  private static let waitingCountMax = 16

  init(_ inner: any FlowStage) throws(StreamError) {
    self.inner = inner
    unsafe lock = .allocate(capacity: 1)
    unsafe changed = .allocate(capacity: 1)
    unsafe pthread_mutex_init(lock, nil)
    unsafe pthread_cond_init(changed, nil)
    var thread = pthread_t()
    let code = unsafe pthread_create(
      &thread, nil,
      { context in
        guard let context = unsafe context else { return nil }
        unsafe Unmanaged<ThreadedStage>.fromOpaque(context).takeUnretainedValue().work()
        return nil
      }, unsafe Unmanaged.passUnretained(self).toOpaque())
    guard code == 0 else {
      throw StreamError(name: "a thread", kind: .system(code), offset: 0, detail: unsafe String(cString: strerror(code)))
    }
    self.thread = thread
  }

  deinit {
    end()
    unsafe pthread_cond_destroy(changed)
    unsafe pthread_mutex_destroy(lock)
    unsafe changed.deallocate()
    unsafe lock.deallocate()
  }

  func add(_ packets: [FlowPacket], count: Int) throws(StreamError) {
    unsafe pthread_mutex_lock(lock)
    while full.count >= Self.waitingCountMax, failure == nil { unsafe pthread_cond_wait(changed, lock) }
    var room = empty.popLast() ?? []
    let failure = self.failure
    unsafe pthread_mutex_unlock(lock)
    if let failure { throw failure }
    if room.count < count { room = Array(repeating: FlowPacket(), count: packets.count) }
    for place in 0..<count { room[place] = packets[place] }
    unsafe pthread_mutex_lock(lock)
    full.append((room, count))
    unsafe pthread_cond_signal(changed)
    unsafe pthread_mutex_unlock(lock)
  }

  func close() throws(StreamError) -> WindowAggregator.Afterwards {
    end()
    if let failure { throw failure }
    return try inner.close()
  }

  func finish(sources: [SourceRecord]) throws(StreamError) { try inner.finish(sources: sources) }

  /// Lets the thread take what waits, and waits for it.
  private func end() {
    guard let thread else { return }
    unsafe pthread_mutex_lock(lock)
    isEnding = true
    unsafe pthread_cond_signal(changed)
    unsafe pthread_mutex_unlock(lock)
    pthread_join(thread, nil)
    self.thread = nil
  }

  private func work() {
    var taken: [(packets: [FlowPacket], count: Int)] = []
    while true {
      unsafe pthread_mutex_lock(lock)
      for batch in taken { empty.append(batch.packets) }
      while full.isEmpty, !isEnding { unsafe pthread_cond_wait(changed, lock) }
      taken = full
      full.removeAll(keepingCapacity: true)
      unsafe pthread_cond_signal(changed)
      unsafe pthread_mutex_unlock(lock)
      if taken.isEmpty { return }
      do throws(StreamError) {
        for batch in taken { try inner.add(batch.packets, count: batch.count) }
      } catch {
        unsafe pthread_mutex_lock(lock)
        failure = error
        unsafe pthread_cond_signal(changed)
        unsafe pthread_mutex_unlock(lock)
        return
      }
    }
  }
}
