import Glibc

/// Hands values from one thread to another in order, a few at a time: who gives waits while it is full, who takes while it is empty.
///
/// Unsafe: a lock and a condition of the C library, which must not move; bound: both are made and destroyed with this object, and every
/// other field is touched under the lock alone.
@safe public final class HandOver<Element>: @unchecked Sendable {
  private let lock: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  private let countMax: Int
  private var waiting: [Element] = []
  private var start = 0
  private var isFinished = false
  private var isRefused = false

  /// Room for at most that many values.
  public init(countMax: Int) {
    self.countMax = countMax
    unsafe lock = .allocate(capacity: 1)
    unsafe changed = .allocate(capacity: 1)
    unsafe pthread_mutex_init(lock, nil)
    unsafe pthread_cond_init(changed, nil)
  }

  deinit {
    unsafe pthread_cond_destroy(changed)
    unsafe pthread_mutex_destroy(lock)
    unsafe changed.deallocate()
    unsafe lock.deallocate()
  }

  private func locked<Result>(_ body: () -> Result) -> Result {
    unsafe pthread_mutex_lock(lock)
    defer { unsafe pthread_mutex_unlock(lock) }
    return body()
  }

  /// Gives a value, waiting for room; false where the taker wants no more.
  @discardableResult
  public func give(_ element: sending Element) -> Bool {
    locked {
      while waiting.count - start >= countMax, !isRefused { unsafe pthread_cond_wait(changed, lock) }
      guard !isRefused else { return false }
      waiting.append(element)
      unsafe pthread_cond_broadcast(changed)
      return true
    }
  }

  /// Says that no more will be given.
  public func finish() {
    locked {
      isFinished = true
      unsafe pthread_cond_broadcast(changed)
    }
  }

  /// Says that no more will be taken.
  public func refuse() {
    locked {
      isRefused = true
      unsafe pthread_cond_broadcast(changed)
    }
  }

  /// Takes the next value, waiting for one; nil once all have been taken and no more will come.
  public func take() -> Element? {
    locked {
      while waiting.count == start, !isFinished { unsafe pthread_cond_wait(changed, lock) }
      return next()
    }
  }

  /// Takes the next value if there is one already.
  public func takeIfAny() -> Element? { locked { next() } }

  /// Under the lock.
  private func next() -> Element? {
    guard start < waiting.count else { return nil }
    let element = waiting[start]
    start += 1
    if start == waiting.count {
      waiting.removeAll(keepingCapacity: true)
      start = 0
    } else if start >= countMax {
      // Where it never runs empty what was taken must not be kept.
      waiting.removeFirst(start)
      start = 0
    }
    unsafe pthread_cond_broadcast(changed)
    return element
  }
}
