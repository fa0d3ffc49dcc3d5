import ByteStreams
import Concurrency
import Flows
import Interchange
import Windows

/// A stage that runs in a thread of its own, behind a queue of a few batches: it takes the same packets in the same order, so what it writes
/// does not depend on it.
final class ThreadedStage: FlowStage {
  /// An object, so that its array stays its own whoever else still knows it: a copy for each batch would cost more than the flows.
  private final class Batch: @unchecked Sendable {
    var packets: [FlowPacket] = []
    var count = 0
  }

  /// What the thread uses until it is joined, and the caller afterwards.
  private final class Shared: @unchecked Sendable {
    let stage: any FlowStage
    var failure: StreamError?
    init(_ stage: any FlowStage) { self.stage = stage }
  }

  let takesNotes: Bool
  private let shared: Shared
  /// Enough that neither side stops when the other closes a window.
  private let full = HandOver<Batch>(countMax: 8)
  private let empty = HandOver<Batch>(countMax: 32)
  private var thread: WorkerThread?

  init(_ stage: any FlowStage) throws(StreamError) {
    shared = Shared(stage)
    takesNotes = stage.takesNotes
    let (shared, full, empty) = (shared, full, empty)
    do throws(WorkerThread.Failure) {
      thread = try WorkerThread {
        do throws(StreamError) {
          while let batch = full.take() {
            try shared.stage.add(&batch.packets, count: batch.count)
            empty.give(batch)
          }
        } catch {
          shared.failure = error
          full.refuse()
        }
      }
    } catch {
      throw StreamError(name: "flowagg", kind: .system(error.code), offset: 0, detail: "no thread for the flows")
    }
  }

  deinit { end() }

  func add(_ packets: inout [FlowPacket], count: Int) throws(StreamError) {
    let batch = empty.takeIfAny() ?? Batch()
    if batch.packets.count < packets.count { batch.packets = Array(repeating: FlowPacket(), count: packets.count) }
    swap(&batch.packets, &packets)
    batch.count = count
    if !full.give(batch) { throw failure() }
  }

  func close() throws(StreamError) -> WindowAggregator.Afterwards {
    end()
    if let failure = shared.failure { throw failure }
    return try shared.stage.close()
  }

  func finish(names: [NameRecord], sources: [SourceRecord]) throws(StreamError) { try shared.stage.finish(names: names, sources: sources) }

  /// Lets the thread take what waits, and waits for it.
  private func end() {
    full.finish()
    thread.take()?.join()
  }

  private func failure() -> StreamError {
    end()
    return shared.failure ?? StreamError(name: "flowagg", kind: .damaged, offset: 0, detail: "the thread of the flows ended early")
  }
}
