import Concurrency

/// Reads and decodes a few blocks ahead in a thread of its own, so that a decoder and whoever uses its bytes share the work of two processors.
public final class ReadAheadSource: ByteSource {
  private struct Block {
    var bytes: [UInt8]
    var count: Int
    var fileOffset: Int64
    var failure: StreamError?
  }

  /// What the thread owns from its start on: nobody else touches it.
  private final class Inner: @unchecked Sendable {
    let source: any ByteSource
    init(_ source: any ByteSource) { self.source = source }
  }

  public let name: String
  public let fileSize: Int64?
  public private(set) var fileOffset: Int64
  private let full = HandOver<Block>(countMax: 4)
  private let empty = HandOver<[UInt8]>(countMax: 8)
  private var current: Block?
  private var used = 0

  /// Begins to read a source ahead; the source must not be used otherwise any more.
  public init(_ source: any ByteSource) throws(StreamError) {
    name = source.name
    fileSize = source.fileSize
    fileOffset = source.fileOffset
    let inner = Inner(source)
    let (full, empty) = (full, empty)
    do throws(WorkerThread.Failure) {
      // It may be waiting for a pipe when nobody wants its bytes any more: so it is not joined.
      try WorkerThread {
        while true {
          var block = Block(
            bytes: empty.takeIfAny() ?? [UInt8](repeating: 0, count: blockByteCount), count: 0, fileOffset: 0, failure: nil)
          do throws(StreamError) {
            block.count = try inner.source.read(into: &block.bytes, from: 0)
          } catch {
            block.failure = error
          }
          block.fileOffset = inner.source.fileOffset
          let isLast = block.count == 0
          guard full.give(block), !isLast else { break }
        }
        full.finish()
      }.detach()
    } catch {
      throw StreamError(name: source.name, kind: .system(error.code), offset: 0, detail: "no thread to read ahead")
    }
  }

  deinit { full.refuse() }

  public func read(into buffer: inout [UInt8], from start: Int) throws(StreamError) -> Int {
    if current == nil {
      current = full.take()
      used = 0
    }
    guard let block = current else { return 0 }
    fileOffset = block.fileOffset
    if let failure = block.failure { throw failure }
    let count = min(block.count - used, buffer.count - start)
    buffer.replaceSubrange(start..<(start + count), with: block.bytes[used..<(used + count)])
    used += count
    if used == block.count, block.count > 0 {
      current = nil
      empty.give(block.bytes)
    }
    return count
  }
}
