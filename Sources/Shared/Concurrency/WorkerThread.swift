import Glibc

/// A thread of its own for one piece of work that waits more than it computes, or computes beside another.
///
/// Unsafe: the C library's threads; bound: the work is handed over as one retained object that the thread alone releases.
public struct WorkerThread: ~Copyable {
  /// The system had no room for another thread: its error number.
  public struct Failure: Error {
    /// The `errno` value.
    public var code: Int32
  }

  private final class Work {
    let body: () -> Void
    init(_ body: @escaping () -> Void) { self.body = body }
  }

  private let thread: pthread_t

  /// Starts the work; whoever does not `join` leaves it to end by itself.
  public init(_ body: @escaping @Sendable () -> Void) throws(Failure) {
    let work = unsafe Unmanaged.passRetained(Work(body))
    var thread = pthread_t()
    let code = unsafe pthread_create(
      &thread, nil,
      { context in
        if let context = unsafe context { unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body() }
        return nil
      }, work.toOpaque())
    guard code == 0 else {
      unsafe work.release()
      throw Failure(code: code)
    }
    self.thread = thread
  }

  /// Waits until the work is done.
  public consuming func join() { pthread_join(thread, nil) }

  /// Lets the work go on alone; its thread goes when it ends.
  public consuming func detach() { pthread_detach(thread) }
}
